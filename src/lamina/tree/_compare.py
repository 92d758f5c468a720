"""Whether two structures are nested alike."""

from typing import Any

from lamina._public import public

from ._core import check_level, children, children_like, flatten_with_path, is_nested


@public("tree.assert_same_structure")
def assert_same_structure(a: Any, b: Any, check_types: Any = None) -> None:
    """Checks that two structures are nested alike: kinds, lengths and keys; leaves may be anything.

    Args:
        a, b: nested structures.
        check_types: has no effect; kept for old programs.

    Raises: ValueError that shows where they differ.
    Example:
        >>> tree.assert_same_structure([1, (2, 3)], [4, (5, 6)])
    """
    if not is_nested(a):
        if is_nested(b):
            raise ValueError(f"assert_same_structure: the structures differ: a leaf {a!r} stands beside {b!r}.")
        return
    check_level("assert_same_structure", a, b)
    for x, y in zip(children(a), children_like(a, b)):
        assert_same_structure(x, y)


@public("tree.assert_same_paths")
def assert_same_paths(a: Any, b: Any) -> None:
    """Checks that the leaves of two structures have the same paths, whatever the kinds of sequences.

    Raises: ValueError that lists the paths that only one of them has.
    Example:
        >>> tree.assert_same_paths({"a": [1, 2]}, {"a": (3, 4)})
    """
    first = {path for path, _ in flatten_with_path(a)}
    second = {path for path, _ in flatten_with_path(b)}
    if first != second:
        raise ValueError(
            f"assert_same_paths: the structures differ: only in a: {sorted(first - second, key=repr)}; "
            f"only in b: {sorted(second - first, key=repr)}."
        )
