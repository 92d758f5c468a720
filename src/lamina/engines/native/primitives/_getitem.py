"""Indexing as NumPy writes it: `x[...]` on traced tensors."""

import operator
from typing import Any

import numpy as np

from .._dispatch import implements
from .._operands import to_array
from .._trace import is_traced
from ._gather import gather
from ._slices import slice_
from ._take import as_index, take


@implements(operator.getitem)
def getitem(x: Any, index: Any) -> Any:
    """`x[index]` for slices, ints, None, Ellipsis and integer arrays. Boolean masks raise TypeError: their result has
    a shape that depends on values."""
    index = index if isinstance(index, tuple) else (index,)
    index = tuple(to_array(i) if isinstance(i, list) or hasattr(i, "__tensor__") else i for i in index)
    for i in index:
        if getattr(i, "dtype", None) is not None and i.dtype.kind == "b" and np.ndim(i):
            raise TypeError("A boolean mask gives a shape that depends on values; use lamina.ops.where in traced code.")
    given = sum(1 for i in index if i is not None and i is not Ellipsis)
    if given > len(x.shape):
        raise IndexError(f"Too many indices for a tensor of shape {x.shape}: {given}.")
    fill = (slice(None),) * (len(x.shape) - given)
    if any(i is Ellipsis for i in index):
        where = next(n for n, i in enumerate(index) if i is Ellipsis)
        index = index[:where] + fill + index[where + 1 :]
    else:
        index = index + fill

    has_arrays = any(not isinstance(i, slice) and i is not None and (is_traced(i) or np.ndim(i)) for i in index)
    basic: list[Any] = []  # one entry an axis of x
    layout: list[Any] = []  # None for a new axis, "kept", or an index array, in order of the result
    for i in index:
        if i is None:
            layout.append(None)
        elif isinstance(i, slice):
            basic.append(slice(*(None if p is None else int(p) for p in (i.start, i.stop, i.step))))
            layout.append("kept")
        elif isinstance(i, (int, np.integer)) or (not is_traced(i) and np.ndim(i) == 0):
            n, axis = int(i), len(basic)
            if not -x.shape[axis] <= n < x.shape[axis]:
                raise IndexError(f"Index {n} is out of range for axis {axis} of a tensor of shape {x.shape}.")
            if has_arrays:  # NumPy counts it among the index arrays then
                basic.append(slice(None))
                layout.append(np.asarray(n))
            else:
                basic.append(n)
        else:
            basic.append(slice(None))
            layout.append(as_index(i))
    if any(b != slice(None) for b in basic):
        x = slice_(x, index=tuple(basic))
    arrays = [(n, i) for n, i in enumerate(p for p in layout if p is not None) if not isinstance(i, str)]
    if arrays:
        x = _advanced(x, arrays)
        first, rank = arrays[0][0], len(np.broadcast_shapes(*(i.shape for _, i in arrays)))
        adjacent = [n for n, _ in arrays] == list(range(first, first + len(arrays)))
        if any(p is None for p in layout):
            if not adjacent:
                raise TypeError(
                    "None together with index arrays that are not adjacent is not supported in traced code."
                )
            merged: list[Any] = []
            for p in layout:
                if p is None or isinstance(p, str):
                    merged.append(p)
                elif "arrays" not in merged:
                    merged.append("arrays")
            layout = [q for p in merged for q in (["kept"] * rank if p == "arrays" else [p])]
    for n, p in enumerate(layout):
        if p is None:
            x = np.expand_dims(x, n)
    return x


def _advanced(x: Any, arrays: list[tuple[int, Any]]) -> Any:
    axes = [n for n, _ in arrays]
    if len(arrays) == 1:
        return take(x, arrays[0][1], axis=axes[0])
    rank = len(x.shape)
    x = np.transpose(x, axes + [n for n in range(rank) if n not in axes])
    result = gather(x, *(i for _, i in arrays))
    index_rank = len(np.broadcast_shapes(*(i.shape for _, i in arrays)))
    if axes == list(range(axes[0], axes[0] + len(axes))) and axes[0] > 0:
        result = np.moveaxis(result, range(index_rank), range(axes[0], axes[0] + index_rank))
    return result
