"""Images in other colour spaces."""

from typing import Any

import numpy as np

from lamina._typing import Tensor, TensorLike

from ._backend import xp
from ._convert import tensor, to
from ._dtypes import dtype_name, is_float_dtype
from ._image_layout import channel_axis, check_rank, working
from ._op import op

# The weights of ITU-R BT.601 for luma, to four places as Keras has them.
_LUMA = (0.2989, 0.5870, 0.1140)


def _planes(images: Any, axis: int) -> list[Any]:
    return [xp.take(images, np.int32(i), axis=axis) for i in range(3)]


@op("image", class_name="RGBToGrayscale")
def rgb_to_grayscale(images: TensorLike, data_format: str | None = None) -> Tensor:
    """Images with one channel, `0.2989 R + 0.587 G + 0.114 B`.

    Args:
        images: `(batch, height, width, 3)` or one image without the batch, channels first by `data_format`; images of one
            channel stay as they are.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: as `images`, with one channel. Raises ValueError for other ranks and numbers of channels.

    Example:
        >>> ops.image.rgb_to_grayscale(ops.ones((2, 4, 4, 3))).shape
        (2, 4, 4, 1)
    """
    images = tensor(images)
    check_rank(images, "rgb_to_grayscale")
    axis = channel_axis(images, data_format)
    if images.shape[axis] not in (1, 3):
        raise ValueError(f"rgb_to_grayscale: images must have 1 or 3 channels; got shape {tuple(images.shape)}.")
    if images.shape[axis] == 1:
        return images
    red, green, blue = _planes(working(images), axis)
    gray = red * _LUMA[0] + green * _LUMA[1] + blue * _LUMA[2]
    return to(xp.expand_dims(gray, axis), dtype_name(images))


def _float_planes(images: Any, data_format: str | None, where: str) -> tuple[list[Any], int]:
    images = tensor(images)
    check_rank(images, where)
    if not is_float_dtype(dtype_name(images)):
        raise ValueError(f"{where}: images must have a floating dtype; got {dtype_name(images)}.")
    axis = channel_axis(images, data_format)
    if images.shape[axis] != 3:
        raise ValueError(f"{where}: images must have 3 channels; got shape {tuple(images.shape)}.")
    return _planes(images, axis), axis


@op("image", class_name="RGBToHSV")
def rgb_to_hsv(images: TensorLike, data_format: str | None = None) -> Tensor:
    """Red, green and blue as hue, saturation and value.

    Value is the largest of the three, saturation the spread of the three over it, hue the place on the colour circle, from
    0 (red) over 1/3 (green) and 2/3 (blue) to 1.

    Args:
        images: `(batch, height, width, 3)` or one image, floats in [0, 1], channels first by `data_format`.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: as `images`. Raises ValueError for other shapes and for integers.

    Reference: Smith, Color Gamut Transform Pairs, 1978, doi:10.1145/965139.807361.
    """
    (red, green, blue), axis = _float_planes(images, data_format, "rgb_to_hsv")
    value = xp.maximum(xp.maximum(red, green), blue)
    spread = value - xp.minimum(xp.minimum(red, green), blue)
    saturation = xp.where(value > 0, spread / xp.where(value > 0, value, 1.0), 0.0)
    sixth = 1.0 / (6.0 * xp.where(spread > 0, spread, 1.0))
    hue = xp.where(value == green, sixth * (blue - red) + 1 / 3, sixth * (red - green) + 2 / 3)
    hue = xp.where(value == red, sixth * (green - blue), hue)
    hue = xp.where(spread > 0, xp.where(hue < 0, hue + 1.0, hue), 0.0)
    return to(xp.stack([hue, saturation, value], axis=axis), dtype_name(red))


@op("image", class_name="HSVToRGB")
def hsv_to_rgb(images: TensorLike, data_format: str | None = None) -> Tensor:
    """Hue, saturation and value as red, green and blue: the inverse of `rgb_to_hsv`.

    Args:
        images: `(batch, height, width, 3)` or one image, floats, channels first by `data_format`. Hue goes round: 1.25 is
            0.25.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: as `images`. Raises ValueError for other shapes and for integers.
    """
    (hue, saturation, value), axis = _float_planes(images, data_format, "hsv_to_rgb")
    sixths = (hue - xp.floor(hue)) * 6.0
    pure = (xp.abs(sixths - 3.0) - 1.0, 2.0 - xp.abs(sixths - 2.0), 2.0 - xp.abs(sixths - 4.0))
    colors = [value * (1.0 - saturation + saturation * xp.clip(p, 0.0, 1.0)) for p in pure]
    return to(xp.stack(colors, axis=axis), dtype_name(hue))
