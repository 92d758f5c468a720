"""EfficientNet: one network, made wider, deeper and sharper by fixed rules."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

from lamina.layers import Conv2D, Normalization, Rescaling, ZeroPadding2D

from ._application import Design, Wishes, classifier, pooled_by_name
from ._blocks import activate, channel_axis, convolve, convolve_depthwise, far_padding, normalize, repeated, rounded
from ._efficientnet_parts import end, kernel, letter, residual, squeeze_excite, top
from ._preprocess_input import RGB_STD
from ._weights import Pair, Pretrained

_REFERENCE = "Tan and Le, EfficientNet: Rethinking Model Scaling, 2019, arXiv:1905.11946"
_DROP_RATE = 0.2

# Blocks, filters, size of the kernel, strides of the first, factor of widening; before any scaling.
_STAGES = (
    (1, 16, 3, 1, 1), (2, 24, 3, 2, 6), (2, 40, 5, 2, 6), (3, 80, 3, 2, 6), (3, 112, 5, 1, 6), (4, 192, 5, 2, 6),
    (1, 320, 3, 1, 6),
)  # fmt: skip


@dataclass(frozen=True)
class _Scale:
    """Factors of width and depth, side of the images, rate of dropout, hashes of the weights."""

    width: float
    depth: float
    size: int
    dropout: float
    top_hash: str
    no_top_hash: str


_SCALES = {
    "B0": _Scale(1.0, 1.0, 224, 0.2, "902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d"),
    "B1": _Scale(1.0, 1.1, 240, 0.2, "1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432"),
    "B2": _Scale(1.1, 1.2, 260, 0.3, "b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39"),
    "B3": _Scale(1.2, 1.4, 300, 0.3, "ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226"),
    "B4": _Scale(1.4, 1.8, 380, 0.4, "18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba"),
    "B5": _Scale(1.6, 2.2, 456, 0.4, "ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f"),
    "B6": _Scale(1.8, 2.6, 528, 0.5, "165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743"),
    "B7": _Scale(2.0, 3.1, 600, 0.5, "8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a"),
}


def _block(x: Any, filters: int, size: int, strides: int, widening: int, drop_rate: float, name: str) -> Any:
    start, channels = x, x.shape[channel_axis()]
    if widening != 1:
        x = convolve(x, channels * widening, 1, name=f"{name}expand_conv", kernel_initializer=kernel())
        x = activate(normalize(x, f"{name}expand_bn"), "silu", f"{name}expand_activation")
    x = convolve_depthwise(x, size, strides, f"{name}dwconv", f"{name}dwconv_pad", depthwise_initializer=kernel())
    x = activate(normalize(x, f"{name}bn"), "silu", f"{name}activation")
    x = squeeze_excite(x, max(1, channels // 4), name)
    x = convolve(x, filters, 1, name=f"{name}project_conv", kernel_initializer=kernel())
    x = normalize(x, f"{name}project_bn")
    return residual(x, start, drop_rate, name) if strides == 1 and channels == filters else x


def _prepared(x: Any, wishes: Wishes) -> Any:
    x = Rescaling(1.0 / 255.0)(x)
    x = Normalization(axis=channel_axis())(x)
    if wishes.is_pretrained:
        # The network was trained on images divided by the variance, as its authors' code did.
        x = Rescaling([1.0 / math.sqrt(std) for std in RGB_STD])(x)
    return x


def _body(x: Any, wishes: Wishes, scale: _Scale) -> Any:
    x = _prepared(x, wishes)
    x = ZeroPadding2D(far_padding(x, 3), name="stem_conv_pad")(x)
    x = Conv2D(rounded(32 * scale.width), 3, strides=2, use_bias=False, kernel_initializer=kernel(), name="stem_conv")(
        x
    )
    x = activate(normalize(x, "stem_bn"), "silu", "stem_activation")
    depths = [repeated(stage[0], scale.depth) for stage in _STAGES]
    done = 0
    for i, (depth, (_, filters, size, strides, widening)) in enumerate(zip(depths, _STAGES), 1):
        for j in range(depth):
            drop_rate = _DROP_RATE * done / sum(depths)
            name = f"block{i}{letter(j)}_"
            x = _block(x, rounded(filters * scale.width), size, strides if j == 0 else 1, widening, drop_rate, name)
            done += 1
    return end(x, rounded(1280 * scale.width))


def _efficientnet(size: str) -> Any:
    scale, stem = _SCALES[size], f"https://storage.googleapis.com/keras-applications/efficientnet{size.lower()}"
    design = Design(
        partial(_body, scale=scale),
        scale.size,
        Pair(Pretrained(f"{stem}.h5", scale.top_hash), Pretrained(f"{stem}_notop.h5", scale.no_top_hash)),
        top=partial(top, dropout=scale.dropout),
        rest=pooled_by_name,
    )
    says = f"EfficientNet{size}; images of {scale.size} x {scale.size} by default, 0 to 255."
    name = f"EfficientNet{size}"
    return classifier(name, "efficientnet", design, name.lower(), says, _REFERENCE, __name__)


EfficientNetB0 = _efficientnet("B0")
EfficientNetB1 = _efficientnet("B1")
EfficientNetB2 = _efficientnet("B2")
EfficientNetB3 = _efficientnet("B3")
EfficientNetB4 = _efficientnet("B4")
EfficientNetB5 = _efficientnet("B5")
EfficientNetB6 = _efficientnet("B6")
EfficientNetB7 = _efficientnet("B7")
