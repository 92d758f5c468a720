"""EfficientNetV2: its early blocks are plain convolutions, which machines do faster."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from lamina.layers import Normalization, Rescaling
from lamina.models import Model

from ._application import Design, Wishes, build, document, pooled_by_name, publish
from ._blocks import activate, channel_axis, convolve, convolve_depthwise, normalize, repeated
from ._efficientnet_parts import end, kernel, letter, residual, squeeze_excite, top
from ._preprocess_input import RGB_MEAN, RGB_STD
from ._weights import pair

_REFERENCE = "Tan and Le, EfficientNetV2: Smaller Models and Faster Training, 2021, arXiv:2104.00298"
_DROP_RATE = 0.2
_MOMENTUM = 0.9

# Blocks, filters, strides of the first, factor of widening, whether plain; the others squeeze by four.
_STAGES = {
    "B": ((1, 16, 1, 1, True), (2, 32, 2, 4, True), (2, 48, 2, 4, True), (3, 96, 2, 4, False), (5, 112, 1, 6, False),
          (8, 192, 2, 6, False)),
    "S": ((2, 24, 1, 1, True), (4, 48, 2, 4, True), (4, 64, 2, 4, True), (6, 128, 2, 4, False), (9, 160, 1, 6, False),
          (15, 256, 2, 6, False)),
    "M": ((3, 24, 1, 1, True), (5, 48, 2, 4, True), (5, 80, 2, 4, True), (7, 160, 2, 4, False), (14, 176, 1, 6, False),
          (18, 304, 2, 6, False), (5, 512, 1, 6, False)),
    "L": ((4, 32, 1, 1, True), (7, 64, 2, 4, True), (7, 96, 2, 4, True), (10, 192, 2, 4, False),
          (19, 224, 1, 6, False), (25, 384, 2, 6, False), (7, 640, 1, 6, False)),
}  # fmt: skip
_STEM_FILTERS = {"B": 32, "S": 24, "M": 24, "L": 32}


@dataclass(frozen=True)
class _Scale:
    """Factors of width and depth, side of the images, hashes of the weights."""

    width: float
    depth: float
    size: int
    top_hash: str
    no_top_hash: str


_SCALES = {
    "B0": _Scale(1.0, 1.0, 224, "21ecbf6da12460d5c40bb2f29ceb2188", "893217f2bb855e2983157299931e43ff"),
    "B1": _Scale(1.0, 1.1, 240, "069f0534ff22adf035c89e2d9547a9dc", "0e80663031ca32d657f9caa404b6ec37"),
    "B2": _Scale(1.1, 1.2, 260, "424e49f28180edbde1e94797771950a7", "1dfe2e7a5d45b6632553a8961ea609eb"),
    "B3": _Scale(1.2, 1.4, 300, "1f1fc43bd98a6e4fd8fdfd551e02c7a0", "f6abf7b5849ac99a89b50dd3fd532856"),
    "S": _Scale(1.0, 1.0, 384, "e1d88a8495beba45748fedd0cecbe016", "af0682fb74e8c54910f2d4393339c070"),
    "M": _Scale(1.0, 1.0, 480, "a3bf6aa3276309f4fc6a34aa114c95cd", "1b8dc055df72dde80d614482840fe342"),
    "L": _Scale(1.0, 1.0, 480, "27e6d408b53c7ebc868fefa357689935", "b0b66b5c863aef5b46e8608fe1711615"),
}


def _rounded(filters: float) -> int:
    """The nearest multiple of eight; unlike the first EfficientNet's, it may be more than a tenth below."""
    return max(8, int(filters + 4) // 8 * 8)


def _unit(x: Any, filters: int, size: int, strides: int, name: str, activation: str | None) -> Any:
    x = convolve(x, filters, size, strides, f"{name}_conv", kernel_initializer=kernel())
    x = normalize(x, f"{name}_bn", momentum=_MOMENTUM)
    return x if activation is None else activate(x, activation, f"{name}_activation")


def _plain(x: Any, filters: int, strides: int, widening: int, name: str) -> Any:
    if widening == 1:
        return _unit(x, filters, 3, strides, f"{name}project", "silu")
    x = _unit(x, x.shape[channel_axis()] * widening, 3, strides, f"{name}expand", "silu")
    return _unit(x, filters, 1, 1, f"{name}project", None)


def _taken_apart(x: Any, filters: int, strides: int, widening: int, name: str) -> Any:
    channels = x.shape[channel_axis()]
    x = _unit(x, channels * widening, 1, 1, f"{name}expand", "silu")
    x = convolve_depthwise(x, 3, strides, f"{name}dwconv2", None, depthwise_initializer=kernel())
    x = activate(normalize(x, f"{name}bn", momentum=_MOMENTUM), "silu", f"{name}activation")
    x = squeeze_excite(x, max(1, channels // 4), name)
    return _unit(x, filters, 1, 1, f"{name}project", None)


def _prepared(x: Any, kind: str) -> Any:
    if kind == "B" and x.shape[channel_axis()] == 3:
        x = Rescaling(1.0 / 255)(x)
        return Normalization(mean=RGB_MEAN, variance=[std**2 for std in RGB_STD], axis=channel_axis())(x)
    return Rescaling(1.0 / 128.0, offset=-1)(x)


def _body(x: Any, wishes: Wishes, kind: str, scale: _Scale, include_preprocessing: bool) -> Any:
    if include_preprocessing:
        x = _prepared(x, kind)
    x = _unit(x, _rounded(_STEM_FILTERS[kind] * scale.width), 3, 2, "stem", "silu")
    unscaled = sum(stage[0] for stage in _STAGES[kind])
    done = 0
    for i, (depth, filters, strides, widening, is_plain) in enumerate(_STAGES[kind], 1):
        filters = _rounded(filters * scale.width)
        for j in range(repeated(depth, scale.depth)):
            start, name = x, f"block{i}{letter(j)}_"
            x = (_plain if is_plain else _taken_apart)(x, filters, strides if j == 0 else 1, widening, name)
            if x.shape == start.shape:
                x = residual(x, start, _DROP_RATE * done / unscaled, name)
            done += 1
    return end(x, _rounded(1280 * scale.width), momentum=_MOMENTUM)


def _efficientnet(size: str) -> Any:
    scale, kind, model_name = _SCALES[size], size[0], f"efficientnetv2-{size.lower()}"
    files = pair(f"efficientnet_v2/{model_name}", scale.top_hash, scale.no_top_hash)

    def make(
        include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
        pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
        include_preprocessing: bool = True, name: str = model_name,
    ) -> Model:  # fmt: skip
        body = partial(_body, kind=kind, scale=scale, include_preprocessing=include_preprocessing)
        design = Design(body, scale.size, files, top=partial(top, dropout=0.2), rest=pooled_by_name)
        return build(
            design,
            Wishes(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
        )

    says = f"EfficientNetV2{size}; images of {scale.size} x {scale.size} by default."
    more = "\n        include_preprocessing: whether pixels of 0 to 255 are scaled inside."
    document(make, f"EfficientNetV2{size}", says, _REFERENCE, more)
    return publish(make, f"EfficientNetV2{size}", "efficientnet_v2", __name__)


EfficientNetV2B0 = _efficientnet("B0")
EfficientNetV2B1 = _efficientnet("B1")
EfficientNetV2B2 = _efficientnet("B2")
EfficientNetV2B3 = _efficientnet("B3")
EfficientNetV2S = _efficientnet("S")
EfficientNetV2M = _efficientnet("M")
EfficientNetV2L = _efficientnet("L")
