"""DenseNet: every layer of a block sees the outputs of all before it."""

from functools import partial
from typing import Any

from lamina.layers import AveragePooling2D, Concatenate, Conv2D, MaxPooling2D, ZeroPadding2D

from ._application import Design, Wishes, classifier, pooled_by_name
from ._blocks import activate, channel_axis, normalize
from ._weights import tensorflow_pair

_EPSILON = 1.001e-5
_GROWTH = 32
_REFERENCE = "Huang et al., Densely Connected Convolutional Networks, 2016, arXiv:1608.06993"

# Layers in each of the four blocks.
_DEPTHS = {"121": (6, 12, 24, 16), "169": (6, 12, 32, 32), "201": (6, 12, 48, 32)}
_HASHES = {
    "121": ("9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738"),
    "169": ("d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b"),
    "201": ("1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1"),
}


def _ready(x: Any, bn: str, relu: str) -> Any:
    return activate(normalize(x, bn, epsilon=_EPSILON), name=relu)


def _layer(x: Any, name: str) -> Any:
    y = _ready(x, f"{name}_0_bn", f"{name}_0_relu")
    y = Conv2D(4 * _GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(y)
    y = _ready(y, f"{name}_1_bn", f"{name}_1_relu")
    y = Conv2D(_GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(y)
    return Concatenate(axis=channel_axis(), name=f"{name}_concat")([x, y])


def _transition(x: Any, name: str) -> Any:
    """Half the channels, half the size."""
    x = _ready(x, f"{name}_bn", f"{name}_relu")
    x = Conv2D(x.shape[channel_axis()] // 2, 1, use_bias=False, name=f"{name}_conv")(x)
    return AveragePooling2D(2, strides=2, name=f"{name}_pool")(x)


def _body(x: Any, wishes: Wishes, depths: tuple[int, ...]) -> Any:
    x = ZeroPadding2D(3)(x)
    x = Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(x)
    x = _ready(x, "conv1_bn", "conv1_relu")
    x = ZeroPadding2D(1)(x)
    x = MaxPooling2D(3, strides=2, name="pool1")(x)
    for i, depth in enumerate(depths, 2):
        if i > 2:
            x = _transition(x, f"pool{i - 1}")
        for j in range(depth):
            x = _layer(x, f"conv{i}_block{j + 1}")
    return _ready(x, "bn", "relu")


def _densenet(size: str) -> Any:
    files = tensorflow_pair("densenet", f"densenet{size}", *_HASHES[size])
    design = Design(partial(_body, depths=_DEPTHS[size]), 224, files, rest=pooled_by_name)
    says = f"DenseNet of {size} layers; images of 224 x 224 by default."
    return classifier(f"DenseNet{size}", "densenet", design, f"densenet{size}", says, _REFERENCE, __name__)


DenseNet121 = _densenet("121")
DenseNet169 = _densenet("169")
DenseNet201 = _densenet("201")
