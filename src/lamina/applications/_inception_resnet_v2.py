"""Inception-ResNet-v2: towers whose outputs, scaled down, are added to their input."""

from typing import Any

from lamina.layers import Conv2D
from lamina.layers.application import CustomScaleLayer

from ._application import Design, Wishes, classifier
from ._blocks import activate, channel_axis
from ._inception_parts import Tower, average_tower, beside, shrink, tower, unit, way_in
from ._weights import tensorflow_pair

_REFERENCE = (
    "Szegedy et al., Inception-v4, Inception-ResNet and the Impact of Residual Connections, 2016, arXiv:1602.07261"
)

# Kind of block: its towers.
_TOWERS: dict[str, tuple[Tower, ...]] = {
    "block35": (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3))),
    "block17": (((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1)))),
    "block8": (((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1)))),
}


def _block(x: Any, kind: str, number: int, scale: float, activation: str | None = "relu") -> Any:
    name = f"{kind}_{number}"
    mixed = beside([tower(x, parts) for parts in _TOWERS[kind]], f"{name}_mixed")
    up = Conv2D(x.shape[channel_axis()], 1, padding="same", name=f"{name}_conv")(mixed)
    x = CustomScaleLayer(scale)([x, up])
    return x if activation is None else activate(x, activation, f"{name}_ac")


def _body(x: Any, wishes: Wishes) -> Any:
    x = way_in(x)
    towers = (((96, 1),), ((48, 1), (64, 5)), ((64, 1), (96, 3), (96, 3)))
    x = beside([*(tower(x, parts) for parts in towers), average_tower(x, 64)], "mixed_5b")
    for i in range(1, 11):
        x = _block(x, "block35", i, 0.17)
    x = shrink(x, (((384, 3),), ((256, 1), (256, 3), (384, 3))), "mixed_6a")
    for i in range(1, 21):
        x = _block(x, "block17", i, 0.1)
    x = shrink(x, (((256, 1), (384, 3)), ((256, 1), (288, 3)), ((256, 1), (288, 3), (320, 3))), "mixed_7a")
    for i in range(1, 10):
        x = _block(x, "block8", i, 0.2)
    x = _block(x, "block8", 10, 1.0, activation=None)
    return unit(x, 1536, 1, name="conv_7b")


_FILES = tensorflow_pair(
    "inception_resnet_v2",
    "inception_resnet_v2",
    "e693bd0210a403b3192acc6073ad2e96",
    "d19885ff4a710c122648d3b5c3b684e4",
)
InceptionResNetV2 = classifier(
    "InceptionResNetV2", "inception_resnet_v2", Design(_body, 299, _FILES, min_size=75), "inception_resnet_v2",
    "Inception-ResNet-v2; images of 299 x 299 by default.", _REFERENCE, __name__,
)  # fmt: skip
