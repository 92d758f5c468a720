"""Images made larger or smaller.

Every interpolation is linear in the pixels and works on rows and columns apart, so it is two products with matrices that
depend on the sizes only: `out = H · image · Wᵀ`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina._checks import check_one_of, check_positive_int
from lamina._typing import Tensor, TensorLike

from ._backend import xp
from ._convert import tensor, to
from ._dtypes import dtype_name, numpy_dtype
from ._image_layout import as_batch, finished
from ._op import op


def _triangle(x: np.ndarray) -> np.ndarray:
    return np.maximum(0, 1 - x)


def _cubic(x: np.ndarray) -> np.ndarray:
    """Keys's cubic with a = -1/2: the one that is exact for parabolas."""
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x <= 1, near, np.where(x < 2, far, 0))


def _lanczos(radius: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: np.where(x < radius, np.sinc(x) * np.sinc(x / radius), 0)


_KERNELS = {
    "bilinear": _triangle,
    "bicubic": _cubic,
    "lanczos3": _lanczos(3.0),
    "lanczos5": _lanczos(5.0),
}
INTERPOLATIONS = ("nearest", *_KERNELS)


def _places(size: int, target: int) -> np.ndarray:
    """Where the centres of `target` pixels lie among `size` pixels, whose centres are 0, 1, ..., size - 1."""
    return (np.arange(target) + 0.5) * (size / target) - 0.5


def _weights(size: int, target: int, interpolation: str, antialias: bool) -> np.ndarray:
    """The matrix `(target, size)` that interpolates along one axis; weights beyond the edge fall to those inside."""
    stretch = max(size / target, 1.0) if antialias else 1.0
    distances = np.abs(_places(size, target)[:, None] - np.arange(size)) / stretch
    weights = _KERNELS[interpolation](distances)
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)


def aspect_window(height: int, width: int, size: tuple[int, int], inside: bool) -> tuple[int, int]:
    """The largest window of the target's aspect ratio inside the image, or the smallest around it."""
    tall, wide = int(width * size[0] / size[1]), int(height * size[1] / size[0])
    if inside:
        return max(min(height, tall), 1), max(min(width, wide), 1)
    return max(height, tall), max(width, wide)


def _cut(images: Any, size: tuple[int, int]) -> Any:
    height, width = images.shape[1:3]
    tall, wide = aspect_window(height, width, size, inside=True)
    top, left = (height - tall) // 2, (width - wide) // 2
    return images[:, top : top + tall, left : left + wide]


def _filled_up(images: Any, size: tuple[int, int], value: float) -> Any:
    height, width = images.shape[1:3]
    tall, wide = aspect_window(height, width, size, inside=False)
    top, left = (tall - height) // 2, (wide - width) // 2
    # As in Keras: as much on both sides, and along one axis.
    pads = (top, 0) if top > 0 else (0, left)
    return xp.pad(images, ((0, 0), (pads[0],) * 2, (pads[1],) * 2, (0, 0)), mode="constant", constant_values=value)


@op("image", tensors="images")
def resize(
    images: TensorLike,
    size: Any,
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: TensorLike = 0.0,
    data_format: str | None = None,
) -> Tensor:
    """Images in another size. The centres of the new pixels are spread evenly over the old image.

    A new pixel is `Σᵢ k(|p - i|) xᵢ / Σᵢ k(|p - i|)` along each axis, p its place among the old pixels i, and k a triangle
    (bilinear), Keys's cubic, or sinc(x)·sinc(x / r) within radius r (Lanczos).

    Args:
        images: `(batch, height, width, channels)` or `(height, width, channels)`, channels first by `data_format`.
        size: (height, width), positive ints.
        interpolation: "nearest", "bilinear", "bicubic", "lanczos3" or "lanczos5".
        antialias: whether k is stretched as far as the image shrinks, so that every old pixel counts.
        crop_to_aspect_ratio: whether the image is first cut, at its middle, to the aspect ratio of `size`.
        pad_to_aspect_ratio: whether it is first filled up with `fill_value` to that ratio.
        fill_mode: "constant".
        fill_value: number.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: images of that size, dtype of `images`; integers are rounded and kept within their range.

    Raises ValueError for other ranks, sizes and names.

    Reference: Keys, Cubic Convolution Interpolation for Digital Image Processing, 1981, doi:10.1109/TASSP.1981.1163711.
    """
    size = _checked(size, interpolation, crop_to_aspect_ratio, pad_to_aspect_ratio, fill_mode)
    x, back = as_batch(images, data_format, "resize")
    name = dtype_name(x)
    if crop_to_aspect_ratio:
        x = _cut(x, size)
    elif pad_to_aspect_ratio:
        x = _filled_up(x, size, fill_value)
    x = _nearest(x, size) if interpolation == "nearest" else _interpolated(x, size, interpolation, antialias, name)
    return back(x)


def _checked(size: Any, interpolation: str, crop: bool, pad: bool, fill_mode: str) -> tuple[int, int]:
    check_one_of(interpolation, INTERPOLATIONS, "interpolation", "resize")
    check_one_of(fill_mode, ("constant",), "fill_mode", "resize")
    if not isinstance(size, (tuple, list)) or len(size) != 2:
        raise ValueError(f"resize: size must be (height, width); got {size!r}.")
    for n in size:
        check_positive_int(n, "size", "resize")
    if crop and pad:
        raise ValueError("resize: only one of crop_to_aspect_ratio and pad_to_aspect_ratio can be true.")
    return int(size[0]), int(size[1])


def _nearest(x: Any, size: tuple[int, int]) -> Any:
    for axis, target in enumerate(size, start=1):
        rows = np.floor(_places(x.shape[axis], target) + 0.5).astype(np.int32)
        x = xp.take(x, rows, axis=axis)
    return x


def _interpolated(x: Any, size: tuple[int, int], interpolation: str, antialias: bool, name: str) -> Any:
    kind = name if name == "float64" else "float32"
    x = to(x, kind)
    batch, height, width, channels = x.shape
    down, across = (
        tensor(_weights(n, target, interpolation, antialias).astype(numpy_dtype(kind)))
        for n, target in zip((height, width), size)
    )
    if height != size[0]:
        x = xp.reshape(
            xp.matmul(down, xp.reshape(x, (batch, height, width * channels))), (batch, size[0], width, channels)
        )
    if width != size[1]:
        x = xp.matmul(across, x)
    return finished(x, name)
