"""Running sums and products, and the linear recurrence that gives their gradients."""

from typing import Any

import numpy as np

from .._cut import along_another_axis
from .._dispatch import implements
from .._graph import Spec
from .._operands import to_array, to_dtype
from .._primitive import Primitive
from ._axes import axis_of

cumsum = Primitive(
    "cumsum",
    forward=lambda x, axis, out=None: np.cumsum(x, axis, x.dtype, out),
    shape=lambda x, axis: Spec(x.shape, x.dtype),
    vjp=(lambda g, y, x, axis: np.flip(cumsum(np.flip(g, axis), axis=axis), axis),),
    cut=along_another_axis,
)

# --- y[i] = a[i] * y[i-1] + b[i] along an axis: its gradient is a recurrence of the same kind run backwards -----------


def _recurrence(a: np.ndarray, b: np.ndarray, axis: int, out: np.ndarray | None = None) -> np.ndarray:
    y = b.copy()
    rows_a, rows_y = np.moveaxis(a, axis, 0), np.moveaxis(y, axis, 0)
    for i in range(1, len(rows_y)):
        rows_y[i] += rows_a[i] * rows_y[i - 1]
    return y


def _shift(x: Any, axis: int) -> Any:
    """x delayed by one, zero first."""
    widths = [(1, 0) if i == axis else (0, 0) for i in range(len(x.shape))]
    keep = tuple(slice(0, n) if i == axis else slice(None) for i, n in enumerate(x.shape))
    return np.pad(x, widths)[keep]


def _backwards(g: Any, a: Any, axis: int) -> Any:
    """r[i] = g[i] + a[i+1] * r[i+1]."""
    return np.flip(recurrence(_shift(np.flip(a, axis), axis), np.flip(g, axis), axis=axis), axis)


recurrence = Primitive(
    "recurrence",
    forward=_recurrence,
    shape=lambda a, b, axis: Spec(b.shape, b.dtype),
    vjp=(
        lambda g, y, a, b, axis: _backwards(g, a, axis) * _shift(y, axis),
        lambda g, y, a, b, axis: _backwards(g, a, axis),
    ),
    cut=along_another_axis,
)

# --- running products -------------------------------------------------------------------------------------------------


def _cumprod_vjp(g: Any, y: Any, x: Any, axis: int) -> Any:
    first = np.reshape(np.arange(x.shape[axis]) == 0, [-1 if i == axis else 1 for i in range(len(x.shape))])
    before = np.where(first, 1, _shift(y, axis))
    return _backwards(g, x, axis) * before


cumprod = Primitive(
    "cumprod",
    forward=lambda x, axis, out=None: np.cumprod(x, axis, x.dtype, out),
    shape=lambda x, axis: Spec(x.shape, x.dtype),
    vjp=(_cumprod_vjp,),
    cut=along_another_axis,
)


def _running(primitive: Primitive) -> Any:
    def call(a: Any, axis: int | None = None, dtype: Any = None, out: None = None, **_: Any) -> Any:
        x = to_array(a)
        if axis is None:
            x, axis = np.reshape(x, -1), 0
        if dtype is not None or x.dtype.kind == "b":
            x = to_dtype(x, np.dtype(dtype or "int32"))
        return primitive(x, axis=axis_of(axis, len(x.shape)))

    return call


implements(np.cumsum, np.cumulative_sum)(_running(cumsum))
implements(np.cumprod, np.cumulative_prod)(_running(cumprod))
