"""Xception: separable convolutions with residual connections."""

from typing import Any

from lamina.layers import Add, MaxPooling2D, SeparableConv2D

from ._application import Design, Wishes, classifier
from ._blocks import activate, convolve, normalize
from ._weights import tensorflow_pair

_REFERENCE = "Chollet, Xception: Deep Learning with Depthwise Separable Convolutions, 2016, arXiv:1610.02357"


def _separable(x: Any, filters: int, name: str) -> Any:
    x = SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return normalize(x, f"{name}_bn")


def _shrinking(x: Any, filters: tuple[int, int], name: str, starts_active: bool) -> Any:
    """Two separable convolutions and a pooling, beside a convolution with strides."""
    shortcut = normalize(convolve(x, filters[1], 1, strides=2))
    for i, number in enumerate(filters, 1):
        if i > 1 or not starts_active:
            x = activate(x, name=f"{name}_sepconv{i}_act")
        x = _separable(x, number, f"{name}_sepconv{i}")
    x = MaxPooling2D(3, strides=2, padding="same", name=f"{name}_pool")(x)
    return Add()([x, shortcut])


def _middle(x: Any, name: str) -> Any:
    shortcut = x
    for i in (1, 2, 3):
        x = _separable(activate(x, name=f"{name}_sepconv{i}_act"), 728, f"{name}_sepconv{i}")
    return Add()([x, shortcut])


def _body(x: Any, wishes: Wishes) -> Any:
    for i, (filters, strides) in enumerate(((32, 2), (64, 1)), 1):
        x = convolve(x, filters, 3, strides, f"block1_conv{i}", padding="valid")
        x = activate(normalize(x, f"block1_conv{i}_bn"), name=f"block1_conv{i}_act")
    for block, filters in ((2, 128), (3, 256), (4, 728)):
        x = _shrinking(x, (filters, filters), f"block{block}", starts_active=block == 2)
    for block in range(5, 13):
        x = _middle(x, f"block{block}")
    x = _shrinking(x, (728, 1024), "block13", starts_active=False)
    for i, filters in enumerate((1536, 2048), 1):
        x = activate(_separable(x, filters, f"block14_sepconv{i}"), name=f"block14_sepconv{i}_act")
    return x


_FILES = tensorflow_pair("xception", "xception", "0a58e3b7378bc2990ea3b43d5981f1f6", "b0042744bf5b25fce3cb969f33bebb97")
Xception = classifier(
    "Xception", "xception", Design(_body, 299, _FILES, min_size=71), "xception",
    "Xception: 36 convolutions, 34 of them separable; images of 299 x 299 by default.", _REFERENCE, __name__,
)  # fmt: skip
