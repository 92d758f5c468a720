"""Functions that shorten axes: sums, means, extremes, order statistics, tests, cumulative sums."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina._checks import check_one_of
from lamina.engines import engine

from ._backend import kernels, xp
from ._convert import dtype_name, float_dtype, floating, promote, scalar, tensor, to
from ._dtypes import is_float_dtype, result_type, standardize_dtype
from ._op import op

_ARGS = """

    Args:
        x: tensor of any shape.
        axis: int, tuple of ints, or None for all axes.
        keepdims: whether the shortened axes stay with size 1.
"""


def _documented(formula: str, returns: str) -> Callable[[Callable], Callable]:
    def attach(function: Callable) -> Callable:
        function.__doc__ = f"{formula}{_ARGS}\n    Returns: `x` without the shortened axes, {returns}.\n    "
        return function

    return attach


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def _widened(x: Any) -> Any:
    """The dtype in which integers are added up: at least 32 bits."""
    name = dtype_name(x)
    return to(x, {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}.get(name, name))


def _in_float32(function: Callable, x: Any, *args: Any, **kwargs: Any) -> Any:
    """Computes half precision in float32; the result has the floating dtype of `x`."""
    x = tensor(x)
    dtype = float_dtype(x)
    return to(function(to(x, result_type(dtype, "float32")), *args, **kwargs), dtype)


@op("numpy")
@_documented("Sum over axes.", "at least 32 bits wide for integers")
def sum(x, axis=None, keepdims=False):
    x = _widened(tensor(x))
    return xp.sum(x, axis=_axes(axis), keepdims=keepdims, dtype=x.dtype)


@op("numpy")
@_documented("Mean over axes.", "floating")
def mean(x, axis=None, keepdims=False):
    return _in_float32(xp.mean, x, axis=_axes(axis), keepdims=keepdims)


@op("numpy")
@_documented("Variance over axes, the mean of (x - mean)².", "floating")
def var(x, axis=None, keepdims=False):
    return _in_float32(_variance, x, _axes(axis), keepdims)


def _variance(x: Any, axis: Any, keepdims: bool) -> Any:
    if "complex" in dtype_name(x):
        return xp.var(x, axis=axis, keepdims=keepdims)
    return xp.mean(xp.square(x - xp.mean(x, axis=axis, keepdims=True)), axis=axis, keepdims=keepdims)


@op("numpy")
@_documented("Standard deviation over axes, the square root of the variance.", "floating")
def std(x, axis=None, keepdims=False):
    return _in_float32(lambda v: xp.sqrt(_variance(v, _axes(axis), keepdims)), x)


def _extreme(x: Any, name: str, axis: Any, keepdims: bool, initial: Any) -> Any:
    x = tensor(x)
    axis = _axes(axis)
    if 0 in x.shape and initial is None:
        axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        if 0 in [x.shape[a] for a in axes]:
            raise ValueError(f"{name}: shape {tuple(x.shape)} has no elements on axis {axis}; give initial=.")
    if 0 in x.shape and initial is not None:
        return getattr(xp, name)(x, axis=axis, keepdims=keepdims, initial=initial)
    result = getattr(xp, name)(x, axis=axis, keepdims=keepdims)
    if initial is None:
        return result
    return (xp.maximum if name == "max" else xp.minimum)(result, scalar(initial, dtype_name(x)))


@op("numpy")
def max(x, axis=None, keepdims=False, initial=None):
    """Largest value over axes.

    Args:
        x: `(...)`, real.
        axis: int, tuple of ints, or None for all axes.
        keepdims: whether the shortened axes stay with size 1.
        initial: lower bound of the result, needed where an axis is empty.

    Returns: `x` without the shortened axes, dtype of `x`.
    """
    return _extreme(x, "max", axis, keepdims, initial)


@op("numpy")
def min(x, axis=None, keepdims=False, initial=None):
    """Smallest value over axes.

    Args:
        x: `(...)`, real.
        axis: int, tuple of ints, or None for all axes.
        keepdims: whether the shortened axes stay with size 1.
        initial: upper bound of the result, needed where an axis is empty.

    Returns: `x` without the shortened axes, dtype of `x`.
    """
    return _extreme(x, "min", axis, keepdims, initial)


@op("numpy")
@_documented("Largest value over axes.", "dtype of `x`")
def amax(x, axis=None, keepdims=False):
    return _extreme(x, "max", axis, keepdims, None)


@op("numpy")
@_documented("Smallest value over axes.", "dtype of `x`")
def amin(x, axis=None, keepdims=False):
    return _extreme(x, "min", axis, keepdims, None)


@op("numpy")
@_documented("Range of the values, max - min, over axes.", "dtype of `x`")
def ptp(x, axis=None, keepdims=False):
    return _extreme(x, "max", axis, keepdims, None) - _extreme(x, "min", axis, keepdims, None)


@op("numpy", tensors="x")
def prod(x, axis=None, keepdims=False, dtype=None):
    """Product over axes.

    Args:
        x: tensor of any shape.
        axis: int, tuple of ints, or None for all axes.
        keepdims: whether the shortened axes stay with size 1.
        dtype: dtype of the result; None: that of `x`, at least 32 bits wide for integers.

    Returns: `x` without the shortened axes.
    """
    x = _widened(tensor(x)) if dtype is None else to(tensor(x), standardize_dtype(dtype))
    return xp.prod(x, axis=_axes(axis), keepdims=keepdims, dtype=x.dtype)


@op("numpy")
@_documented("Whether all elements over axes hold.", "bool")
def all(x, axis=None, keepdims=False):
    return xp.all(to(tensor(x), "bool"), axis=_axes(axis), keepdims=keepdims)


@op("numpy")
@_documented("Whether any element over axes holds.", "bool")
def any(x, axis=None, keepdims=False):
    return xp.any(to(tensor(x), "bool"), axis=_axes(axis), keepdims=keepdims)


def _number(x: Any) -> Any:
    x = tensor(x)
    return to(x, "int32") if dtype_name(x) == "bool" else x


@op("numpy")
@_documented("Place of the (first) largest value along an axis, or in the flattened tensor.", "int32")
def argmax(x, axis=None, keepdims=False):
    return to(xp.argmax(_number(x), axis=axis, keepdims=keepdims), "int32")


@op("numpy")
@_documented("Place of the (first) smallest value along an axis, or in the flattened tensor.", "int32")
def argmin(x, axis=None, keepdims=False):
    return to(xp.argmin(_number(x), axis=axis, keepdims=keepdims), "int32")


@op("numpy")
def count_nonzero(x, axis=None):
    """How many elements are not zero, over axes.

    Args:
        x: tensor of any shape.
        axis: int, tuple of ints, or None for all axes.

    Returns: `x` without the shortened axes, int32.
    """
    x = to(xp.not_equal(tensor(x), 0), "int32")
    return xp.sum(x, axis=_axes(axis), dtype=x.dtype)


@op("numpy", tensors="x weights")
def average(x, axis=None, weights=None):
    """Weighted mean, Σ w·x / Σ w.

    Args:
        x: tensor of any shape.
        axis: int, or None for all axes.
        weights: shaped like `x`, or 1-D along `axis`; None: all equal.

    Returns: `x` without the axis, floating.
    """
    axis = _axes(axis)
    if weights is None:
        return mean(x, axis)
    x, weights = promote(x, weights, arrays=True, also=(float,))
    if x.shape != weights.shape:
        if axis is None or weights.ndim != 1 or weights.shape[0] != x.shape[axis]:
            raise ValueError(
                f"average: weights must be shaped like x {tuple(x.shape)}, or be 1-D along axis={axis}; "
                f"got {tuple(weights.shape)}."
            )
        shape = [1] * x.ndim
        shape[axis] = weights.shape[0]
        weights = xp.reshape(weights, tuple(shape))
    weights = weights * xp.ones_like(x)
    return xp.sum(x * weights, axis=axis) / xp.sum(weights, axis=axis)


@op("math")
def logsumexp(x, axis=None, keepdims=False):
    """ln Σ eˣ over axes, without overflow.

    Args:
        x: tensor of any shape.
        axis: int, tuple of ints, or None for all axes.
        keepdims: whether the shortened axes stay with size 1.

    Returns: `x` without the shortened axes, floating.
    """
    x = floating(x)
    axis = _axes(axis)
    top = xp.max(x, axis=axis, keepdims=True)
    # An infinite maximum would give inf - inf below.
    top = xp.where(xp.isfinite(top), top, xp.zeros_like(top))
    top = engine.stop_gradient(top)
    total = xp.log(xp.sum(xp.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else xp.squeeze(total, axis=axis)


def _along(x: Any, axis: Any) -> tuple[Any, int]:
    """`x` as a tensor with one axis to work along: several axes, or all, become one at the end."""
    if axis is None:
        return xp.reshape(x, (-1,)), 0
    if isinstance(axis, int):
        return x, axis
    axes = tuple(a % x.ndim for a in axis)
    rest = [a for a in range(x.ndim) if a not in axes]
    moved = xp.transpose(x, (*rest, *axes))
    return xp.reshape(moved, (*(x.shape[a] for a in rest), int(np.prod([x.shape[a] for a in axes])))), len(rest)


def _kept_shape(x: Any, axis: Any) -> tuple:
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    axes = {a % x.ndim for a in axes}
    return tuple(1 if i in axes else n for i, n in enumerate(x.shape))


@op("numpy", tensors="x q")
def quantile(x, q, axis=None, method="linear", keepdims=False):
    """The values below which the shares `q` of the elements lie.

    Args:
        x: tensor of any shape.
        q: number or `(n,)`, in [0, 1].
        axis: int, tuple of ints, or None for all axes.
        method: "linear", "lower", "higher", "midpoint" or "nearest": what to take between two elements.
        keepdims: whether the shortened axes stay with size 1.

    Returns: `q.shape` followed by `x` without the shortened axes, floating.
    """
    check_one_of(method, ("linear", "lower", "higher", "midpoint", "nearest"), "method", "quantile")
    x = floating(x)
    axis = _axes(axis)
    flat, along = _along(x, axis)
    ordered = xp.moveaxis(xp.sort(flat, axis=along), along, -1)
    q = to(tensor(q), dtype_name(x))
    result = _between(ordered, q, ordered.shape[-1], method)
    # A NaN sorts last and stands for the whole.
    spoiled = xp.isnan(ordered[..., -1])
    result = xp.where(spoiled, xp.full_like(result, np.nan), result)
    return xp.reshape(result, (*q.shape, *_kept_shape(x, axis))) if keepdims else result


def _between(ordered: Any, q: Any, n: int, method: str) -> Any:
    """Elements at the places q·(n - 1) of the last axis of `ordered`, that axis moved to the front as `q.shape`."""
    place = q * (n - 1)
    low, high = xp.floor(place), xp.ceil(place)
    if method == "nearest":
        low = high = xp.round(place)
    elif method == "lower":
        high = low
    elif method == "higher":
        low = high
    share = xp.full_like(place, 0.5) if method == "midpoint" else place - low
    if method in ("lower", "higher", "nearest"):
        share = xp.zeros_like(place)
    below = _take_places(ordered, to(low, "int32"))
    above = _take_places(ordered, to(high, "int32"))
    share = xp.reshape(share, tuple(share.shape) + (1,) * (ordered.ndim - 1))
    return below + (above - below) * share


def _take_places(ordered: Any, places: Any) -> Any:
    taken = xp.take(ordered, places, axis=-1)
    for i in range(places.ndim):
        taken = xp.moveaxis(taken, ordered.ndim - 1 + i, i)
    return taken


@op("numpy", tensors="x q")
def percentile(x, q, axis=None, method="linear", keepdims=False):
    """`quantile(x, q / 100)`.

    Args:
        x: tensor of any shape.
        q: number or `(n,)`, in [0, 100].
        axis, method, keepdims: as for `quantile`.

    Returns: `q.shape` followed by `x` without the shortened axes, floating.
    """
    return quantile(x, tensor(q) / 100, axis, method, keepdims)


@op("numpy")
@_documented("The middle value over axes (mean of the two middle ones if even in number).", "floating")
def median(x, axis=None, keepdims=False):
    return quantile(x, 0.5, axis, "linear", keepdims)


@op("numpy", tensors="x")
def cumsum(x, axis=None, dtype=None):
    """Running sum along an axis, or of the flattened tensor.

    Args:
        x: tensor of any shape.
        axis: int or None.
        dtype: dtype of the result; None: that of `x`, int32 for booleans.

    Returns: shape of `x`, or `(size,)`.
    """
    x = _number(x) if dtype is None else to(tensor(x), standardize_dtype(dtype))
    return xp.cumsum(x, axis=axis, dtype=x.dtype)


@op("numpy", tensors="x")
def cumprod(x, axis=None, dtype=None):
    """Running product along an axis, or of the flattened tensor.

    Args:
        x: tensor of any shape.
        axis: int or None.
        dtype: dtype of the result; None: that of `x`, int32 for booleans.

    Returns: shape of `x`, or `(size,)`.
    """
    x = _number(x) if dtype is None else to(tensor(x), standardize_dtype(dtype))
    return xp.cumprod(x, axis=axis, dtype=x.dtype)


# Without NaN


def _filled(x: Any, value: float) -> Any:
    x = tensor(x)
    return xp.where(xp.isnan(x), xp.full_like(x, value), x) if is_float_dtype(x.dtype) else x


def _all_nan(x: Any, axis: Any, keepdims: bool) -> Any:
    return xp.all(xp.isnan(tensor(x)), axis=_axes(axis), keepdims=keepdims)


def _nan_where(condition: Any, x: Any) -> Any:
    return xp.where(condition, xp.full_like(x, np.nan), x)


@op("numpy")
@_documented("Sum over axes, NaN counting as 0.", "dtype as for `sum`")
def nansum(x, axis=None, keepdims=False):
    return sum(_filled(x, 0), axis, keepdims)


@op("numpy")
@_documented("Product over axes, NaN counting as 1.", "dtype as for `prod`")
def nanprod(x, axis=None, keepdims=False):
    return prod(_filled(x, 1), axis, keepdims)


@op("numpy", tensors="x")
def nancumsum(x, axis=None, dtype=None):
    """Running sum, NaN counting as 0.

    Args:
        x, axis, dtype: as for `cumsum`.

    Returns: shape of `x`, or `(size,)`.
    """
    return cumsum(_filled(x, 0), axis, dtype)


@op("numpy", tensors="x")
def nancumprod(x, axis=None, dtype=None):
    """Running product, NaN counting as 1.

    Args:
        x, axis, dtype: as for `cumprod`.

    Returns: shape of `x`, or `(size,)`.
    """
    return cumprod(_filled(x, 1), axis, dtype)


def _count(x: Any, axis: Any, keepdims: bool) -> Any:
    there = to(xp.logical_not(xp.isnan(x)), dtype_name(x))
    return xp.sum(there, axis=_axes(axis), keepdims=keepdims)


def _nanmean(x: Any, axis: Any, keepdims: bool) -> Any:
    return xp.true_divide(xp.sum(_filled(x, 0), axis=_axes(axis), keepdims=keepdims), _count(x, axis, keepdims))


def _nanvar(x: Any, axis: Any, keepdims: bool) -> Any:
    return _nanmean(xp.square(x - _nanmean(x, axis, True)), axis, keepdims)


@op("numpy")
@_documented("Mean over axes, NaN left out.", "floating")
def nanmean(x, axis=None, keepdims=False):
    return _in_float32(_nanmean, x, axis, keepdims)


@op("numpy")
@_documented("Variance over axes, NaN left out.", "floating")
def nanvar(x, axis=None, keepdims=False):
    return _in_float32(_nanvar, x, axis, keepdims)


@op("numpy")
@_documented("Standard deviation over axes, NaN left out.", "floating")
def nanstd(x, axis=None, keepdims=False):
    return _in_float32(lambda v: xp.sqrt(_nanvar(v, axis, keepdims)), x)


def _nan_extreme(x: Any, axis: Any, keepdims: bool, function: Any, fill: float) -> Any:
    x = tensor(x)
    result = function(_filled(x, fill), axis=_axes(axis), keepdims=keepdims)
    return _nan_where(_all_nan(x, axis, keepdims), result) if is_float_dtype(x.dtype) else result


@op("numpy")
@_documented("Largest value over axes, NaN left out.", "dtype of `x`")
def nanmax(x, axis=None, keepdims=False):
    return _nan_extreme(x, axis, keepdims, xp.max, -np.inf)


@op("numpy")
@_documented("Smallest value over axes, NaN left out.", "dtype of `x`")
def nanmin(x, axis=None, keepdims=False):
    return _nan_extreme(x, axis, keepdims, xp.min, np.inf)


def _nan_place(x: Any, axis: Any, keepdims: bool, function: Any, fill: float) -> Any:
    x = _number(x)
    places = to(function(_filled(x, fill), axis=axis, keepdims=keepdims), "int32")
    if not is_float_dtype(x.dtype):
        return places
    return xp.where(_all_nan(x, axis, keepdims), xp.full_like(places, -1), places)


@op("numpy")
@_documented("Place of the largest value, NaN left out; -1 where all are NaN.", "int32")
def nanargmax(x, axis=None, keepdims=False):
    return _nan_place(x, axis, keepdims, xp.argmax, -np.inf)


@op("numpy")
@_documented("Place of the smallest value, NaN left out; -1 where all are NaN.", "int32")
def nanargmin(x, axis=None, keepdims=False):
    return _nan_place(x, axis, keepdims, xp.argmin, np.inf)


@op("numpy", tensors="x q")
def nanquantile(x, q, axis=None, method="linear", keepdims=False):
    """As `quantile`, NaN left out.

    Args:
        x, q, axis, method, keepdims: as for `quantile`.

    Returns: `q.shape` followed by `x` without the shortened axes, floating.
    """
    check_one_of(method, ("linear", "lower", "higher", "midpoint", "nearest"), "method", "nanquantile")
    x = floating(x)
    axis = _axes(axis)
    flat, along = _along(x, axis)
    ordered = xp.moveaxis(xp.sort(flat, axis=along), along, -1)
    q = to(tensor(q), dtype_name(x))
    count = to(xp.sum(to(xp.logical_not(xp.isnan(ordered)), "int32"), axis=-1), dtype_name(x))
    ordered = xp.where(xp.isnan(ordered), xp.zeros_like(ordered), ordered)
    places = xp.reshape(q, tuple(q.shape) + (1,) * count.ndim) * xp.maximum(count - 1, 0)
    low, high = xp.floor(places), xp.ceil(places)
    if method in ("lower", "higher", "nearest"):
        low = high = {"lower": low, "higher": high, "nearest": xp.round(places)}[method]
    share = xp.full_like(places, 0.5) if method == "midpoint" else places - low
    below, above = _take_rowwise(ordered, low), _take_rowwise(ordered, high)
    result = _nan_where(xp.equal(count, 0), below + (above - below) * share)
    return xp.reshape(result, (*q.shape, *_kept_shape(x, axis))) if keepdims else result


def _take_rowwise(ordered: Any, places: Any) -> Any:
    """Elements of each row at its own places; `places`: `(*q.shape, *rows)`."""
    extra = places.ndim - (ordered.ndim - 1)
    rows = xp.broadcast_to(ordered, (*places.shape, ordered.shape[-1]) if extra else ordered.shape)
    return xp.squeeze(xp.take_along_axis(rows, xp.expand_dims(to(places, "int32"), -1), axis=-1), -1)


@op("numpy", tensors="x q")
def nanpercentile(x, q, axis=None, method="linear", keepdims=False):
    """`nanquantile(x, q / 100)`.

    Args:
        x, axis, method, keepdims: as for `quantile`.
        q: number or `(n,)`, in [0, 100].

    Returns: `q.shape` followed by `x` without the shortened axes, floating.
    """
    return nanquantile(x, tensor(q) / 100, axis, method, keepdims)


@op("numpy")
@_documented("The middle value over axes, NaN left out.", "floating")
def nanmedian(x, axis=None, keepdims=False):
    return nanquantile(x, 0.5, axis, "linear", keepdims)


# Sorting


@op("numpy")
def sort(x, axis=-1):
    """`x` in ascending order along an axis.

    Args:
        x: tensor of any shape.
        axis: int, or None to flatten first.

    Returns: shape and dtype of `x`.
    """
    return xp.sort(tensor(x), axis=axis)


@op("numpy")
def argsort(x, axis=-1):
    """The places that would sort `x` along an axis; equal elements keep their order.

    Args:
        x: tensor of any shape.
        axis: int, or None to flatten first.

    Returns: shape of `x`, int32.
    """
    x = tensor(x)
    if axis is None:
        x, axis = xp.reshape(x, (-1,)), 0
    return to(xp.argsort(x, axis=axis, kind="stable"), "int32")


@op("numpy", tensors="x")
def argpartition(x, kth, axis=-1):
    """Places in an order in which the `kth` is where sorting would put it, smaller ones before, larger ones after.

    Args:
        x: tensor of any shape.
        kth: int.
        axis: int, or None to flatten first.

    Returns: shape of `x`, int32.
    """
    return argsort(x, axis)  # the full order is one such order, and has a gradient-free kernel on every engine


@op("math", tensors="x")
def top_k(x, k, sorted=True):
    """The `k` largest values on the last axis, and their places.

    Args:
        x: `(..., n)`, real.
        k: positive int, at most n.
        sorted: whether the values come in descending order (they always do).

    Returns: values `(..., k)` in the dtype of `x`, places `(..., k)` int32.
    """
    x = tensor(x)
    if not x.ndim or k > x.shape[-1]:
        raise ValueError(f"top_k: k={k} is more than the last axis of shape {tuple(x.shape)} holds.")
    values, places = kernels.top_k(x, k)
    return values, to(places, "int32")


@op("math", tensors="targets predictions", class_name="InTopK")
def in_top_k(targets, predictions, k):
    """Whether each target is among the `k` classes with the highest predictions (ties count as in).

    Args:
        targets: `(batch,)`, integer.
        predictions: `(batch, classes)`, floating.
        k: positive int.

    Returns: `(batch,)`, bool; False where the target's prediction is not finite or the target is out of range.
    """
    targets, predictions = to(tensor(targets), "int32"), tensor(predictions)
    classes = predictions.shape[-1]
    inside = xp.logical_and(xp.greater_equal(targets, 0), xp.less(targets, classes))
    place = xp.expand_dims(xp.where(inside, targets, xp.zeros_like(targets)), -1)
    own = xp.take_along_axis(predictions, place, axis=-1)
    higher = to(xp.greater(predictions, own), "int32")
    rank = xp.sum(higher, axis=-1, dtype=higher.dtype)
    finite = xp.isfinite(xp.squeeze(own, -1))
    return xp.logical_and(xp.logical_and(inside, finite), xp.less(rank, k))


@op("numpy")
def trapezoid(y, x=None, dx=1.0, axis=-1):
    """Integral along an axis by the trapezoidal rule.

    Args:
        y: values, `(..., n, ...)`, real.
        x: the points, shaped like `y` or `(n,)`; None: evenly spaced by `dx`.
        dx: spacing.
        axis: int.

    Returns: `y` without the axis, floating.
    """
    y = xp.moveaxis(floating(y), axis, -1)
    if x is None:
        step = dx
    else:
        x = to(tensor(x), dtype_name(y))
        x = x if x.ndim == 1 else xp.moveaxis(x, axis, -1)
        step = x[..., 1:] - x[..., :-1]
    return xp.sum((y[..., 1:] + y[..., :-1]) * 0.5 * step, axis=-1)


