"""Activation functions."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina._typing import Tensor, TensorLike, Unary

from ._axes import all_axes
from ._backend import kernels, xp
from ._convert import floating, tensor, to
from ._dtypes import dtype_name, numpy_dtype
from ._op import op


def _activation(name: str, formula: str, body: Callable[..., Any], aliases: tuple[Any, ...] = ()) -> Callable[..., Any]:
    def function(x: TensorLike) -> Tensor:
        return body(floating(x))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"{formula}, element by element.\n\nArgs:\n    x: `(...)`, floating.\n\nReturns: `(...)`, dtype of `x`.\n"
    )
    return op("nn", aliases=aliases)(function)


def _sigmoid(x: Any) -> Any:
    return kernels.sigmoid(x)


def _softplus(x: Any) -> Any:
    return kernels.softplus(x)


def _hard_sigmoid(x: Any) -> Any:
    return xp.minimum(xp.maximum(x * (1 / 6) + 0.5, 0), 1)


@op("nn")
def relu(x: TensorLike) -> Tensor:
    """max(x, 0), element by element.

    Args:
        x: `(...)`, real.

    Returns: `(...)`, dtype of `x`.

    Example:
        >>> ops.relu([-1.5, 0.0, 2.0])
        Tensor([0., 0., 2.], dtype=float32)
    """
    x = tensor(x)
    return xp.maximum(to(x, "int32") if dtype_name(x) == "bool" else x, 0)


sigmoid: Unary = _activation("sigmoid", "1 / (1 + e⁻ˣ)", _sigmoid)


softplus: Unary = _activation("softplus", "ln(1 + eˣ), without overflow", _softplus)


softsign: Unary = _activation("softsign", "x / (1 + |x|)", lambda x: x / (1 + xp.abs(x)))


silu: Unary = _activation("silu", "x · sigmoid(x)", lambda x: x * _sigmoid(x), aliases=("swish",))


swish: Unary = silu


log_sigmoid: Unary = _activation("log_sigmoid", "ln sigmoid(x), without overflow", lambda x: -_softplus(-x))


relu6: Unary = _activation("relu6", "min(max(x, 0), 6)", lambda x: xp.minimum(xp.maximum(x, 0), 6))


hard_sigmoid: Unary = _activation("hard_sigmoid", "min(max(x / 6 + 1/2, 0), 1)", _hard_sigmoid)


hard_silu: Unary = _activation(
    "hard_silu", "x · hard_sigmoid(x)", lambda x: x * _hard_sigmoid(x), aliases=("hard_swish",)
)


hard_swish: Unary = hard_silu


hard_tanh: Unary = _activation("hard_tanh", "min(max(x, -1), 1)", lambda x: xp.minimum(xp.maximum(x, -1), 1))


tanh_shrink: Unary = _activation("tanh_shrink", "x - tanh(x)", lambda x: x - xp.tanh(x))


sparse_plus: Unary = _activation(
    "sparse_plus",
    "0 for x <= -1, x for x >= 1, (x + 1)²/4 between",
    lambda x: xp.where(x <= -1, xp.zeros_like(x), xp.where(x >= 1, x, xp.square(x + 1) * 0.25)),
)


sparse_sigmoid: Unary = _activation(
    "sparse_sigmoid",
    "0 for x <= -1, 1 for x >= 1, (x + 1)/2 between",
    lambda x: xp.minimum(xp.maximum(0.5 * (x + 1), 0), 1),
)


_SELU_SCALE = 1.0507009873554805


_SELU_ALPHA = 1.6732632423543772


selu: Unary = _activation(
    "selu",
    "1.0507 · (x for x > 0, 1.6733 · (eˣ - 1) below)",
    lambda x: _SELU_SCALE * xp.where(x > 0, x, _SELU_ALPHA * xp.expm1(xp.minimum(x, 0))),
)


@op("nn")
def leaky_relu(x: TensorLike, negative_slope: float = 0.2) -> Tensor:
    """x for x > 0, negative_slope · x below, element by element.

    Args:
        x: `(...)`, floating.
        negative_slope: number.

    Returns: `(...)`, dtype of `x`.
    """
    x = floating(x)
    return xp.where(x > 0, x, negative_slope * x)


@op("nn")
def elu(x: TensorLike, alpha: float = 1.0) -> Tensor:
    """x for x > 0, alpha · (eˣ - 1) below, element by element.

    Args:
        x: `(...)`, floating.
        alpha: number.

    Returns: `(...)`, dtype of `x`.
    """
    x = floating(x)
    # The exponent is bounded: an overflow on the side that is not taken would make the gradient NaN.
    return xp.where(x > 0, x, alpha * xp.expm1(xp.minimum(x, 0)))


@op("nn")
def celu(x: TensorLike, alpha: float = 1.0) -> Tensor:
    """max(x, 0) + min(alpha · (e^(x / alpha) - 1), 0), element by element.

    Args:
        x: `(...)`, floating.
        alpha: number, not 0.

    Returns: `(...)`, dtype of `x`.
    """
    x = floating(x)
    return xp.maximum(x, 0) + alpha * xp.expm1(xp.minimum(x, 0) / alpha)


@op("nn")
def gelu(x: TensorLike, approximate: bool = True) -> Tensor:
    """x · Φ(x), Φ the distribution function of the standard normal, element by element.

    Args:
        x: `(...)`, floating.
        approximate: whether Φ is taken as (1 + tanh(√(2/π) · (x + 0.044715 x³))) / 2.

    Returns: `(...)`, dtype of `x`.

    Reference: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016, arXiv:1606.08415.
    """
    x = floating(x)
    if approximate:
        return 0.5 * x * (1 + xp.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))
    return 0.5 * x * (1 + kernels.erf(x * math.sqrt(0.5)))


@op("nn")
def glu(x: TensorLike, axis: int = -1) -> Tensor:
    """a · sigmoid(b), with a and b the two halves of `x` along an axis.

    Args:
        x: floating, even in size on `axis`.
        axis: int.

    Returns: `x` with half the size on `axis`.
    """
    x = floating(x)
    size = x.shape[axis]
    if size % 2:
        raise ValueError(f"glu: axis {axis} of shape {tuple(x.shape)} must have an even size.")
    before = (slice(None),) * (axis % x.ndim)
    return x[(*before, slice(0, size // 2))] * _sigmoid(x[(*before, slice(size // 2, None))])


@op("nn")
def hard_shrink(x: TensorLike, threshold: float = 0.5) -> Tensor:
    """x where |x| > threshold, 0 elsewhere, element by element.

    Args:
        x: `(...)`, floating.
        threshold: number.

    Returns: `(...)`, dtype of `x`.
    """
    x = floating(x)
    return xp.where(xp.abs(x) > threshold, x, xp.zeros_like(x))


@op("nn")
def soft_shrink(x: TensorLike, threshold: float = 0.5) -> Tensor:
    """x moved by `threshold` towards 0, and 0 where |x| <= threshold, element by element.

    Args:
        x: `(...)`, floating.
        threshold: number.

    Returns: `(...)`, dtype of `x`.
    """
    x = floating(x)
    return xp.maximum(x - threshold, 0) + xp.minimum(x + threshold, 0)


@op("nn", tensors="x")
def threshold(x: TensorLike, threshold: Any, default_value: Any) -> Tensor:
    """x where it is above `threshold`, `default_value` elsewhere, element by element.

    Args:
        x: `(...)`, floating.
        threshold, default_value: numbers.

    Returns: `(...)`, dtype of `x`.
    """
    x = floating(x)
    return xp.where(x > threshold, x, xp.full_like(x, default_value))


@op("nn")
def squareplus(x: TensorLike, b: TensorLike = 4) -> Tensor:
    """(x + √(x² + b)) / 2, element by element.

    Args:
        x: `(...)`, floating.
        b: number, how round the bend is.

    Returns: `(...)`, dtype of `x`.
    """
    x = floating(x)
    return (x + xp.sqrt(xp.square(x) + b)) * 0.5


def _joined(function: Callable[..., Any], x: Any, axis: Any) -> Any:
    """Applies a function along one axis, along several taken together, or along all."""
    if isinstance(axis, (int, np.integer)):
        return function(x, int(axis))
    if axis is None:
        return xp.reshape(function(xp.reshape(x, (-1,)), -1), x.shape)
    axes = all_axes(axis, x, "softmax")
    rest = [a for a in range(x.ndim) if a not in axes]
    order = (*rest, *axes)
    moved = xp.transpose(x, order)
    flat = xp.reshape(moved, (*moved.shape[: len(rest)], -1))
    back = np.argsort(order).tolist()
    return xp.transpose(xp.reshape(function(flat, -1), moved.shape), tuple(back))


@op("nn")
def softmax(x: TensorLike, axis: int = -1) -> Tensor:
    """eˣ / Σ eˣ along an axis, without overflow.

    Args:
        x: `(...)`, floating.
        axis: int, tuple of ints taken together, or None for all.

    Returns: `(...)`, dtype of `x`; sums to 1 along `axis`.

    Example:
        >>> ops.softmax([[0.0, 0.0]])
        Tensor([[0.5, 0.5]], dtype=float32)
    """
    return _joined(kernels.softmax, floating(x), axis)


@op("nn")
def log_softmax(x: TensorLike, axis: int = -1) -> Tensor:
    """x - ln Σ eˣ along an axis, without overflow.

    Args:
        x: `(...)`, floating.
        axis: int, tuple of ints taken together, or None for all.

    Returns: `(...)`, dtype of `x`.
    """
    return _joined(kernels.log_softmax, floating(x), axis)


@op("nn")
def sparsemax(x: TensorLike, axis: int = -1) -> Tensor:
    """The point of the probability simplex nearest to `x`: like softmax, but with exact zeros.

    Args:
        x: `(...)`, floating.
        axis: int.

    Returns: `(...)`, dtype of `x`; sums to 1 along `axis`.

    Reference: Martins and Astudillo, From Softmax to Sparsemax, 2016, arXiv:1602.02068.
    """
    x = xp.moveaxis(floating(x), axis, -1)
    ordered = xp.flip(xp.sort(x, axis=-1), -1)
    places = tensor(np.arange(1, x.shape[-1] + 1).astype(numpy_dtype(dtype_name(x))))
    total = xp.cumsum(ordered, axis=-1)
    kept = xp.greater(1 + places * ordered, total)
    count = xp.sum(to(kept, dtype_name(x)), axis=-1, keepdims=True)
    level = (xp.sum(xp.where(kept, ordered, xp.zeros_like(ordered)), axis=-1, keepdims=True) - 1) / count
    return xp.moveaxis(xp.maximum(x - level, 0), -1, axis)
