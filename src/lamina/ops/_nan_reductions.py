"""Reductions that leave NaN out."""

from typing import Any

import numpy as np

from lamina._typing import Axis, DType, Tensor, TensorLike

from ._backend import xp
from ._convert import tensor, to
from ._dtypes import dtype_name, is_float_dtype
from ._op import op
from ._reductions import as_axes, cumprod, cumsum, documented, in_float32, number, prod, sum


def _filled(x: Any, value: float) -> Any:
    x = tensor(x)
    return xp.where(xp.isnan(x), xp.full_like(x, value), x) if is_float_dtype(x.dtype) else x


def _all_nan(x: Any, axis: Any, keepdims: bool) -> Any:
    return xp.all(xp.isnan(tensor(x)), axis=as_axes(axis), keepdims=keepdims)


def nan_where(condition: Any, x: Any) -> Any:
    return xp.where(condition, xp.full_like(x, np.nan), x)


@op("numpy")
@documented("Sum over axes, NaN counting as 0.", "dtype as for `sum`")
def nansum(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return sum(_filled(x, 0), axis, keepdims)


@op("numpy")
@documented("Product over axes, NaN counting as 1.", "dtype as for `prod`")
def nanprod(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return prod(_filled(x, 1), axis, keepdims)


@op("numpy", tensors="x")
def nancumsum(x: TensorLike, axis: Axis = None, dtype: DType = None) -> Tensor:
    """Running sum, NaN counting as 0.

    Args:
        x, axis, dtype: as for `cumsum`.

    Returns: shape of `x`, or `(size,)`.
    """
    return cumsum(_filled(x, 0), axis, dtype)


@op("numpy", tensors="x")
def nancumprod(x: TensorLike, axis: Axis = None, dtype: DType = None) -> Tensor:
    """Running product, NaN counting as 1.

    Args:
        x, axis, dtype: as for `cumprod`.

    Returns: shape of `x`, or `(size,)`.
    """
    return cumprod(_filled(x, 1), axis, dtype)


def _count(x: Any, axis: Any, keepdims: bool) -> Any:
    there = to(xp.logical_not(xp.isnan(x)), dtype_name(x))
    return xp.sum(there, axis=as_axes(axis), keepdims=keepdims)


def _nanmean(x: Any, axis: Any, keepdims: bool) -> Any:
    return xp.true_divide(xp.sum(_filled(x, 0), axis=as_axes(axis), keepdims=keepdims), _count(x, axis, keepdims))


def _nanvar(x: Any, axis: Any, keepdims: bool) -> Any:
    return _nanmean(xp.square(x - _nanmean(x, axis, True)), axis, keepdims)


@op("numpy")
@documented("Mean over axes, NaN left out.", "floating")
def nanmean(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return in_float32(_nanmean, x, axis, keepdims)


@op("numpy")
@documented("Variance over axes, NaN left out.", "floating")
def nanvar(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return in_float32(_nanvar, x, axis, keepdims)


@op("numpy")
@documented("Standard deviation over axes, NaN left out.", "floating")
def nanstd(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return in_float32(lambda v: xp.sqrt(_nanvar(v, axis, keepdims)), x)


def _nan_extreme(x: Any, axis: Any, keepdims: bool, function: Any, fill: float) -> Any:
    x = tensor(x)
    result = function(_filled(x, fill), axis=as_axes(axis), keepdims=keepdims)
    return nan_where(_all_nan(x, axis, keepdims), result) if is_float_dtype(x.dtype) else result


@op("numpy")
@documented("Largest value over axes, NaN left out.", "dtype of `x`")
def nanmax(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return _nan_extreme(x, axis, keepdims, xp.max, -np.inf)


@op("numpy")
@documented("Smallest value over axes, NaN left out.", "dtype of `x`")
def nanmin(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return _nan_extreme(x, axis, keepdims, xp.min, np.inf)


def _nan_place(x: Any, axis: Any, keepdims: bool, function: Any, fill: float) -> Any:
    x = number(x)
    places = to(function(_filled(x, fill), axis=axis, keepdims=keepdims), "int32")
    if not is_float_dtype(x.dtype):
        return places
    return xp.where(_all_nan(x, axis, keepdims), xp.full_like(places, -1), places)


@op("numpy")
@documented("Place of the largest value, NaN left out; -1 where all are NaN.", "int32")
def nanargmax(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return _nan_place(x, axis, keepdims, xp.argmax, -np.inf)


@op("numpy")
@documented("Place of the smallest value, NaN left out; -1 where all are NaN.", "int32")
def nanargmin(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return _nan_place(x, axis, keepdims, xp.argmin, np.inf)
