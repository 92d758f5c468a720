"""NumPy's functions that repeat, turn, shift and surround what an array holds, and make others like it."""

from typing import Any

import numpy as np

from .._dispatch import implements
from .._operands import to_array, to_dtype
from .._trace import is_traced
from ._axes import axes_of, axis_of
from ._slices import pad


@implements(np.flip)
def _flip(m: Any, axis: Any = None) -> Any:
    ndim = len(m.shape)
    axes = range(ndim) if axis is None else axes_of(axis, ndim)
    return m[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(ndim))]


implements(np.flipud)(lambda m: np.flip(m, 0))
implements(np.fliplr)(lambda m: np.flip(m, 1))


@implements(np.rot90)
def _rot90(m: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    i, j = axes_of(axes, len(m.shape))
    k %= 4
    if k == 0:
        return m
    if k == 2:
        return np.flip(m, (i, j))
    return np.swapaxes(np.flip(m, j), i, j) if k == 1 else np.flip(np.swapaxes(m, i, j), j)


@implements(np.roll)
def _roll(a: Any, shift: Any, axis: Any = None) -> Any:
    if axis is None:
        return np.reshape(np.roll(np.reshape(a, -1), shift, 0), a.shape)
    pairs = zip(np.broadcast_to(shift, np.shape(axis) or (1,)).tolist(), np.atleast_1d(axis).tolist())
    for s, i in pairs:
        n = a.shape[i]
        s = s % n if n else 0
        if s:
            first, second = np.split(a, [n - s], axis=i)
            a = np.concatenate([second, first], axis=i)
    return a


@implements(np.tile)
def _tile(A: Any, reps: Any) -> Any:
    x = to_array(A)
    reps = tuple(np.atleast_1d(reps).tolist())
    ndim = max(len(reps), len(x.shape))
    reps = (1,) * (ndim - len(reps)) + reps
    shape = (1,) * (ndim - len(x.shape)) + x.shape
    inner = tuple(m for n in shape for m in (1, n))
    outer = tuple(m for r, n in zip(reps, shape) for m in (r, n))
    return np.reshape(np.broadcast_to(np.reshape(x, inner), outer), tuple(r * n for r, n in zip(reps, shape)))


@implements(np.repeat)
def _repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    x = to_array(a)
    if axis is None:
        x, axis = np.reshape(x, -1), 0
    axis = axis_of(axis, len(x.shape))
    if np.size(repeats) == 1 and not is_traced(repeats):
        (count,) = np.ravel(repeats).tolist()
        before, size, after = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
        many = np.broadcast_to(np.expand_dims(x, axis + 1), (*before, size, count, *after))
        return np.reshape(many, (*before, size * count, *after))
    return np.take(x, np.repeat(np.arange(x.shape[axis]), repeats), axis=axis)


@implements(np.pad)
def _pad(array: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0, **_: Any) -> Any:
    x = to_array(array)
    widths = np.broadcast_to(np.asarray(pad_width), (len(x.shape), 2)).tolist()
    if mode == "constant":
        widths = tuple((int(b), int(a)) for b, a in widths)
        if type(constant_values) in (int, float) and constant_values == 0:
            return pad(x, widths=widths)
        inside = np.pad(np.ones(x.shape, bool), widths)
        return np.where(inside, pad(x, widths=widths), constant_values)
    for axis, (before, after) in enumerate(widths):
        if before or after:
            x = np.take(x, np.pad(np.arange(x.shape[axis]), (before, after), mode=mode), axis=axis)
    return x


def _like(fill: Any) -> Any:
    def call(a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, **_: Any) -> Any:
        return fill(a.shape if shape is None else shape, a.dtype if dtype is None else np.dtype(dtype))

    return call


implements(np.zeros_like)(_like(np.zeros))
implements(np.ones_like)(_like(np.ones))
implements(np.empty_like)(_like(np.zeros))


@implements(np.full_like)
def _full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, **_: Any
) -> Any:
    value = to_dtype(to_array(fill_value), a.dtype if dtype is None else np.dtype(dtype))
    return np.broadcast_to(value, a.shape if shape is None else shape)


implements(np.shape)(lambda a: a.shape)
implements(np.ndim)(lambda a: len(a.shape))
implements(np.size)(lambda a, axis=None: a.size if axis is None else a.shape[axis])
implements(np.copy)(lambda a, order="K", subok=False: a)
implements(np.iscomplexobj)(lambda x: x.dtype.kind == "c")


@implements(np.meshgrid)
def _meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> list[Any]:
    arrays = [np.reshape(to_array(x), -1) for x in xi]
    n = len(arrays)
    order = [1, 0, *range(2, n)] if indexing == "xy" and n > 1 else list(range(n))
    shape = tuple(arrays[i].shape[0] for i in order)
    out = []
    for i, x in enumerate(arrays):
        place = tuple(-1 if j == order.index(i) else 1 for j in range(n))
        out.append(np.reshape(x, place) if sparse else np.broadcast_to(np.reshape(x, place), shape))
    return out


@implements(np.diff)
def _diff(a: Any, n: int = 1, axis: int = -1, **_: Any) -> Any:
    for _i in range(n):
        size = a.shape[axis]
        rest = [slice(None)] * len(a.shape)
        high, low = list(rest), list(rest)
        high[axis], low[axis] = slice(1, size), slice(0, size - 1)
        a = np.not_equal(a[tuple(high)], a[tuple(low)]) if a.dtype.kind == "b" else a[tuple(high)] - a[tuple(low)]
    return a
