"""Moments and normalisation."""

import math
from typing import Any

import numpy as np

from lamina import _settings
from lamina._typing import Axis, Tensor, TensorLike
from lamina.engines import engine

from ._axes import all_axes, one_axis
from ._backend import xp
from ._convert import floating, tensor, to
from ._dtypes import dtype_name, result_type
from ._op import op


@op("nn", tensors="x")
def moments(x: TensorLike, axes: Axis, keepdims: bool = False, synchronized: bool = False) -> tuple[Tensor, Tensor]:
    """Mean and variance over axes.

    Args:
        x: tensor of any shape; half precision is computed in float32.
        axes: int or tuple of ints.
        keepdims: whether the axes stay with size 1.
        synchronized: whether over all devices; there is one here.

    Returns: two tensors, `x` without the axes, dtype of `x`.

    Example:
        >>> ops.moments([1.0, 3.0], axes=[0])
        (Tensor(2., dtype=float32), Tensor(1., dtype=float32))
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
def batch_normalization(
    x: TensorLike,
    mean: TensorLike,
    variance: TensorLike,
    axis: int,
    offset: TensorLike = None,
    scale: TensorLike = None,
    epsilon: float = 1e-3,
) -> Tensor:
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
    axis = one_axis(axis, x, "batch_normalization")
    shape = tuple(n if i == axis else 1 for i, n in enumerate(x.shape))
    factor = 1 / xp.sqrt(to(tensor(variance), name) + epsilon)
    if scale is not None:
        factor = factor * to(tensor(scale), name)
    shift = -to(tensor(mean), name) * factor
    if offset is not None:
        shift = shift + to(tensor(offset), name)
    return x * xp.reshape(factor, shape) + xp.reshape(shift, shape)


def _feature_axes(x: Any, axis: Any) -> tuple[Any, ...]:
    return all_axes(axis, x, "normalization")


def _feature_shape(x: Any, axes: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(n if i in axes else 1 for i, n in enumerate(x.shape))


@op("nn", tensors="x gamma beta", class_name="LayerNorm")
def layer_normalization(
    x: TensorLike,
    gamma: TensorLike = None,
    beta: TensorLike = None,
    axis: Axis = -1,
    epsilon: Any = None,
    **kwargs: Any,
) -> Tensor:
    """(x - mean) / √(variance + epsilon) · gamma + beta, with the mean and variance of each sample.

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
    kernel = getattr(engine.nn, "layer_norm", None)
    if kernel is not None and not rms_scaling and axes == tuple(range(x.ndim - len(axes), x.ndim)):
        sizes = tuple(x.shape[a] for a in axes)
        weights = (None if v is None else xp.reshape(to(tensor(v), dtype_name(work)), sizes) for v in (gamma, beta))
        return to(kernel(work, len(axes), *weights, epsilon), name)
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
def rms_normalization(x: TensorLike, scale: TensorLike = None, axis: Axis = -1, epsilon: Any = None) -> Tensor:
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
def normalize(x: TensorLike, axis: Axis = -1, order: int = 2, epsilon: Any = None) -> Tensor:
    """`x` divided by its norm along an axis, so that the norm becomes 1 (0 stays 0).

    Args:
        x: tensor of any shape.
        axis: int or tuple of ints.
        order: positive number, of the norm.
        epsilon: the least norm to divide by, the fuzz factor if None.

    Returns: shape of `x`, floating.

    Example:
        >>> ops.normalize([[3.0, 4.0]])
        Tensor([[0.6, 0.8]], dtype=float32)
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
