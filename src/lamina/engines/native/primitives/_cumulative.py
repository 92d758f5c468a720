"""Running sums and products, and the linear recurrence that gives their gradients."""

from typing import Any

import numpy as np

from .._graph import Spec
from .._primitive import Primitive
from .._tracer import implements, to_array, to_dtype
from ._shape import _axes

cumsum = Primitive("cumsum")
cumsum.forward(lambda x, axis, out=None: np.cumsum(x, axis, x.dtype, out))
cumsum.shape(lambda x, axis: Spec(x.shape, x.dtype))
cumsum.vjp(0)(lambda g, y, x, axis: np.flip(cumsum(np.flip(g, axis), axis=axis), axis))

# y[i] = a[i] * y[i-1] + b[i] along an axis: its gradient is a recurrence of the same kind run backwards.
recurrence = Primitive("recurrence")


@recurrence.forward
def _recurrence(a: np.ndarray, b: np.ndarray, axis: int, out: np.ndarray | None = None) -> np.ndarray:
    y = b.copy()
    rows_a, rows_y = np.moveaxis(a, axis, 0), np.moveaxis(y, axis, 0)
    for i in range(1, len(rows_y)):
        rows_y[i] += rows_a[i] * rows_y[i - 1]
    return y


recurrence.shape(lambda a, b, axis: Spec(b.shape, b.dtype))


def _shift(x: Any, axis: int) -> Any:
    """x delayed by one, zero first."""
    widths = [(1, 0) if i == axis else (0, 0) for i in range(len(x.shape))]
    keep = tuple(slice(0, n) if i == axis else slice(None) for i, n in enumerate(x.shape))
    return np.pad(x, widths)[keep]


def _backwards(g: Any, a: Any, axis: int) -> Any:
    """r[i] = g[i] + a[i+1] * r[i+1]."""
    return np.flip(recurrence(_shift(np.flip(a, axis), axis), np.flip(g, axis), axis=axis), axis)


recurrence.vjp(0)(lambda g, y, a, b, axis: _backwards(g, a, axis) * _shift(y, axis))
recurrence.vjp(1)(lambda g, y, a, b, axis: _backwards(g, a, axis))

cumprod = Primitive("cumprod")
cumprod.forward(lambda x, axis, out=None: np.cumprod(x, axis, x.dtype, out))
cumprod.shape(lambda x, axis: Spec(x.shape, x.dtype))


@cumprod.vjp(0)
def _cumprod_vjp(g: Any, y: Any, x: Any, axis: int) -> Any:
    first = np.reshape(np.arange(x.shape[axis]) == 0, [-1 if i == axis else 1 for i in range(len(x.shape))])
    before = np.where(first, 1, _shift(y, axis))
    return _backwards(g, x, axis) * before


def _running(primitive: Primitive) -> Any:
    def call(a: Any, axis: int | None = None, dtype: Any = None, out: None = None, **_: Any) -> Any:
        x = to_array(a)
        if axis is None:
            x, axis = np.reshape(x, -1), 0
        if dtype is not None or x.dtype.kind == "b":
            x = to_dtype(x, np.dtype(dtype or "int32"))
        return primitive(x, axis=_axes((axis,), len(x.shape))[0])

    return call


implements(np.cumsum, np.cumulative_sum)(_running(cumsum))
implements(np.cumprod, np.cumulative_prod)(_running(cumprod))
