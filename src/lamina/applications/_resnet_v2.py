"""ResNet with normalization and activation before the weights, so that the sum goes through untouched."""

from functools import partial
from typing import Any

from lamina.layers import Add, Conv2D, MaxPooling2D, ZeroPadding2D

from ._application import Design, Wishes, classifier, pooled_by_name
from ._blocks import activate, normalize
from ._resnet import DEPTHS, EPSILON, stem
from ._weights import tensorflow_pair

_REFERENCE = "He et al., Identity Mappings in Deep Residual Networks, 2016, arXiv:1603.05027"

_HASHES = {
    "50": ("3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"),
    "101": ("6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"),
    "152": ("a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33"),
}


def _block(x: Any, filters: int, strides: int, widens: bool, name: str) -> Any:
    ready = activate(normalize(x, f"{name}_preact_bn", epsilon=EPSILON), name=f"{name}_preact_relu")
    if widens:
        shortcut = Conv2D(4 * filters, 1, strides=strides, name=f"{name}_0_conv")(ready)
    else:
        shortcut = MaxPooling2D(1, strides=strides)(x) if strides > 1 else x
    y = Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(ready)
    y = activate(normalize(y, f"{name}_1_bn", epsilon=EPSILON), name=f"{name}_1_relu")
    y = ZeroPadding2D(1, name=f"{name}_2_pad")(y)
    y = Conv2D(filters, 3, strides=strides, use_bias=False, name=f"{name}_2_conv")(y)
    y = activate(normalize(y, f"{name}_2_bn", epsilon=EPSILON), name=f"{name}_2_relu")
    y = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(y)
    return Add(name=f"{name}_out")([shortcut, y])


def _body(x: Any, wishes: Wishes, depths: tuple[int, ...]) -> Any:
    x = stem(x, normalized=False)
    for i, depth in enumerate(depths):
        for j in range(depth):
            # The image shrinks at the end of a stack, not at the beginning of the next.
            strides = 2 if i < 3 and j == depth - 1 else 1
            x = _block(x, 64 * 2**i, strides, j == 0, f"conv{i + 2}_block{j + 1}")
    return activate(normalize(x, "post_bn", epsilon=EPSILON), name="post_relu")


def _resnet(size: str) -> Any:
    files = tensorflow_pair("resnet", f"resnet{size}v2", *_HASHES[size])
    design = Design(partial(_body, depths=DEPTHS[size]), 224, files, rest=pooled_by_name)
    says = f"ResNetV2 of {size} layers; images of 224 x 224 by default."
    return classifier(f"ResNet{size}V2", "resnet_v2", design, f"resnet{size}v2", says, _REFERENCE, __name__)


ResNet50V2 = _resnet("50")
ResNet101V2 = _resnet("101")
ResNet152V2 = _resnet("152")
