"""Means, variances and the reductions that leave out NaN: NumPy's functions made of reductions."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._dispatch import implements
from .._dtypes import FLOAT32, is_float
from .._operands import to_array, to_dtype
from ._axes import normal_axes
from ._reduction import reduce_sum
from ._views import broadcast_to


def _as_float(x: Any, dtype: Any = None) -> Any:
    x = to_array(x)
    if dtype is not None:
        return to_dtype(x, np.dtype(dtype))
    return x if is_float(x.dtype) else to_dtype(x, FLOAT32)


@implements(np.mean)
def mean(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
    x = _as_float(a, dtype)
    where = more.get("where", True)
    if where is not True:
        weights = to_dtype(broadcast_to(to_array(where), shape=x.shape), x.dtype)
        return np.sum(x * weights, axis, keepdims=keepdims) / np.sum(weights, axis, keepdims=keepdims)
    axes = normal_axes(axis, len(x.shape))
    count = 1
    for i in axes:
        count *= x.shape[i]
    total = reduce_sum(x, axis=axes, keepdims=bool(keepdims)) if axes else x
    return total * (1.0 / count) if count else total / 0.0


@implements(np.var)
def var(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False, **_: Any
) -> Any:
    x = _as_float(a, dtype)
    centred = x - mean(x, axis, keepdims=True)
    count = int(np.prod([x.shape[i] for i in normal_axes(axis, len(x.shape))]))
    return np.sum(np.square(centred), axis, keepdims=keepdims) / float(max(count - ddof, 0))


@implements(np.std)
def std(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False, **_: Any
) -> Any:
    return np.sqrt(var(a, axis, dtype, None, ddof, keepdims))


@implements(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    if weights is None:
        return mean(a, axis, keepdims=keepdims)
    x, w = to_array(a), to_array(weights)
    if w.shape != x.shape:
        w = np.reshape(w, tuple(n if i in normal_axes(axis, len(x.shape)) else 1 for i, n in enumerate(x.shape)))
        w = np.broadcast_to(w, x.shape)
    return np.sum(x * w, axis, keepdims=keepdims) / np.sum(w, axis, keepdims=keepdims)


@implements(np.ptp)
def _ptp(a: Any, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
    return np.max(a, axis, keepdims=keepdims) - np.min(a, axis, keepdims=keepdims)


@implements(np.count_nonzero)
def _count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return np.sum(to_dtype(to_array(a) != 0, np.dtype("int32")), axis, keepdims=keepdims)


def _ignoring_nan(reducer: Any, neutral: float) -> Callable[..., Any]:
    def call(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, **_: Any) -> Any:
        x = to_array(a)
        return reducer(np.where(np.isnan(x), neutral, x) if is_float(x.dtype) else x, axis, keepdims=keepdims)

    return call


implements(np.nansum)(_ignoring_nan(np.sum, 0))
implements(np.nanprod)(_ignoring_nan(np.prod, 1))


def _nan_extreme(reducer: Any, neutral: float) -> Callable[..., Any]:
    def call(a: Any, axis: Any = None, out: None = None, keepdims: bool = False, **_: Any) -> Any:
        x = to_array(a)
        if not is_float(x.dtype):
            return reducer(x, axis, keepdims=keepdims)
        missing = np.isnan(x)
        value = reducer(np.where(missing, neutral, x), axis, keepdims=keepdims)
        return np.where(np.all(missing, axis, keepdims=keepdims), np.nan, value)

    return call


implements(np.nanmax)(_nan_extreme(np.max, -np.inf))
implements(np.nanmin)(_nan_extreme(np.min, np.inf))


def _nan_arg(reducer: Any, neutral: float) -> Callable[..., Any]:
    def call(a: Any, axis: Any = None, out: None = None, *, keepdims: bool = False) -> Any:
        x = to_array(a)
        return reducer(np.where(np.isnan(x), neutral, x) if is_float(x.dtype) else x, axis, keepdims=keepdims)

    return call


implements(np.nanargmax)(_nan_arg(np.argmax, -np.inf))
implements(np.nanargmin)(_nan_arg(np.argmin, np.inf))


@implements(np.nanmean)
def _nanmean(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, **_: Any) -> Any:
    x = _as_float(a, dtype)
    present = to_dtype(~np.isnan(x), x.dtype)
    return np.nansum(x, axis, keepdims=keepdims) / np.sum(present, axis, keepdims=keepdims)


@implements(np.nanvar)
def _nanvar(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False, **_: Any
) -> Any:
    x = _as_float(a, dtype)
    present = to_dtype(~np.isnan(x), x.dtype)
    centred = np.where(np.isnan(x), 0, x - _nanmean(x, axis, keepdims=True))
    return np.sum(np.square(centred), axis, keepdims=keepdims) / (
        np.sum(present, axis, keepdims=keepdims) - float(ddof)
    )


@implements(np.nanstd)
def _nanstd(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False, **_: Any
) -> Any:
    return np.sqrt(_nanvar(a, axis, dtype, None, ddof, keepdims))
