"""Activation functions, losses on class probabilities, normalisation."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import _settings
from lamina.engines import engine

from ._backend import kernels, xp
from ._convert import dtype_name, floating, promote, tensor, to
from ._creation import one_hot
from ._dtypes import result_type
from ._op import op


def _activation(name: str, formula: str, body: Callable, aliases: tuple = ()) -> Callable:
    def function(x):
        return body(floating(x))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{formula}, element by element.\n\nArgs:\n    x: `(...)`, floating.\n\nReturns: `(...)`, dtype of `x`.\n"
    return op("nn", aliases=aliases)(function)


def _sigmoid(x: Any) -> Any:
    # By tanh: no overflow at either end, and one function to differentiate.
    return 0.5 * xp.tanh(0.5 * x) + 0.5


def _softplus(x: Any) -> Any:
    return xp.maximum(x, 0) + xp.log1p(xp.exp(-xp.abs(x)))


def _hard_sigmoid(x: Any) -> Any:
    return xp.minimum(xp.maximum(x * (1 / 6) + 0.5, 0), 1)


@op("nn")
def relu(x):
    """max(x, 0), element by element.

    Args:
        x: `(...)`, real.

    Returns: `(...)`, dtype of `x`.
    """
    x = tensor(x)
    return xp.maximum(to(x, "int32") if dtype_name(x) == "bool" else x, 0)


sigmoid = _activation("sigmoid", "1 / (1 + e⁻ˣ)", _sigmoid)
softplus = _activation("softplus", "ln(1 + eˣ), without overflow", _softplus)
softsign = _activation("softsign", "x / (1 + |x|)", lambda x: x / (1 + xp.abs(x)))
silu = _activation("silu", "x · sigmoid(x)", lambda x: x * _sigmoid(x), aliases=("swish",))
swish = silu
log_sigmoid = _activation("log_sigmoid", "ln sigmoid(x), without overflow", lambda x: -_softplus(-x))
relu6 = _activation("relu6", "min(max(x, 0), 6)", lambda x: xp.minimum(xp.maximum(x, 0), 6))
hard_sigmoid = _activation("hard_sigmoid", "min(max(x / 6 + 1/2, 0), 1)", _hard_sigmoid)
hard_silu = _activation("hard_silu", "x · hard_sigmoid(x)", lambda x: x * _hard_sigmoid(x), aliases=("hard_swish",))
hard_swish = hard_silu
hard_tanh = _activation("hard_tanh", "min(max(x, -1), 1)", lambda x: xp.minimum(xp.maximum(x, -1), 1))
tanh_shrink = _activation("tanh_shrink", "x - tanh(x)", lambda x: x - xp.tanh(x))
sparse_plus = _activation(
    "sparse_plus",
    "0 for x <= -1, x for x >= 1, (x + 1)²/4 between",
    lambda x: xp.where(x <= -1, xp.zeros_like(x), xp.where(x >= 1, x, xp.square(x + 1) * 0.25)),
)
sparse_sigmoid = _activation(
    "sparse_sigmoid",
    "0 for x <= -1, 1 for x >= 1, (x + 1)/2 between",
    lambda x: xp.minimum(xp.maximum(0.5 * (x + 1), 0), 1),
)

_SELU_SCALE = 1.0507009873554805
_SELU_ALPHA = 1.6732632423543772
selu = _activation(
    "selu",
    "1.0507 · (x for x > 0, 1.6733 · (eˣ - 1) below)",
    lambda x: _SELU_SCALE * xp.where(x > 0, x, _SELU_ALPHA * xp.expm1(xp.minimum(x, 0))),
)


@op("nn")
def leaky_relu(x, negative_slope=0.2):
    """x for x > 0, negative_slope · x below, element by element.

    Args:
        x: `(...)`, floating.
        negative_slope: number.

    Returns: `(...)`, dtype of `x`.
    """
    x = floating(x)
    return xp.where(x > 0, x, negative_slope * x)


@op("nn")
def elu(x, alpha=1.0):
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
def celu(x, alpha=1.0):
    """max(x, 0) + min(alpha · (e^(x / alpha) - 1), 0), element by element.

    Args:
        x: `(...)`, floating.
        alpha: number, not 0.

    Returns: `(...)`, dtype of `x`.
    """
    x = floating(x)
    return xp.maximum(x, 0) + alpha * xp.expm1(xp.minimum(x, 0) / alpha)


@op("nn")
def gelu(x, approximate=True):
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
def glu(x, axis=-1):
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
def hard_shrink(x, threshold=0.5):
    """x where |x| > threshold, 0 elsewhere, element by element.

    Args:
        x: `(...)`, floating.
        threshold: number.

    Returns: `(...)`, dtype of `x`.
    """
    x = floating(x)
    return xp.where(xp.abs(x) > threshold, x, xp.zeros_like(x))


@op("nn")
def soft_shrink(x, threshold=0.5):
    """x moved by `threshold` towards 0, and 0 where |x| <= threshold, element by element.

    Args:
        x: `(...)`, floating.
        threshold: number.

    Returns: `(...)`, dtype of `x`.
    """
    x = floating(x)
    return xp.maximum(x - threshold, 0) + xp.minimum(x + threshold, 0)


@op("nn", tensors="x")
def threshold(x, threshold, default_value):
    """x where it is above `threshold`, `default_value` elsewhere, element by element.

    Args:
        x: `(...)`, floating.
        threshold, default_value: numbers.

    Returns: `(...)`, dtype of `x`.
    """
    x = floating(x)
    return xp.where(x > threshold, x, xp.full_like(x, default_value))


@op("nn")
def squareplus(x, b=4):
    """(x + √(x² + b)) / 2, element by element.

    Args:
        x: `(...)`, floating.
        b: number, how round the bend is.

    Returns: `(...)`, dtype of `x`.
    """
    x = floating(x)
    return (x + xp.sqrt(xp.square(x) + b)) * 0.5


def _joined(function: Callable, x: Any, axis: Any) -> Any:
    """Applies a function along one axis, along several taken together, or along all."""
    if isinstance(axis, int):
        return function(x, axis)
    if axis is None:
        return xp.reshape(function(xp.reshape(x, (-1,)), -1), x.shape)
    axes = tuple(a % x.ndim for a in axis)
    rest = [a for a in range(x.ndim) if a not in axes]
    order = (*rest, *axes)
    moved = xp.transpose(x, order)
    flat = xp.reshape(moved, (*moved.shape[: len(rest)], -1))
    back = np.argsort(order).tolist()
    return xp.transpose(xp.reshape(function(flat, -1), moved.shape), tuple(back))


def _softmax(x: Any, axis: int) -> Any:
    e = xp.exp(x - engine.stop_gradient(xp.max(x, axis=axis, keepdims=True)))
    return e / xp.sum(e, axis=axis, keepdims=True)


def _log_softmax(x: Any, axis: int) -> Any:
    shifted = x - engine.stop_gradient(xp.max(x, axis=axis, keepdims=True))
    return shifted - xp.log(xp.sum(xp.exp(shifted), axis=axis, keepdims=True))


@op("nn")
def softmax(x, axis=-1):
    """eˣ / Σ eˣ along an axis, without overflow.

    Args:
        x: `(...)`, floating.
        axis: int, tuple of ints taken together, or None for all.

    Returns: `(...)`, dtype of `x`; sums to 1 along `axis`.
    """
    return _joined(_softmax, floating(x), axis)


@op("nn")
def log_softmax(x, axis=-1):
    """x - ln Σ eˣ along an axis, without overflow.

    Args:
        x: `(...)`, floating.
        axis: int, tuple of ints taken together, or None for all.

    Returns: `(...)`, dtype of `x`.
    """
    return _joined(_log_softmax, floating(x), axis)


@op("nn")
def sparsemax(x, axis=-1):
    """The point of the probability simplex nearest to `x`: like softmax, but with exact zeros.

    Args:
        x: `(...)`, floating.
        axis: int.

    Returns: `(...)`, dtype of `x`; sums to 1 along `axis`.

    Reference: Martins and Astudillo, From Softmax to Sparsemax, 2016, arXiv:1602.02068.
    """
    x = xp.moveaxis(floating(x), axis, -1)
    ordered = xp.flip(xp.sort(x, axis=-1), -1)
    places = np.arange(1, x.shape[-1] + 1).astype(x.dtype)
    total = xp.cumsum(ordered, axis=-1)
    kept = xp.greater(1 + places * ordered, total)
    count = xp.sum(to(kept, dtype_name(x)), axis=-1, keepdims=True)
    level = (xp.sum(xp.where(kept, ordered, xp.zeros_like(ordered)), axis=-1, keepdims=True) - 1) / count
    return xp.moveaxis(xp.maximum(x - level, 0), -1, axis)


# Losses on probabilities


def _clipped(x: Any) -> Any:
    return xp.minimum(xp.maximum(x, _settings.epsilon()), 1 - _settings.epsilon())


def _check_same(name: str, target: Any, output: Any) -> None:
    if target.ndim != output.ndim or tuple(target.shape) != tuple(output.shape):
        raise ValueError(
            f"{name}: target and output must have the same shape; got target {tuple(target.shape)} and "
            f"output {tuple(output.shape)}."
        )


@op("nn")
def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """-Σ target · ln(output) along an axis.

    Args:
        target: `(..., classes)`, probabilities of the classes.
        output: `(..., classes)`, predicted probabilities (brought to sum 1 and kept off 0 and 1 by the fuzz factor), or
            logits.
        from_logits: whether `output` holds logits.
        axis: int, the axis of the classes.

    Returns: `(...)`, dtype of `output`.
    """
    output = floating(output)
    target = to(tensor(target), dtype_name(output))
    _check_same("categorical_crossentropy", target, output)
    if not output.ndim:
        raise ValueError("categorical_crossentropy: target and output need at least one axis.")
    if from_logits:
        logarithm = _log_softmax(output, axis)
    else:
        output = output / xp.sum(output, axis=axis, keepdims=True)
        logarithm = xp.log(_clipped(output))
    return -xp.sum(target * logarithm, axis=axis)


@op("nn")
def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """-ln(output of the true class).

    Args:
        target: `(...)` or `(..., 1)`, integer class numbers.
        output: `(..., classes)`, predicted probabilities (kept off 0 and 1 by the fuzz factor), or logits.
        from_logits: whether `output` holds logits.
        axis: int, the axis of the classes.

    Returns: `(...)`, dtype of `output`.
    """
    output = floating(output)
    target = to(tensor(target), "int32")
    if not output.ndim:
        raise ValueError("sparse_categorical_crossentropy: output needs at least one axis.")
    if target.ndim == output.ndim and target.shape[-1] == 1:
        target = xp.squeeze(target, -1)
    classes = output.shape[axis]
    expected = tuple(n for i, n in enumerate(output.shape) if i != axis % output.ndim)
    if tuple(target.shape) != expected:
        raise ValueError(
            f"sparse_categorical_crossentropy: output {tuple(output.shape)} asks for targets of shape {expected}; got "
            f"{tuple(target.shape)}. Class numbers have no axis of classes; for one-hot targets use categorical_crossentropy."
        )
    logarithm = _log_softmax(output, axis) if from_logits else xp.log(_clipped(_normed(output, axis)))
    hot = one_hot(target, classes, axis=axis % output.ndim, dtype=dtype_name(output))
    return -xp.sum(hot * logarithm, axis=axis)


def _normed(output: Any, axis: int) -> Any:
    return output / xp.sum(output, axis=axis, keepdims=True)


@op("nn")
def binary_crossentropy(target, output, from_logits=False):
    """-(t · ln(p) + (1 - t) · ln(1 - p)), element by element.

    Args:
        target: `(...)`, 0, 1 or between.
        output: `(...)`, predicted probabilities (kept off 0 and 1 by the fuzz factor), or logits.
        from_logits: whether `output` holds logits.

    Returns: `(...)`, dtype of `output`.
    """
    output = floating(output)
    target = to(tensor(target), dtype_name(output))
    _check_same("binary_crossentropy", target, output)
    if from_logits:
        return xp.maximum(output, 0) - output * target + xp.log1p(xp.exp(-xp.abs(output)))
    p = _clipped(output)
    return -(target * xp.log(p) + (1 - target) * xp.log(1 - p))


@op("nn", class_name="PSNR")
def psnr(x1, x2, max_val):
    """Peak signal-to-noise ratio, 20 log₁₀(max_val) - 10 log₁₀(mean (x1 - x2)²).

    Args:
        x1, x2: tensors of one shape.
        max_val: the largest value possible.

    Returns: `()`, floating, in decibels.
    """
    a, b = promote(x1, x2, arrays=True, also=(float,))
    _check_same("psnr", a, b)
    return 20 * math.log10(max_val) - (10 / math.log(10)) * xp.log(xp.mean(xp.square(a - b)))


# Normalisation


@op("nn", tensors="x")
def moments(x, axes, keepdims=False, synchronized=False):
    """Mean and variance over axes.

    Args:
        x: tensor of any shape; half precision is computed in float32.
        axes: int or tuple of ints.
        keepdims: whether the axes stay with size 1.
        synchronized: whether over all devices; there is one here.

    Returns: two tensors, `x` without the axes, dtype of `x`.
    """
    x = floating(x)
    name = dtype_name(x)
    work = to(x, "float32") if name in ("float16", "bfloat16") else x
    axes = tuple(axes) if isinstance(axes, (list, tuple)) else axes
    mean = xp.mean(work, axis=axes, keepdims=True)
    variance = xp.mean(xp.square(work - mean), axis=axes, keepdims=keepdims)
    if not keepdims:
        mean = xp.squeeze(mean, axis=axes)
    if work is not x:
        largest = float(np.finfo(np.float16).max) if name == "float16" else math.inf
        mean, variance = (xp.minimum(xp.maximum(v, -largest), largest) for v in (mean, variance))
    return to(mean, name), to(variance, name)


@op("nn", tensors="x mean variance offset scale", class_name="BatchNorm")
def batch_normalization(x, mean, variance, axis, offset=None, scale=None, epsilon=1e-3):
    """(x - mean) / √(variance + epsilon) · scale + offset.

    Args:
        x: tensor of any shape.
        mean, variance, offset, scale: `(x.shape[axis],)`; the last two may be None.
        axis: int, the axis of the features.
        epsilon: number added to the variance.

    Returns: shape and dtype of `x`.

    Reference: Ioffe and Szegedy, Batch Normalization, 2015, arXiv:1502.03167.
    """
    x = floating(x)
    name = dtype_name(x)
    shape = [1] * x.ndim
    shape[axis] = x.shape[axis]
    shape = tuple(shape)
    factor = 1 / xp.sqrt(to(tensor(variance), name) + epsilon)
    if scale is not None:
        factor = factor * to(tensor(scale), name)
    shift = -to(tensor(mean), name) * factor
    if offset is not None:
        shift = shift + to(tensor(offset), name)
    return x * xp.reshape(factor, shape) + xp.reshape(shift, shape)


def _feature_axes(x: Any, axis: Any) -> tuple:
    return tuple(a % x.ndim for a in ((axis,) if isinstance(axis, int) else axis))


def _feature_shape(x: Any, axes: tuple) -> tuple:
    return tuple(n if i in axes else 1 for i, n in enumerate(x.shape))


@op("nn", tensors="x gamma beta", class_name="LayerNorm")
def layer_normalization(x, gamma=None, beta=None, axis=-1, epsilon=None, **kwargs):
    """(x - mean) / √(variance + epsilon) · gamma + beta, mean and variance over the axes of the features of each sample.

    Args:
        x: tensor of any shape; half precision is computed in float32.
        gamma, beta: shaped like the axes, or None.
        axis: int or tuple of ints.
        epsilon: number, the fuzz factor if None.

    Returns: shape and dtype of `x`.

    Reference: Ba et al., Layer Normalization, 2016, arXiv:1607.06450.
    """
    rms_scaling = kwargs.pop("rms_scaling", False)
    if kwargs:
        raise TypeError(f"layer_normalization: unknown arguments {sorted(kwargs)}.")
    x = floating(x)
    name = dtype_name(x)
    work = to(x, result_type(name, "float32"))
    axes = _feature_axes(x, axis)
    shape = _feature_shape(x, axes)
    epsilon = _settings.epsilon() if epsilon is None else epsilon
    mean = xp.mean(work, axis=axes, keepdims=True)
    centred = work - mean
    variance = xp.mean(xp.square(centred), axis=axes, keepdims=True)
    factor = 1 / xp.sqrt(variance + epsilon)
    if gamma is not None:
        factor = factor * xp.reshape(to(tensor(gamma), dtype_name(work)), shape)
    result = work * factor if rms_scaling else centred * factor
    if beta is not None and not rms_scaling:
        result = result + xp.reshape(to(tensor(beta), dtype_name(work)), shape)
    return to(result, name)


@op("nn", tensors="x scale", class_name="RMSNorm")
def rms_normalization(x, scale=None, axis=-1, epsilon=None):
    """x / √(mean(x²) + epsilon) · scale, the mean over the axes of the features of each sample.

    Args:
        x: tensor of any shape; half precision is computed in float32.
        scale: shaped like the axes, or None.
        axis: int or tuple of ints.
        epsilon: number, the fuzz factor if None.

    Returns: shape and dtype of `x`.

    Reference: Zhang and Sennrich, Root Mean Square Layer Normalization, 2019, arXiv:1910.07467.
    """
    x = floating(x)
    name = dtype_name(x)
    work = to(x, result_type(name, "float32"))
    axes = _feature_axes(x, axis)
    epsilon = _settings.epsilon() if epsilon is None else epsilon
    result = work / xp.sqrt(xp.mean(xp.square(work), axis=axes, keepdims=True) + epsilon)
    if scale is not None:
        result = result * xp.reshape(to(tensor(scale), dtype_name(work)), _feature_shape(x, axes))
    return to(result, name)


@op("nn", tensors="x")
def normalize(x, axis=-1, order=2, epsilon=None):
    """`x` divided by its norm along an axis, so that the norm becomes 1 (0 stays 0).

    Args:
        x: tensor of any shape.
        axis: int or tuple of ints.
        order: positive number, of the norm.
        epsilon: the least norm to divide by, the fuzz factor if None.

    Returns: shape of `x`, floating.
    """
    if not isinstance(order, (int, float)) or isinstance(order, bool) or not order >= 1:
        raise ValueError(f"normalize: order must be a number from 1; got {order!r}.")
    x = floating(x)
    epsilon = _settings.epsilon() if epsilon is None else epsilon
    axis = tuple(axis) if isinstance(axis, list) else axis
    if order == 2:
        # Under the root the bound is squared: the gradient at 0 stays finite.
        squared = xp.sum(xp.square(x), axis=axis, keepdims=True)
        return x / xp.sqrt(xp.maximum(squared, epsilon**2))
    if order == math.inf:
        length = xp.max(xp.abs(x), axis=axis, keepdims=True)
    else:
        length = xp.power(xp.sum(xp.power(xp.abs(x), order), axis=axis, keepdims=True), 1.0 / order)
    return x / xp.maximum(length, epsilon)
