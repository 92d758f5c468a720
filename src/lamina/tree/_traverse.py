"""Walks that may replace whole sub-structures."""

from collections.abc import Callable
from typing import Any

from lamina._public import public

from ._core import children, is_namedtuple, is_nested, rebuild


@public("tree.MAP_TO_NONE")
class MAP_TO_NONE:
    """What the function of `traverse` returns to replace a sub-structure by None."""


@public("tree.traverse")
def traverse(func: Callable[..., Any], structure: Any, top_down: bool = True) -> Any:
    """Visits every sub-structure, the whole and the leaves included, depth first.

    Args:
        func: function of a sub-structure; returns None to go on (top down: into it; bottom up: leaving it), anything
            else to replace it, `MAP_TO_NONE` to replace it by None.
        structure: nested structure.
        top_down: whether parents come before their children.

    Returns: the structure with the replacements.

    Raises: TypeError if `func` is not callable.

    Example:
        >>> tree.traverse(lambda x: x * 2 if isinstance(x, int) else None, [1, (2, 3)])
        [2, (4, 6)]
    """
    if not callable(func):
        raise TypeError(f"traverse: func must be callable; got {func!r}.")
    return _walk(func, structure, top_down)


def _walk(func: Callable[..., Any], node: Any, top_down: bool) -> Any:
    if top_down:
        found = func(node)
        if found is not None:
            return None if found is MAP_TO_NONE else found
    if is_nested(node):
        node = rebuild(node, [_walk(func, child, top_down) for child in children(node)])
    if not top_down:
        found = func(node)
        if found is not None:
            return None if found is MAP_TO_NONE else found
    return node


@public("tree.lists_to_tuples")
def lists_to_tuples(structure: Any) -> Any:
    """The same structure with tuples in the place of lists.

    Example:
        >>> tree.lists_to_tuples([1, [2, 3]])
        (1, (2, 3))
    """
    return traverse(lambda x: tuple(x) if isinstance(x, list) else None, structure, top_down=False)


@public("tree.map_shape_structure")
def map_shape_structure(func: Callable[..., Any], structure: Any) -> Any:
    """Applies `func` to the shapes in a structure; a list or tuple of ints and Nones is a shape, and so is any leaf.

    Args:
        func: function of a shape.
        structure: nested structure of shapes.

    Raises: TypeError if `func` is not callable.
    Example:
        >>> tree.map_shape_structure(lambda shape: len(shape), {"a": (None, 3), "b": [(2,)]})
        {'a': 2, 'b': [1]}
    """
    if not callable(func):
        raise TypeError(f"map_shape_structure: func must be callable; got {func!r}.")

    def visit(x: Any) -> Any:
        if is_nested(x) and not is_shape(x):
            return None
        result = func(x)
        return MAP_TO_NONE if result is None else result

    return traverse(visit, structure)


def is_shape(x: Any) -> bool:
    return isinstance(x, (list, tuple)) and not is_namedtuple(x) and all(n is None or isinstance(n, int) for n in x)
