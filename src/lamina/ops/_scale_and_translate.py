"""Arrays resampled by a scale and a shift along some of their axes."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lamina._checks import check_one_of
from lamina._typing import Shape, Tensor, TensorLike

from ._backend import xp
from ._convert import tensor, to
from ._dtypes import dtype_name
from ._image_layout import finished, working
from ._op import op
from ._symbolic import KerasTensor


def _triangle(x: Any) -> Any:
    return xp.maximum(1 - x, 0)


def _cubic(x: Any) -> Any:
    far = xp.where(x < 2, ((-0.5 * x + 2.5) * x - 4) * x + 2, 0.0)
    return xp.where(x <= 1, (1.5 * x - 2.5) * x * x + 1, far)


def _lanczos(radius: float) -> Any:
    def kernel(x: Any) -> Any:
        near = x < 1e-3
        angle = xp.where(near, 1.0, x) * math.pi
        wave = radius * xp.sin(angle) * xp.sin(angle / radius) / (angle * angle)
        return xp.where(near, 1.0, xp.where(x < radius, wave, 0.0))

    return kernel


_KERNELS = {
    **dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), _triangle),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), _cubic),
    "lanczos3": _lanczos(3.0),
    "lanczos5": _lanczos(5.0),
}


def _weights(size: int, target: int, scale: Any, shift: Any, method: str, antialias: bool) -> Any:
    """The matrix `(target, size)` for one axis."""
    inverse = 1.0 / scale
    places = (tensor(np.arange(target, dtype="float32") + 0.5) - shift) * inverse - 0.5
    distances = xp.abs(xp.expand_dims(places, 1) - tensor(np.arange(size, dtype="float32")))
    weights = _KERNELS[method](distances / xp.maximum(inverse, 1.0) if antialias else distances)
    sums = xp.sum(weights, axis=1, keepdims=True)
    empty = xp.abs(sums) <= 1000 * float(np.finfo("float32").eps)
    weights = xp.where(empty, 0.0, weights / xp.where(empty, 1.0, sums))
    inside = xp.logical_and(places >= -0.5, places <= size - 0.5)
    return xp.where(xp.expand_dims(inside, 1), weights, 0.0)


def _spec(call: Any, images: Any, output_shape: Any, *args: Any, **kwargs: Any) -> KerasTensor:
    return KerasTensor(tuple(output_shape), dtype_name(images))


@op("image", tensors="images output_shape scale translation", spec=_spec)
def scale_and_translate(
    images: TensorLike,
    output_shape: Shape,
    scale: TensorLike,
    translation: TensorLike,
    spatial_dims: Sequence[int],
    method: str,
    antialias: bool = True,
) -> Tensor:
    """An array resampled: a place p along an axis comes to `p * scale + translation`, pixel i lying at i + 1/2.

    Args:
        images: `(...)`.
        output_shape: ints, as many as `images` has axes.
        scale, translation: `(k,)`, numbers for the axes of `spatial_dims`.
        spatial_dims: k ints.
        method: "linear" (also "bilinear", "trilinear", "triangle"), "cubic" ("bicubic", "tricubic"), "lanczos3" or
            "lanczos5".
        antialias: whether every old pixel counts where the scale is below one.

    Returns: `output_shape`, dtype of `images`; what comes from outside is zero. Raises ValueError for other names and shapes.

    Example:
        >>> ops.image.scale_and_translate([1.0, 2.0], (4,), [2.0], [0.0], (0,), "linear")
        Tensor([1.  , 1.25, 1.75, 2.  ], dtype=float32)
    """
    check_one_of(method, tuple(_KERNELS), "method", "scale_and_translate")
    x = tensor(images)
    shape, axes = tuple(int(n) for n in output_shape), tuple(a % x.ndim for a in spatial_dims)
    if len(shape) != x.ndim or any(n != m for i, (n, m) in enumerate(zip(shape, x.shape)) if i not in axes):
        raise ValueError(
            f"scale_and_translate: output_shape must be the shape of images, {tuple(x.shape)}, but on the axes "
            f"{tuple(spatial_dims)}; got {shape}."
        )
    scale, translation = (to(tensor(v), "float32") for v in (scale, translation))
    y = working(x)
    for i, axis in enumerate(axes):
        weights = _weights(x.shape[axis], shape[axis], scale[i], translation[i], method, antialias)
        y = xp.moveaxis(xp.matmul(xp.moveaxis(y, axis, -1), xp.swapaxes(to(weights, dtype_name(y)), 0, 1)), -1, axis)
    return finished(y, dtype_name(x))
