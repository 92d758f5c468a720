"""Nested structures of lists, tuples, named tuples and dicts; everything else, None included, is a leaf.

Dict entries are visited in the order of sorted keys (of insertion where keys cannot be compared, and for OrderedDict),
as optree does, which Keras uses.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lamina._public import public


def is_namedtuple(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_fields")


_NESTED: dict[type, bool] = {}  # asking an abstract class such as Mapping takes long


@public("tree.is_nested")
def is_nested(structure: Any) -> bool:
    """Whether `structure` is a list, tuple or dict (even an empty one) and not a leaf.

    Example:
        >>> tree.is_nested([1]), tree.is_nested(1)
        (True, False)
    """
    kind = type(structure)
    nested = _NESTED.get(kind)
    if nested is None:
        nested = _NESTED[kind] = issubclass(kind, (list, tuple, Mapping, deque))
    return nested


def keys_of(mapping: Mapping[Any, Any]) -> list[Any]:
    """The keys in the order in which they are visited."""
    if isinstance(mapping, OrderedDict):
        return list(mapping)
    try:
        return sorted(mapping)
    except TypeError:
        return list(mapping)


def children(structure: Any) -> list[Any]:
    """The direct entries of a nested structure, in order of visit."""
    if type(structure) is list:
        return structure
    if isinstance(structure, Mapping):
        return [structure[key] for key in keys_of(structure)]
    return list(structure)


def rebuild(structure: Any, entries: list[Any]) -> Any:
    """A structure of the same kind and keys as `structure` that holds `entries` (given in order of visit)."""
    if isinstance(structure, Mapping):
        by_key = dict(zip(keys_of(structure), entries, strict=True))
        filled = [(key, by_key[key]) for key in structure]
        make: Any = type(structure)
        if hasattr(structure, "default_factory"):
            return make(structure.default_factory, filled)
        return make(filled)
    if is_namedtuple(structure):
        return type(structure)(*entries)
    if isinstance(structure, deque):
        return deque(entries, structure.maxlen)
    return type(structure)(entries)


@public("tree.flatten")
def flatten(structure: Any) -> list[Any]:
    """The leaves of `structure`, depth first. A leaf gives a list of itself.

    Example:
        >>> tree.flatten({"b": 2, "a": [0, (1,)]})
        [0, 1, 2]
    """
    if not is_nested(structure):
        return [structure]
    leaves: list[Any] = []
    for child in children(structure):
        if is_nested(child):
            leaves.extend(flatten(child))
        else:
            leaves.append(child)
    return leaves


@public("tree.flatten_with_path")
def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """Pairs `(path, leaf)`, depth first; a path holds the indices and keys that lead to the leaf.

    Example:
        >>> tree.flatten_with_path({"a": [5, 6]})
        [(('a', 0), 5), (('a', 1), 6)]
    """

    def walk(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
        if not is_nested(node):
            yield path, node
            return
        keys = keys_of(node) if isinstance(node, Mapping) else range(len(node))
        for key, child in zip(keys, children(node)):
            yield from walk(child, (*path, key))

    return list(walk(structure, ()))


@public("tree.pack_sequence_as")
def pack_sequence_as(structure: Any, flat_sequence: Any) -> Any:
    """The leaves in `flat_sequence` in the shape of `structure`; the inverse of `flatten`.

    Raises: TypeError if `flat_sequence` cannot be iterated over, ValueError if the number of leaves differs.
    Example:
        >>> tree.pack_sequence_as({"a": 0, "b": [0, 0]}, [1, 2, 3])
        {'a': 1, 'b': [2, 3]}
    """
    try:
        flat = list(flat_sequence)
    except TypeError:
        raise TypeError(
            f"pack_sequence_as: flat_sequence must be a sequence of leaves; got {flat_sequence!r}."
        ) from None
    expected = len(flatten(structure))
    if len(flat) != expected:
        raise ValueError(f"pack_sequence_as: the structure has {expected} leaves; flat_sequence has {len(flat)}.")
    leaves = iter(flat)

    def fill(node: Any) -> Any:
        if is_nested(node):
            return rebuild(node, [fill(child) for child in children(node)])
        return next(leaves)

    return fill(structure)


def kind_of(structure: Any) -> Any:
    """What must agree for two levels to be alike: dicts of every kind are one, named tuples differ by class."""
    for base in (Mapping, deque, list):
        if isinstance(structure, base):
            return base
    return type(structure) if is_namedtuple(structure) else tuple


def check_level(where: str, first: Any, other: Any) -> None:
    """Raises ValueError unless `other` has the kind, length and keys of the nested `first`."""
    if not is_nested(other) or kind_of(first) is not kind_of(other):
        raise ValueError(
            f"{where}: the structures differ: expected a {type(first).__name__} like {first!r}; "
            f"got a {type(other).__name__}: {other!r}."
        )
    if isinstance(first, Mapping) and set(first) != set(other):
        raise ValueError(f"{where}: the structures differ: expected keys {keys_of(first)}; got {keys_of(other)}.")
    if len(first) != len(other):
        raise ValueError(
            f"{where}: the structures differ: expected {len(first)} entries; got {len(other)} in {other!r}."
        )


def children_like(first: Any, other: Any) -> list[Any]:
    """The entries of `other` in the order in which those of `first` are visited."""
    if isinstance(first, Mapping):
        return [other[key] for key in keys_of(first)]
    return list(other)


def check_mapping(where: str, func: Any, structures: tuple[Any, ...]) -> None:
    if not callable(func):
        raise TypeError(f"{where}: func must be callable; got {func!r}.")
    if not structures:
        raise ValueError(f"{where}: expected at least one structure.")


@public("tree.map_structure")
def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """Applies `func` to the leaves at each place of the structures, which must be alike.

    Args:
        func: function of as many arguments as there are structures.
        structures: nested structures.
        none_is_leaf: whether `func` is applied to None; otherwise None stays.

    Returns: a structure like the first.

    Raises: TypeError if `func` is not callable, ValueError if there is no structure or if they differ.

    Example:
        >>> tree.map_structure(lambda x, y: x + y, {"a": 1, "b": [2]}, {"a": 10, "b": [20]})
        {'a': 11, 'b': [22]}
    """
    check_mapping("map_structure", func, structures)
    return _map(func, structures, none_is_leaf) if len(structures) > 1 else _each(func, structures[0], none_is_leaf)


def _each(func: Callable[..., Any], structure: Any, none_is_leaf: bool) -> Any:
    if not is_nested(structure):
        return None if structure is None and not none_is_leaf else func(structure)
    # Most entries are leaves of kinds that were met before: no call for these.
    entries = [
        func(entry)
        if _NESTED.get(type(entry)) is False and (none_is_leaf or entry is not None)
        else _each(func, entry, none_is_leaf)
        for entry in children(structure)
    ]
    return entries if type(structure) is list else rebuild(structure, entries)


def _map(func: Callable[..., Any], structures: tuple[Any, ...], none_is_leaf: bool) -> Any:
    first, *others = structures
    if not is_nested(first):
        for other in others:
            if is_nested(other) or (not none_is_leaf and (first is None) != (other is None)):
                raise ValueError(f"map_structure: the structures differ: a leaf {first!r} stands beside {other!r}.")
        return None if first is None and not none_is_leaf else func(*structures)
    for other in others:
        check_level("map_structure", first, other)
    rows = zip(children(first), *(children_like(first, other) for other in others))
    return rebuild(first, [_map(func, row, none_is_leaf) for row in rows])


@public("tree.map_structure_up_to")
def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """Applies `func` to what stands in the structures at each leaf of `shallow_structure`, nested or not.

    Args:
        shallow_structure: how deep to go.
        func: function of as many arguments as there are structures.
        structures: nested structures, at least as deep.

    Returns: a structure like `shallow_structure`.

    Raises: TypeError if `func` is not callable, ValueError if there is no structure or if one differs.

    Example:
        >>> tree.map_structure_up_to([0, 0], lambda shallow, deep: len(deep), [0, 0], [(1, 2), (3,)])
        [2, 1]
    """
    check_mapping("map_structure_up_to", func, structures)

    def walk(shallow: Any, row: tuple[Any, ...]) -> Any:
        if not is_nested(shallow):
            return func(*row)
        for other in row:
            check_level("map_structure_up_to", shallow, other)
        rows = zip(*(children_like(shallow, other) for other in row))
        return rebuild(shallow, [walk(child, entries) for child, entries in zip(children(shallow), rows)])

    return walk(shallow_structure, structures)
