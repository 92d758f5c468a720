"""MobileNet: convolutions taken apart into depth and points."""

from functools import partial
from typing import Any

from lamina.layers import Activation, Conv2D, DepthwiseConv2D, Dropout, GlobalAveragePooling2D, Reshape, ZeroPadding2D
from lamina.models import Model

from ._application import Design, Wishes, build, document, publish
from ._blocks import convolve, normalize, relu6
from ._mobilenet_sizes import check_width, size_of_weights, size_wished
from ._weights import STORAGE, Pair, Pretrained

_SIZES = (128, 160, 192, 224)
_WIDTHS = {0.25: "2_5", 0.5: "5_0", 0.75: "7_5", 1.0: "1_0"}
_REFERENCE = "Howard et al., MobileNets, 2017, arXiv:1704.04861"

# Filters and strides of the thirteen blocks.
_BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *((512, 1),) * 5, (1024, 2), (1024, 1))


def _block(x: Any, filters: int, strides: int, depth_multiplier: int, number: int) -> Any:
    if strides > 1:
        x = ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{number}")(x)
    x = DepthwiseConv2D(
        3, strides=strides, padding="same" if strides == 1 else "valid", depth_multiplier=depth_multiplier,
        use_bias=False, name=f"conv_dw_{number}",
    )(x)  # fmt: skip
    x = relu6(normalize(x, f"conv_dw_{number}_bn"), f"conv_dw_{number}_relu")
    x = convolve(x, filters, 1, name=f"conv_pw_{number}")
    return relu6(normalize(x, f"conv_pw_{number}_bn"), f"conv_pw_{number}_relu")


def _body(x: Any, wishes: Wishes, alpha: float, depth_multiplier: int) -> Any:
    x = convolve(x, int(32 * alpha), 3, 2, "conv1")
    x = relu6(normalize(x, "conv1_bn"), "conv1_relu")
    for number, (filters, strides) in enumerate(_BLOCKS, 1):
        x = _block(x, int(filters * alpha), strides, depth_multiplier, number)
    return x


def _top(x: Any, wishes: Wishes, dropout: float) -> Any:
    x = GlobalAveragePooling2D(keepdims=True)(x)
    x = Dropout(dropout, name="dropout")(x)
    x = Conv2D(wishes.classes, 1, padding="same", name="conv_preds")(x)
    x = Reshape((wishes.classes,), name="reshape_2")(x)
    return Activation(wishes.classifier_activation, name="predictions")(x)


def _files(wishes: Wishes, alpha: float, depth_multiplier: int) -> Pair:
    check_width(alpha, tuple(_WIDTHS), "MobileNet")
    if depth_multiplier != 1:
        raise ValueError(
            f"MobileNet: there are weights of ImageNet for depth_multiplier=1 only; got {depth_multiplier!r}."
        )
    stem = f"{STORAGE}mobilenet/mobilenet_{_WIDTHS[alpha]}_{size_of_weights(wishes, _SIZES, 'MobileNet')}_tf"
    return Pair(Pretrained(f"{stem}.h5"), Pretrained(f"{stem}_no_top.h5"))


def MobileNet(
    input_shape: Any = None, alpha: float = 1.0, depth_multiplier: int = 1, dropout: float = 0.001,
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, pooling: str | None = None,
    classes: int = 1000, classifier_activation: Any = "softmax", name: str | None = None,
) -> Model:  # fmt: skip
    wishes = Wishes(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    size = size_wished(wishes, _SIZES)
    design = Design(
        partial(_body, alpha=alpha, depth_multiplier=depth_multiplier),
        size,
        _files(wishes, alpha, depth_multiplier) if wishes.is_pretrained else None,
        top=partial(_top, dropout=dropout),
        prefix=f"mobilenet_{alpha:0.2f}",
    )
    return build(design, wishes)


document(
    MobileNet,
    "MobileNet",
    "MobileNet; images of 224 x 224 by default.",
    _REFERENCE,
    "\n        alpha: factor of the number of filters.\n        depth_multiplier: depthwise filters a channel."
    "\n        dropout: rate before the last layer.",
)
publish(MobileNet, "MobileNet", "mobilenet", __name__)
