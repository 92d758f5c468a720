"""Pieces that the classifiers are built of."""

import math
from typing import Any

from lamina import _settings
from lamina.layers import Activation, BatchNormalization, Conv2D, DepthwiseConv2D, ReLU, ZeroPadding2D


def channel_axis() -> int:
    """The axis of the channels, by `config.image_data_format()`."""
    return 1 if _settings.image_data_format() == "channels_first" else 3


def normalize(x: Any, name: str | None = None, **options: Any) -> Any:
    """Batch normalization over the channels."""
    return BatchNormalization(axis=channel_axis(), name=name, **options)(x)


def activate(x: Any, activation: str = "relu", name: str | None = None) -> Any:
    return Activation(activation, name=name)(x)


def relu6(x: Any, name: str | None = None) -> Any:
    return ReLU(6.0, name=name)(x)


def convolve(x: Any, filters: int, size: Any, strides: int = 1, name: str | None = None, **options: Any) -> Any:
    """A convolution without bias: what follows it normalizes."""
    options = {"padding": "same", "use_bias": False, **options}
    return Conv2D(filters, size, strides=strides, name=name, **options)(x)


def convolve_depthwise(x: Any, size: int, strides: int, name: str, pad_name: str | None, **options: Any) -> Any:
    """A convolution of each channel for itself; with strides the image is padded by hand, more at its far end.

    Args:
        pad_name: name of the padding layer; None leaves the padding to the convolution.
    """
    by_hand = strides > 1 and pad_name is not None
    if by_hand:
        x = ZeroPadding2D(far_padding(x, size), name=pad_name)(x)
    padding = "valid" if by_hand else "same"
    return DepthwiseConv2D(size, strides=strides, padding=padding, use_bias=False, name=name, **options)(x)


def far_padding(x: Any, size: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The zeros before and after rows and columns with which strides of two see every place; for even sides one less before."""
    first = 2 if _settings.image_data_format() == "channels_first" else 1
    height, width = x.shape[first : first + 2]
    odd = (0, 0) if height is None else (height % 2, width % 2)
    half = size // 2
    return (half - 1 + odd[0], half), (half - 1 + odd[1], half)


def rounded(filters: float, divisor: int = 8, at_least: int | None = None) -> int:
    """The multiple of `divisor` that is nearest, yet not more than a tenth below."""
    number = max(at_least or divisor, int(filters + divisor / 2) // divisor * divisor)
    return number + divisor if number < 0.9 * filters else number


def repeated(times: int, factor: float) -> int:
    return math.ceil(factor * times)
