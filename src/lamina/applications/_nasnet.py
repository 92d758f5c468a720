"""NASNet: two cells found by search, repeated."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from lamina.layers import (
    Add,
    AveragePooling2D,
    Concatenate,
    Conv2D,
    Cropping2D,
    MaxPooling2D,
    SeparableConv2D,
    ZeroPadding2D,
)  # fmt: skip
from lamina.models import Model
from lamina.variables import name_scope

from ._application import Design, Wishes, build, document, publish, unnamed_average_and_dense
from ._blocks import activate, channel_axis, convolve, far_padding, normalize
from ._weights import STORAGE, Pair, Pretrained

_MOMENTUM = 0.9997
_REFERENCE = "Zoph et al., Learning Transferable Architectures for Scalable Image Recognition, 2017, arXiv:1707.07012"


@dataclass(frozen=True)
class _Variant:
    """Filters of the last cells, normal cells in a row, filters of the stem, whether a cell sees past a reduction."""

    filters: int
    blocks: int
    stem_filters: int
    skips_reduction: bool
    size: int
    files: Pair


def _normalized(x: Any, name: str) -> Any:
    return normalize(x, name, momentum=_MOMENTUM)


def _point(x: Any, filters: int, name: str) -> Any:
    return convolve(x, filters, 1, name=name, kernel_initializer="he_normal")


def _separable(x: Any, filters: int, size: int, strides: int, name: str, block: int) -> Any:
    """Two separable convolutions, each after its activation; the first with strides."""
    with name_scope(f"block_{block}"), name_scope(f"separable_conv_block_{name}"):
        return _two_separable(x, filters, size, strides, name)


def _two_separable(x: Any, filters: int, size: int, strides: int, name: str) -> Any:
    x = activate(x)
    if strides > 1:
        x = ZeroPadding2D(far_padding(x, size), name=f"separable_conv_1_pad_{name}")(x)
    padding = "valid" if strides > 1 else "same"
    x = SeparableConv2D(
        filters, size, strides=strides, padding=padding, use_bias=False, name=f"separable_conv_1_{name}"
    )(x)
    x = activate(_normalized(x, f"separable_conv_1_bn_{name}"))
    x = SeparableConv2D(filters, size, padding="same", use_bias=False, name=f"separable_conv_2_{name}")(x)
    return _normalized(x, f"separable_conv_2_bn_{name}")


def _halved(x: Any, filters: int, cell: str) -> Any:
    """Half the size without loss: the even places and the odd ones, each with half of the filters."""
    x = activate(x, name=f"adjust_relu_1_{cell}")
    even = AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_1_{cell}")(x)
    even = _point(even, filters // 2, f"adjust_conv_1_{cell}")
    odd = Cropping2D(((1, 0), (1, 0)))(ZeroPadding2D(((0, 1), (0, 1)))(x))
    odd = AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_2_{cell}")(odd)
    odd = _point(odd, filters // 2, f"adjust_conv_2_{cell}")
    return _normalized(Concatenate(axis=channel_axis())([even, odd]), f"adjust_bn_{cell}")


def _adjusted(before: Any, x: Any, filters: int, cell: str, is_larger: bool) -> Any:
    """The output of the cell before the last, made to fit that of the last."""
    if before is None:
        return x
    rows = 2 if channel_axis() == 1 else 1
    if None not in (before.shape[rows], x.shape[rows]):
        is_larger = before.shape[rows] != x.shape[rows]
    if is_larger:
        with name_scope("adjust_block"), name_scope(f"adjust_reduction_block_{cell}"):
            return _halved(before, filters, cell)
    if before.shape[channel_axis()] == filters:
        return before
    with name_scope("adjust_block"), name_scope(f"adjust_projection_block_{cell}"):
        before = _point(activate(before), filters, f"adjust_conv_projection_{cell}")
        return _normalized(before, f"adjust_bn_{cell}")


def _average(x: Any, name: str) -> Any:
    return AveragePooling2D(3, strides=1, padding="same", name=name)(x)


def _normal_cell(x: Any, before: Any, filters: int, cell: str, is_larger: bool) -> Any:
    p = _adjusted(before, x, filters, cell, is_larger)
    h = _normalized(_point(activate(x), filters, f"normal_conv_1_{cell}"), f"normal_bn_1_{cell}")

    def add(number: int, first: Any, second: Any) -> Any:
        return Add(name=f"normal_add_{number}_{cell}")([first, second])

    def separable(block: int, source: Any, size: int, side: str) -> Any:
        return _separable(source, filters, size, 1, f"normal_{side}_{cell}", block)

    parts = [
        add(1, separable(1, h, 5, "left1"), separable(1, p, 3, "right1")),
        add(2, separable(2, p, 5, "left2"), separable(2, p, 3, "right2")),
        add(3, _average(h, f"normal_left3_{cell}"), p),
        add(4, _average(p, f"normal_left4_{cell}"), _average(p, f"normal_right4_{cell}")),
        add(5, separable(5, h, 3, "left5"), h),
    ]
    return Concatenate(axis=channel_axis(), name=f"normal_concat_{cell}")([p, *parts])


def _reduction_cell(x: Any, before: Any, filters: int, cell: str, is_larger: bool) -> Any:
    p = _adjusted(before, x, filters, cell, is_larger)
    h = _normalized(_point(activate(x), filters, f"reduction_conv_1_{cell}"), f"reduction_bn_1_{cell}")
    padded = ZeroPadding2D(far_padding(h, 3), name=f"reduction_pad_1_{cell}")(h)

    def add(name: str | None, first: Any, second: Any) -> Any:
        return Add(name=name and f"reduction_{name}_{cell}")([first, second])

    def separable(block: int, source: Any, size: int, side: str, strides: int = 2) -> Any:
        return _separable(source, filters, size, strides, f"reduction_{side}_{cell}", block)

    def pool(layer: Any, side: str) -> Any:
        return layer(3, strides=2, name=f"reduction_{side}_{cell}")(padded)

    first = add("add_1", separable(1, h, 5, "left1"), separable(1, p, 7, "right1"))
    second = add("add_2", pool(MaxPooling2D, "left2"), separable(2, p, 7, "right2"))
    third = add("add3", pool(AveragePooling2D, "left3"), separable(3, p, 5, "right3"))
    fourth = add(None, second, _average(first, f"reduction_left4_{cell}"))
    fifth = add("add4", separable(5, first, 3, "left4", strides=1), pool(MaxPooling2D, "right5"))
    return Concatenate(axis=channel_axis(), name=f"reduction_concat_{cell}")([second, third, fourth, fifth])


def _in_scope(cell: Any, x: Any, before: Any, filters: int, name: str, is_larger: bool = False) -> Any:
    """A cell whose weights are named after it."""
    kind = "normal" if cell is _normal_cell else "reduction"
    with name_scope(f"{kind}_A_block_{name}"):
        return cell(x, before, filters, name, is_larger)


def _body(x: Any, wishes: Wishes, variant: _Variant) -> Any:
    filters = variant.filters // 24
    x = Conv2D(variant.stem_filters, 3, strides=2, use_bias=False, name="stem_conv1", kernel_initializer="he_normal")(x)
    x = _normalized(x, "stem_bn1")
    before, x = x, _in_scope(_reduction_cell, x, None, filters // 4, "stem_1")
    before, x = x, _in_scope(_reduction_cell, x, before, filters // 2, "stem_2", is_larger=True)
    for stage in range(3):
        start = stage * variant.blocks
        if stage:
            seen = before if variant.skips_reduction else x
            x = _in_scope(_reduction_cell, x, before, filters, f"reduce_{start}")
            before, start = seen, start + 1
        for number in range(start, start + variant.blocks):
            before, x = x, _in_scope(_normal_cell, x, before, filters, str(number), is_larger=number == start)
        filters *= 2
    return activate(x)


def _pair(stem: str, kept: str, top_hash: str, no_top_hash: str) -> Pair:
    return Pair(
        Pretrained(f"{STORAGE}nasnet/{stem}.h5", top_hash, f"{kept}.h5"),
        Pretrained(f"{STORAGE}nasnet/{stem}-no-top.h5", no_top_hash, f"{kept}_no_top.h5"),
    )


_MOBILE = _Variant(
    1056, 4, 32, False, 224,
    _pair("NASNet-mobile", "nasnet_mobile", "020fb642bf7360b370c678b08e0adf61", "1ed92395b5b598bdda52abe5c0dbfd63"),
)  # fmt: skip
_LARGE = _Variant(
    4032, 6, 96, True, 331,
    _pair("NASNet-large", "nasnet_large", "11577c9a518f0070763c2b964a382f17", "d81d89dc07e6e56530c4e77faddd61b5"),
)  # fmt: skip


def _nasnet(public_name: str, variant: _Variant, model_name: str) -> Any:
    design = Design(partial(_body, variant=variant), variant.size, variant.files, top=unnamed_average_and_dense)

    def make(
        input_shape: Any = None, include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
        pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = model_name,
    ) -> Model:  # fmt: skip
        return build(
            design,
            Wishes(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
        )

    says = f"{public_name}; images of {variant.size} x {variant.size} by default."
    document(make, public_name, says, _REFERENCE)
    return publish(make, public_name, "nasnet", __name__)


NASNetMobile = _nasnet("NASNetMobile", _MOBILE, "nasnet_mobile")
NASNetLarge = _nasnet("NASNetLarge", _LARGE, "nasnet_large")
