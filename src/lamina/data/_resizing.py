"""Images of data sets in another size: on the host, in NumPy, whatever the engine.

A new pixel is a weighted sum of a few old ones along each axis; only those are read.
"""

import functools
from typing import Any

import numpy as np

from lamina import ops
from lamina._checks import check_one_of
from lamina._public import public
from lamina.ops._image import INTERPOLATIONS as OF_OPS
from lamina.ops._image import _places, _weights, aspect_window
from lamina.ops._layout import is_channels_first

INTERPOLATIONS = (*OF_OPS, "area", "gaussian", "mitchellcubic")


def _gaussian(x: np.ndarray) -> np.ndarray:
    return np.where(x < 1.5, np.exp(-2 * x * x), 0)


def _mitchell(x: np.ndarray) -> np.ndarray:
    """Mitchell and Netravali's cubic with B = C = 1/3."""
    near = ((7 * x - 12) * x * x + 16 / 3) / 6
    far = (((-7 / 3 * x + 12) * x - 20) * x + 32 / 3) / 6
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def _area(size: int, target: int) -> np.ndarray:
    """How much of each old pixel each new one covers."""
    edges = np.arange(target + 1) * (size / target)
    low, high = edges[:-1, None], edges[1:, None]
    pixels = np.arange(size)
    return np.clip(np.minimum(high, pixels + 1) - np.maximum(low, pixels), 0, None)


@functools.lru_cache(maxsize=512)
def _taps(size: int, target: int, interpolation: str) -> tuple[np.ndarray, np.ndarray]:
    """For each new pixel the old ones that count, `(target, taps)`, and their weights."""
    if interpolation == "nearest":
        return np.floor(_places(size, target) + 0.5).astype("int64")[:, None], np.ones((target, 1), "float32")
    if interpolation in OF_OPS:
        weights = _weights(size, target, interpolation, antialias=False)
    elif interpolation == "area":
        weights = _area(size, target)
    else:
        kernel = {"gaussian": _gaussian, "mitchellcubic": _mitchell}[interpolation]
        weights = kernel(np.abs(_places(size, target)[:, None] - np.arange(size)))
    weights = weights / weights.sum(1, keepdims=True)
    count = int((weights != 0).sum(1).max())
    places = np.argsort(weights == 0, axis=1, kind="stable")[:, :count]
    return places, np.take_along_axis(weights, places, 1).astype("float32")


def resized(image: np.ndarray, size: tuple[int, int], interpolation: str) -> np.ndarray:
    """An image `(height, width, channels)` in that size, float32 (of its own dtype for "nearest")."""
    if image.shape[:2] == tuple(size):
        return image if interpolation == "nearest" else image.astype("float32")
    return _along(_along(image, 0, size[0], interpolation), 1, size[1], interpolation)


def _along(x: np.ndarray, axis: int, target: int, interpolation: str) -> np.ndarray:
    if x.shape[axis] == target:
        return x
    places, weights = _taps(x.shape[axis], target, interpolation)
    if places.shape[1] == 1 and interpolation == "nearest":
        return x.take(places[:, 0], axis=axis)
    shape = (-1, 1, 1) if axis == 0 else (1, -1, 1)
    total = x.take(places[:, 0], axis=axis) * weights[:, 0].reshape(shape)
    for tap in range(1, places.shape[1]):
        total += x.take(places[:, tap], axis=axis) * weights[:, tap].reshape(shape)
    return total


def cut(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The largest part around the middle with the aspect ratio of `size`."""
    tall, wide = aspect_window(*image.shape[:2], size, inside=True)
    top, left = (image.shape[0] - tall) // 2, (image.shape[1] - wide) // 2
    return image[top : top + tall, left : left + wide]


def fitted(image: np.ndarray, size: tuple[int, int], interpolation: str) -> np.ndarray:
    """The whole image in that size, its aspect ratio kept, with zeros around it."""
    ratio = max(image.shape[0] / size[0], image.shape[1] / size[1])
    tall, wide = (max(int(n / ratio), 1) for n in image.shape[:2])
    inner = resized(image, (tall, wide), interpolation)
    top, left = (size[0] - tall) // 2, (size[1] - wide) // 2
    padded = np.zeros((*size, image.shape[2]), inner.dtype)
    padded[top : top + tall, left : left + wide] = inner
    return padded


@public("preprocessing.image.smart_resize")
def smart_resize(
    x: Any, size: Any, interpolation: str = "bilinear", data_format: str = "channels_last", **kwargs: Any
) -> Any:
    """Images in another size, cut at their middle to its aspect ratio first.

    Args:
        x: `(height, width, channels)`, with or without a batch before.
        size: (height, width).
        interpolation: "nearest", "bilinear", "bicubic", "lanczos3" or "lanczos5".
        data_format: "channels_last" or "channels_first".
        **kwargs: `backend_module`, without effect.
    Returns: a NumPy array for one, else a tensor.
    Raises ValueError for another rank or size, TypeError for other arguments.
    """
    if unknown := set(kwargs) - {"backend_module"}:
        raise TypeError(f"smart_resize: unexpected arguments {sorted(unknown)}.")
    check_one_of(data_format, ("channels_last", "channels_first"), "data_format", "smart_resize")
    found = ops.image.resize(
        x, tuple(size), interpolation=interpolation, crop_to_aspect_ratio=True, data_format=data_format
    )
    return ops.convert_to_numpy(found) if isinstance(x, np.ndarray) and not hasattr(x, "numpy") else found


def in_format(image: np.ndarray, data_format: str | None) -> np.ndarray:
    """The image with its channels where the format has them."""
    return image.transpose(2, 0, 1) if is_channels_first(data_format) else image
