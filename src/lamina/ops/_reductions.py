"""Functions that shorten axes: sums, means, extremes, tests, cumulative sums."""

from collections.abc import Callable
from typing import Any, TypeVar

from lamina._typing import Axis, DType, Tensor, TensorLike
from lamina.engines import engine

from ._axes import all_axes
from ._backend import xp
from ._convert import float_dtype, floating, promote, scalar, tensor, to
from ._dtypes import dtype_name, is_float_dtype, numpy_dtype, result_type, standardize_dtype
from ._op import op

_ARGS = """

    Args:
        x: tensor of any shape.
        axis: int, tuple of ints, or None for all axes.
        keepdims: whether the shortened axes stay with size 1.
"""


F = TypeVar("F", bound=Callable[..., Any])


def documented(formula: str, returns: str) -> Callable[[F], F]:
    def attach(function: F) -> F:
        function.__doc__ = f"{formula}{_ARGS}\n    Returns: `x` without the shortened axes, {returns}.\n    "
        return function

    return attach


def as_axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def _widened(x: Any) -> Any:
    """The dtype in which integers are added up: at least 32 bits."""
    name = dtype_name(x)
    return to(
        x, {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}.get(name, name)
    )


def in_float32(function: Callable[..., Any], x: Any, *args: Any, **kwargs: Any) -> Any:
    """Computes half precision in float32; the result has the floating dtype of `x`."""
    x = tensor(x)
    dtype = float_dtype(x)
    return to(function(to(x, result_type(dtype, "float32")), *args, **kwargs), dtype)


