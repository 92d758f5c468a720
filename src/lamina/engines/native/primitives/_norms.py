"""Norms of vectors and matrices."""

from typing import Any

import numpy as np

from .._dispatch import implements
from .._dtypes import FLOAT32, is_float
from .._operands import to_array, to_dtype
from ._axes import axes_of
from ._decompositions import svdvals


@implements(np.linalg.norm)
def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    x = to_array(x)
    x = x if is_float(x.dtype) else to_dtype(x, FLOAT32)
    if axis is None:
        if ord is None:
            flat = np.sqrt(np.sum(np.square(x)))
            return np.reshape(flat, (1,) * len(x.shape)) if keepdims else flat
        axis = tuple(range(len(x.shape)))
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    if len(axes) == 1:
        return _vector_norm(x, 2 if ord is None else ord, axes, keepdims)
    return _matrix_norm(x, ord, axes_of(axes, len(x.shape)), keepdims)


def _vector_norm(x: Any, order: Any, axes: Any, keepdims: bool) -> Any:
    axes, size = tuple(axes), np.abs(x)
    if order == 2:
        return np.sqrt(np.sum(np.square(x), axes, keepdims=keepdims))
    if order in (np.inf, -np.inf):
        return (np.max if order > 0 else np.min)(size, axes, keepdims=keepdims)
    if order == 0:
        return np.sum(to_dtype(x != 0, x.dtype), axes, keepdims=keepdims)
    if order == 1:
        return np.sum(size, axes, keepdims=keepdims)
    return np.power(np.sum(np.power(size, float(order)), axes, keepdims=keepdims), 1.0 / order)


def _matrix_norm(x: Any, order: Any, axes: Any, keepdims: bool) -> Any:
    row, column = axes
    if order in (None, "fro"):
        return np.sqrt(np.sum(np.square(x), axes, keepdims=keepdims))
    if order in (1, -1, np.inf, -np.inf):
        summed, picked = (row, column) if order in (1, -1) else (column, row)
        sums = np.sum(np.abs(x), summed, keepdims=True)
        value = (np.max if order > 0 else np.min)(sums, picked, keepdims=True)
    elif order in (2, -2, "nuc"):
        values = svdvals(np.moveaxis(x, (row, column), (-2, -1)))
        pick: Any = {2: np.max, -2: np.min, "nuc": np.sum}[order]
        value = np.expand_dims(pick(values, -1), sorted(axes))
    else:
        raise ValueError(f"norm: unknown order {order!r} for matrices.")
    return value if keepdims else np.squeeze(value, axes)
