"""Nested structures of lists, tuples, named tuples and dicts; everything else, None included, is a leaf.

Dict entries are visited in the order of sorted keys (insertion order where keys cannot be compared, and for OrderedDict),
as optree does, which Keras uses.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any


def is_namedtuple(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_fields")


def is_nested(structure: Any) -> bool:
    """Whether `structure` is a list, tuple or dict (even an empty one) and not a leaf."""
    return isinstance(structure, (list, tuple, Mapping))


def keys_of(mapping: Mapping) -> list:
    """The keys in the order in which they are visited."""
    if isinstance(mapping, OrderedDict):
        return list(mapping)
    try:
        return sorted(mapping)
    except TypeError:
        return list(mapping)


def children(structure: Any) -> list:
    """The direct entries of a nested structure, in order of visit."""
    if isinstance(structure, Mapping):
        return [structure[key] for key in keys_of(structure)]
    return list(structure)


def rebuild(structure: Any, entries: list) -> Any:
    """A structure of the same kind and keys as `structure` that holds `entries` (given in order of visit)."""
    if isinstance(structure, Mapping):
        by_key = dict(zip(keys_of(structure), entries, strict=True))
        return type(structure)((key, by_key[key]) for key in structure)
    if is_namedtuple(structure):
        return type(structure)(*entries)
    return type(structure)(entries)


def iter_leaves(structure: Any) -> Iterator[Any]:
    if is_nested(structure):
        for child in children(structure):
            yield from iter_leaves(child)
    else:
        yield structure


def flatten(structure: Any) -> list:
    """The leaves of `structure`, depth first. A leaf gives a list of itself."""
    return list(iter_leaves(structure))


def pack_sequence_as(structure: Any, flat_sequence: Any) -> Any:
    """The leaves in `flat_sequence` in the shape of `structure`; the inverse of `flatten`.

    Raises ValueError if the number of leaves differs.
    """
    flat = list(flat_sequence)
    expected = sum(1 for _ in iter_leaves(structure))
    if len(flat) != expected:
        raise ValueError(f"pack_sequence_as: the structure has {expected} leaves; flat_sequence has {len(flat)}.")
    leaves = iter(flat)

    def fill(node: Any) -> Any:
        if is_nested(node):
            return rebuild(node, [fill(child) for child in children(node)])
        return next(leaves)

    return fill(structure)


def map_structure(func: Callable, *structures: Any, none_is_leaf: bool = True) -> Any:
    """Applies `func` to the leaves at each place of the structures, which must be alike.

    Raises TypeError if `func` is not callable, ValueError if there is no structure or if they differ.
    """
    if not callable(func):
        raise TypeError(f"map_structure: func must be callable; got {func!r}.")
    if not structures:
        raise ValueError("map_structure: expected at least one structure.")
    first, *others = structures
    if not is_nested(first):
        if not none_is_leaf and first is None:
            return None
        return func(first, *others)
    columns = [children(first)]
    for other in others:
        if not is_nested(other) or len(other) != len(columns[0]):
            raise ValueError(f"map_structure: the structures differ: {first!r} and {other!r}.")
        if isinstance(first, Mapping):
            if not isinstance(other, Mapping) or set(first) != set(other):
                raise ValueError(f"map_structure: the structures differ: keys {list(first)} and {other!r}.")
            columns.append([other[key] for key in keys_of(first)])
        else:
            columns.append(children(other))
    return rebuild(first, [map_structure(func, *row, none_is_leaf=none_is_leaf) for row in zip(*columns)])