@op("numpy")
@documented("Sum over axes.", "at least 32 bits wide for integers")
def sum(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    x = _widened(tensor(x))
    wide = _summed_in(dtype := dtype_name(x))
    return to(xp.sum(x, axis=as_axes(axis), keepdims=keepdims, dtype=numpy_dtype(wide)), dtype)


@op("numpy")
@documented("Mean over axes.", "floating")
def mean(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return in_float32(xp.mean, x, axis=as_axes(axis), keepdims=keepdims)


@op("numpy")
@documented("Variance over axes, the mean of (x - mean)².", "floating")
def var(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return in_float32(_variance, x, as_axes(axis), keepdims)


def _variance(x: Any, axis: Any, keepdims: bool) -> Any:
    if "complex" in dtype_name(x):
        return xp.var(x, axis=axis, keepdims=keepdims)
    return xp.mean(xp.square(x - xp.mean(x, axis=axis, keepdims=True)), axis=axis, keepdims=keepdims)


@op("numpy")
@documented("Standard deviation over axes, the square root of the variance.", "floating")
def std(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return in_float32(lambda v: xp.sqrt(_variance(v, as_axes(axis), keepdims)), x)


def _extreme(x: Any, name: str, axis: Any, keepdims: bool, initial: Any) -> Any:
    x = tensor(x)
    axis = as_axes(axis)
    if 0 in x.shape and initial is None:
        if 0 in [x.shape[a] for a in all_axes(axis, x, name)]:
            raise ValueError(f"{name}: shape {tuple(x.shape)} has no elements on axis {axis}; give initial=.")
    if 0 in x.shape and initial is not None:
        return getattr(xp, name)(x, axis=axis, keepdims=keepdims, initial=initial)
    result = getattr(xp, name)(x, axis=axis, keepdims=keepdims)
    if initial is None:
        return result
    return (xp.maximum if name == "max" else xp.minimum)(result, scalar(initial, dtype_name(x)))


@op("numpy")
def max(x: TensorLike, axis: Axis = None, keepdims: bool = False, initial: TensorLike = None) -> Tensor:
    """Largest value over axes.

    Args:
        x: `(...)`, real.
        axis: int, tuple of ints, or None for all axes.
        keepdims: whether the shortened axes stay with size 1.
        initial: lower bound of the result, needed where an axis is empty.

    Returns: `x` without the shortened axes, dtype of `x`.

    Example:
        >>> ops.max([[1.0, 2.0], [3.0, 4.0]], axis=1)
        Tensor([2., 4.], dtype=float32)
    """
    return _extreme(x, "max", axis, keepdims, initial)


@op("numpy")
def min(x: TensorLike, axis: Axis = None, keepdims: bool = False, initial: TensorLike = None) -> Tensor:
    """Smallest value over axes.

    Args:
        x: `(...)`, real.
        axis: int, tuple of ints, or None for all axes.
        keepdims: whether the shortened axes stay with size 1.
        initial: upper bound of the result, needed where an axis is empty.

    Returns: `x` without the shortened axes, dtype of `x`.

    Example:
        >>> ops.min([[1.0, 2.0], [3.0, 4.0]], axis=1)
        Tensor([1., 3.], dtype=float32)
    """
    return _extreme(x, "min", axis, keepdims, initial)


@op("numpy")
@documented("Largest value over axes.", "dtype of `x`")
def amax(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return _extreme(x, "max", axis, keepdims, None)


@op("numpy")
@documented("Smallest value over axes.", "dtype of `x`")
def amin(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return _extreme(x, "min", axis, keepdims, None)


@op("numpy")
@documented("Range of the values, max - min, over axes.", "dtype of `x`")
def ptp(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return xp.subtract(_extreme(x, "max", axis, keepdims, None), _extreme(x, "min", axis, keepdims, None))


@op("numpy", tensors="x")
def prod(x: TensorLike, axis: Axis = None, keepdims: bool = False, dtype: DType = None) -> Tensor:
    """Product over axes.

    Args:
        x: tensor of any shape.
        axis: int, tuple of ints, or None for all axes.
        keepdims: whether the shortened axes stay with size 1.
        dtype: dtype of the result; None: that of `x`, at least 32 bits wide for integers.

    Returns: `x` without the shortened axes.

    Example:
        >>> ops.prod([[1.0, 2.0], [3.0, 4.0]])
        Tensor(24., dtype=float32)
    """
    x = _widened(tensor(x)) if dtype is None else to(tensor(x), standardize_dtype(dtype))
    return xp.prod(x, axis=as_axes(axis), keepdims=keepdims, dtype=x.dtype)


@op("numpy")
@documented("Whether all elements over axes hold.", "bool")
def all(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return xp.all(to(tensor(x), "bool"), axis=as_axes(axis), keepdims=keepdims)


@op("numpy")
@documented("Whether any element over axes holds.", "bool")
def any(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return xp.any(to(tensor(x), "bool"), axis=as_axes(axis), keepdims=keepdims)


def number(x: Any) -> Any:
    x = tensor(x)
    return to(x, "int32") if dtype_name(x) == "bool" else x


@op("numpy")
@documented("Place of the (first) largest value along an axis, or in the flattened tensor.", "int32")
def argmax(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return to(xp.argmax(number(x), axis=axis, keepdims=keepdims), "int32")


@op("numpy")
@documented("Place of the (first) smallest value along an axis, or in the flattened tensor.", "int32")
def argmin(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return to(xp.argmin(number(x), axis=axis, keepdims=keepdims), "int32")


@op("numpy")
def count_nonzero(x: TensorLike, axis: Axis = None) -> Tensor:
    """How many elements are not zero, over axes.

    Args:
        x: tensor of any shape.
        axis: int, tuple of ints, or None for all axes.

    Returns: `x` without the shortened axes, int32.

    Example:
        >>> ops.count_nonzero([0, 1, 2])
        Tensor(2, dtype=int32)
    """
    x = to(xp.not_equal(tensor(x), 0), "int32")
    return xp.sum(x, axis=as_axes(axis), dtype=x.dtype)


@op("numpy", tensors="x weights")
def average(x: TensorLike, axis: int | None = None, weights: TensorLike = None) -> Tensor:
    """Weighted mean, Σ w·x / Σ w.

    Args:
        x: tensor of any shape.
        axis: int, or None for all axes.
        weights: shaped like `x`, or 1-D along `axis`; None: all equal.

    Returns: `x` without the axis, floating.

    Example:
        >>> ops.average([1.0, 3.0], weights=[3.0, 1.0])
        Tensor(1.5, dtype=float32)
    """
    axis = as_axes(axis)
    if weights is None:
        return mean(x, axis)
    x, weights = promote(x, weights, arrays=True, also=(float,))
    if isinstance(axis, tuple) and len(axis) == 1:
        axis = axis[0]
    if x.shape != weights.shape:
        if isinstance(axis, tuple) or axis is None or weights.ndim != 1 or weights.shape[0] != x.shape[axis]:
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
def logsumexp(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """ln Σ eˣ over axes, without overflow.

    Args:
        x: tensor of any shape.
        axis: int, tuple of ints, or None for all axes.
        keepdims: whether the shortened axes stay with size 1.

    Returns: `x` without the shortened axes, floating.

    Example:
        >>> ops.logsumexp([0.0, 0.0])
        Tensor(0.6931472, dtype=float32)
    """
    x = floating(x)
    axis = as_axes(axis)
    top = xp.max(x, axis=axis, keepdims=True)
    # An infinite maximum would give inf - inf below.
    top = xp.where(xp.isfinite(top), top, xp.zeros_like(top))
    top = engine.stop_gradient(top)
    total = xp.log(xp.sum(xp.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else xp.squeeze(total, axis=axis)


def _summed_in(dtype: str) -> str:
    """The dtype to add up in: ones of bfloat16 that are added up as such stand still at 256."""
    return result_type(dtype, "float32") if is_float_dtype(dtype) else dtype


def _running(function: Any, x: Any, axis: Any, dtype: DType) -> Any:
    x = number(x) if dtype is None else to(tensor(x), standardize_dtype(dtype))
    if isinstance(axis, (list, tuple)):
        if len(axis) > 1:
            raise ValueError(f"A running sum or product goes along one axis; got axis={axis!r}.")
        if not axis:
            return x
        (axis,) = axis
    wide = _summed_in(dtype := dtype_name(x))
    return to(function(to(x, wide), axis=axis, dtype=numpy_dtype(wide)), dtype)


@op("numpy", tensors="x")
def cumsum(x: TensorLike, axis: Axis = None, dtype: DType = None) -> Tensor:
    """Running sum along an axis, or of the flattened tensor.

    Args:
        x: tensor of any shape.
        axis: int or None.
        dtype: dtype of the result; None: that of `x`, int32 for booleans.

    Returns: shape of `x`, or `(size,)`.

    Example:
        >>> ops.cumsum([1, 2, 3])
        Tensor([1, 3, 6], dtype=int32)
    """
    return _running(xp.cumsum, x, axis, dtype)


@op("numpy", tensors="x")
def cumprod(x: TensorLike, axis: Axis = None, dtype: DType = None) -> Tensor:
    """Running product along an axis, or of the flattened tensor.

    Args:
        x: tensor of any shape.
        axis: int or None.
        dtype: dtype of the result; None: that of `x`, int32 for booleans.

    Returns: shape of `x`, or `(size,)`.

    Example:
        >>> ops.cumprod([1, 2, 3])
        Tensor([1, 2, 6], dtype=int32)
    """
    return _running(xp.cumprod, x, axis, dtype)


@op("numpy")
def trapezoid(y: TensorLike, x: TensorLike = None, dx: float = 1.0, axis: int = -1) -> Tensor:
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
