"""ResNet: blocks whose output is added to their input."""

from functools import partial
from typing import Any

from lamina.layers import Add, Conv2D, MaxPooling2D, ZeroPadding2D

from ._application import Design, Wishes, classifier, pooled_by_name
from ._blocks import activate, normalize
from ._weights import tensorflow_pair

EPSILON = 1.001e-5
_REFERENCE = "He et al., Deep Residual Learning for Image Recognition, 2015, arXiv:1512.03385"

# Blocks in each of the four stacks.
DEPTHS = {"50": (3, 4, 6, 3), "101": (3, 4, 23, 3), "152": (3, 8, 36, 3)}
_HASHES = {
    "50": ("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"),
    "101": ("f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21"),
    "152": ("100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c"),
}


def stem(x: Any, normalized: bool) -> Any:
    """The first convolution and pooling."""
    x = ZeroPadding2D(3, name="conv1_pad")(x)
    x = Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    if normalized:
        x = activate(normalize(x, "conv1_bn", epsilon=EPSILON), name="conv1_relu")
    x = ZeroPadding2D(1, name="pool1_pad")(x)
    return MaxPooling2D(3, strides=2, name="pool1_pool")(x)


def _block(x: Any, filters: int, strides: int, widens: bool, name: str) -> Any:
    shortcut = x
    if widens:
        shortcut = Conv2D(4 * filters, 1, strides=strides, name=f"{name}_0_conv")(x)
        shortcut = normalize(shortcut, f"{name}_0_bn", epsilon=EPSILON)
    x = Conv2D(filters, 1, strides=strides, name=f"{name}_1_conv")(x)
    x = activate(normalize(x, f"{name}_1_bn", epsilon=EPSILON), name=f"{name}_1_relu")
    x = Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x)
    x = activate(normalize(x, f"{name}_2_bn", epsilon=EPSILON), name=f"{name}_2_relu")
    x = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    x = normalize(x, f"{name}_3_bn", epsilon=EPSILON)
    return activate(Add(name=f"{name}_add")([shortcut, x]), name=f"{name}_out")


def _body(x: Any, wishes: Wishes, depths: tuple[int, ...]) -> Any:
    x = stem(x, normalized=True)
    for i, depth in enumerate(depths):
        for j in range(depth):
            strides = 2 if i > 0 and j == 0 else 1
            x = _block(x, 64 * 2**i, strides, j == 0, f"conv{i + 2}_block{j + 1}")
    return x


def _resnet(size: str, module: str = "resnet") -> Any:
    files = tensorflow_pair("resnet", f"resnet{size}", *_HASHES[size])
    design = Design(partial(_body, depths=DEPTHS[size]), 224, files, rest=pooled_by_name)
    says = f"ResNet of {size} layers; images of 224 x 224 by default."
    return classifier(f"ResNet{size}", module, design, f"resnet{size}", says, _REFERENCE, __name__)


ResNet50 = _resnet("50", "resnet resnet50")
ResNet101 = _resnet("101")
ResNet152 = _resnet("152")
