"""Elements joined to batches, and batches taken apart."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from ._elements import Element, as_host_array, leaves_of, map_leaves, stack


def batched(items: Iterator[Any], size: int, drop_remainder: bool) -> Iterator[Any]:
    """Elements stacked `size` at a time."""
    while chunk := list(itertools.islice(items, size)):
        if len(chunk) < size and drop_remainder:
            return
        yield stacked(chunk)


def stacked(elements: list[Any]) -> Any:
    """Elements of one structure as one, with a new first axis."""
    return map_leaves(lambda *leaves: _stack(leaves), *elements)


def _stack(leaves: tuple[Any, ...]) -> Any:
    return None if leaves[0] is None else stack(list(leaves), "batch").view(Element)


def gathered(rows: Any, places: list[int]) -> Any:
    """The rows at these places as one batch."""
    return map_leaves(lambda array: as_host_array(array[places]).view(Element), rows)


def unbatched(items: Iterator[Any]) -> Iterator[Any]:
    """The entries of the first axes. Raises ValueError where a leaf has none, or another length."""
    for element in items:
        sizes = {None if not leaf.ndim else len(leaf) for leaf in leaves_of(element) if leaf is not None}
        if len(sizes) != 1 or None in sizes:
            raise ValueError(
                f"unbatch: every part must have a first axis of one size; got sizes {sorted(map(str, sizes))}."
            )
        for i in range(sizes.pop()):
            yield map_leaves(lambda leaf, i=i: None if leaf is None else leaf[i], element)


def padded_batches(
    items: Iterator[Any], size: int, shapes: Any, values: Any, drop_remainder: bool
) -> Iterator[Any]:  # fmt: skip
    """Batches of elements of different sizes, filled up to the largest, or to `shapes` where they say so."""
    while chunk := list(itertools.islice(items, size)):
        if len(chunk) < size and drop_remainder:
            return
        of_leaf = map_leaves(lambda leaf: None, chunk[0])
        wanted = of_leaf if shapes is None else _shapes_like(chunk[0], shapes)
        fills = values if isinstance(values, (tuple, dict)) else map_leaves(lambda leaf: values, chunk[0])
        columns = map_leaves(lambda *leaves: _Column(leaves), *chunk)
        yield map_leaves(lambda column, shape, fill: column.padded(shape, fill), columns, wanted, fills)


class _Column:
    """The leaves at one place of the elements of a batch."""

    def __init__(self, leaves: tuple[Any, ...]):
        self.leaves = leaves

    def padded(self, shape: Any, fill: Any) -> Element:
        sizes = np.max([leaf.shape for leaf in self.leaves], axis=0) if self.leaves[0].ndim else ()
        if shape is not None:
            given = tuple(shape.dims if isinstance(shape, _Shape) else shape)
            if len(given) != len(sizes) or any(n not in (None, -1) and n < m for n, m in zip(given, sizes)):
                raise ValueError(
                    f"padded_batch: padded_shapes {given} are too small for elements of sizes {tuple(sizes)}."
                )
            sizes = tuple(m if n in (None, -1) else n for n, m in zip(given, sizes))
        dtype = np.result_type(*(leaf.dtype for leaf in self.leaves))
        fill = fill if fill is not None else "" if dtype.kind == "U" else b"" if dtype.kind == "O" else 0
        batch = np.full((len(self.leaves), *(int(n) for n in sizes)), fill, dtype=dtype)
        for i, leaf in enumerate(self.leaves):
            batch[(i, *(slice(n) for n in leaf.shape))] = leaf
        return batch.view(Element)


class _Shape:
    """A padded shape, kept from being taken for a structure."""

    def __init__(self, dims: Any):
        self.dims = [dims] if isinstance(dims, int) else list(dims)


def _shapes_like(element: Any, shapes: Any) -> Any:
    """One shape for each leaf: a list, tuple or TensorShape of sizes stands where the leaf does."""
    if isinstance(element, dict):
        return {k: _shapes_like(v, shapes[k]) for k, v in element.items()}
    if isinstance(element, tuple):
        return tuple(_shapes_like(v, s) for v, s in zip(element, shapes))
    return _Shape(shapes)
