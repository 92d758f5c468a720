"""MobileNetV2: blocks that widen, filter and narrow, with residuals between the narrow ends."""

from functools import partial
from typing import Any

from lamina.layers import Add
from lamina.models import Model

from ._application import Design, Wishes, build, document, publish, unnamed_average_and_dense
from ._blocks import channel_axis, convolve, convolve_depthwise, normalize, relu6, rounded
from ._mobilenet_sizes import check_width, size_of_weights, size_wished
from ._weights import Pair, pair

_SIZES = (96, 128, 160, 192, 224)
_WIDTHS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
_MOMENTUM = 0.999
_REFERENCE = "Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks, 2018, arXiv:1801.04381"

# Filters, blocks, strides of the first, factor of widening.
_STAGES = ((16, 1, 1, 1), (24, 2, 2, 6), (32, 3, 2, 6), (64, 4, 2, 6), (96, 3, 1, 6), (160, 3, 2, 6), (320, 1, 1, 6))


def _block(x: Any, filters: int, strides: int, widening: int, number: int) -> Any:
    start, channels = x, x.shape[channel_axis()]
    name = f"block_{number}_" if number else "expanded_conv_"
    if number:
        x = convolve(x, widening * channels, 1, name=f"{name}expand")
        x = relu6(normalize(x, f"{name}expand_BN", momentum=_MOMENTUM), f"{name}expand_relu")
    x = convolve_depthwise(x, 3, strides, f"{name}depthwise", f"{name}pad")
    x = relu6(normalize(x, f"{name}depthwise_BN", momentum=_MOMENTUM), f"{name}depthwise_relu")
    x = normalize(convolve(x, filters, 1, name=f"{name}project"), f"{name}project_BN", momentum=_MOMENTUM)
    return Add(name=f"{name}add")([start, x]) if channels == filters and strides == 1 else x


def _body(x: Any, wishes: Wishes, alpha: float) -> Any:
    x = convolve(x, rounded(32 * alpha), 3, 2, "Conv1")
    x = relu6(normalize(x, "bn_Conv1", momentum=_MOMENTUM), "Conv1_relu")
    number = 0
    for filters, blocks, strides, widening in _STAGES:
        for i in range(blocks):
            x = _block(x, rounded(filters * alpha), strides if i == 0 else 1, widening, number)
            number += 1
    last = rounded(1280 * alpha) if alpha > 1.0 else 1280
    x = convolve(x, last, 1, name="Conv_1", padding="valid")
    return relu6(normalize(x, "Conv_1_bn", momentum=_MOMENTUM), "out_relu")


def _files(wishes: Wishes, alpha: float) -> Pair:
    check_width(alpha, _WIDTHS, "MobileNetV2")
    size = size_of_weights(wishes, _SIZES, "MobileNetV2")
    stem = f"mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{float(alpha)}_{size}"
    return pair(stem, None, None, "_no_top")


def MobileNetV2(
    input_shape: Any = None, alpha: float = 1.0, include_top: bool = True, weights: Any = "imagenet",
    input_tensor: Any = None, pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
    name: str | None = None,
) -> Model:  # fmt: skip
    wishes = Wishes(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    design = Design(
        partial(_body, alpha=alpha),
        size_wished(wishes, _SIZES),
        _files(wishes, alpha) if wishes.is_pretrained else None,
        top=unnamed_average_and_dense,
        prefix=f"mobilenetv2_{alpha:0.2f}",
    )
    return build(design, wishes)


document(
    MobileNetV2,
    "MobileNetV2",
    "MobileNetV2; images of 224 x 224 by default.",
    _REFERENCE,
    "\n        alpha: factor of the number of filters.",
)
publish(MobileNetV2, "MobileNetV2", "mobilenet_v2", __name__)
