"""MobileNetV3: blocks found by search, some with a look at the whole image."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from lamina.layers import (
    Activation,
    Add,
    Conv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Multiply,
    ReLU,
    Rescaling,
)  # fmt: skip
from lamina.models import Model

from ._application import Design, Wishes, build, document, pooled_by_name, publish
from ._blocks import channel_axis, convolve, convolve_depthwise, normalize, rounded
from ._mobilenet_sizes import check_width, size_of_weights
from ._weights import Pair, pair

_MOMENTUM = 0.999
_REFERENCE = "Howard et al., Searching for MobileNetV3, 2019, arXiv:1905.02244"

# Factor of widening, filters, size of the kernel, strides, whether it looks at the whole image, activation.
_BLOCKS = {
    "small": (
        (1, 16, 3, 2, True, "relu"), (72 / 16, 24, 3, 2, False, "relu"), (88 / 24, 24, 3, 1, False, "relu"),
        (4, 40, 5, 2, True, "hard_silu"), (6, 40, 5, 1, True, "hard_silu"), (6, 40, 5, 1, True, "hard_silu"),
        (3, 48, 5, 1, True, "hard_silu"), (3, 48, 5, 1, True, "hard_silu"), (6, 96, 5, 2, True, "hard_silu"),
        (6, 96, 5, 1, True, "hard_silu"), (6, 96, 5, 1, True, "hard_silu"),
    ),
    "large": (
        (1, 16, 3, 1, False, "relu"), (4, 24, 3, 2, False, "relu"), (3, 24, 3, 1, False, "relu"),
        (3, 40, 5, 2, True, "relu"), (3, 40, 5, 1, True, "relu"), (3, 40, 5, 1, True, "relu"),
        (6, 80, 3, 2, False, "hard_silu"), (2.5, 80, 3, 1, False, "hard_silu"), (2.3, 80, 3, 1, False, "hard_silu"),
        (2.3, 80, 3, 1, False, "hard_silu"), (6, 112, 3, 1, True, "hard_silu"), (6, 112, 3, 1, True, "hard_silu"),
        (6, 160, 5, 2, True, "hard_silu"), (6, 160, 5, 1, True, "hard_silu"), (6, 160, 5, 1, True, "hard_silu"),
    ),
}  # fmt: skip
_LAST = {"small": 1024, "large": 1280}
_HASHES = {
    "large_224_0.75_float": ("765b44a33ad4005b3ac83185abf1d0eb", "40af19a13ebea4e2ee0c676887f69a2e"),
    "large_224_1.0_float": ("59e551e166be033d707958cf9e29a6a7", "07fb09a5933dd0c8eaafa16978110389"),
    "large_minimalistic_224_1.0_float": ("675e7b876c45c57e9e63e6d90a36599c", "ec5221f64a2f6d1ef965a614bdae7973"),
    "small_224_0.75_float": ("cb65d4e5be93758266aa0a7f2c6708b7", "ebdb5cc8e0b497cd13a7c275d475c819"),
    "small_224_1.0_float": ("8768d4c2e7dee89b9d02b2d03d65d862", "d3e8ec802a04aa4fc771ee12a9a9b836"),
    "small_minimalistic_224_1.0_float": ("99cd97fb2fcdad2bf028eb838de69e37", "cde8136e733e811080d9fcd8a252f7e4"),
}


@dataclass(frozen=True)
class _Variant:
    """Which of the networks: "small" or "large", how wide, and whether kept to what every machine does fast."""

    kind: str
    alpha: float
    minimalistic: bool
    dropout_rate: float
    include_preprocessing: bool


def _activate(x: Any, activation: str) -> Any:
    return ReLU()(x) if activation == "relu" else Activation(activation)(x)


def _look_at_all(x: Any, name: str) -> Any:
    """Each channel times a weight between 0 and 1, computed from the means of all channels."""
    channels = x.shape[channel_axis()]
    y = GlobalAveragePooling2D(keepdims=True, name=f"{name}squeeze_excite_avg_pool")(x)
    y = Conv2D(rounded(channels * 0.25), 1, padding="same", name=f"{name}squeeze_excite_conv")(y)
    y = ReLU(name=f"{name}squeeze_excite_relu")(y)
    y = Conv2D(channels, 1, padding="same", name=f"{name}squeeze_excite_conv_1")(y)
    y = ReLU(6.0)(y + 3.0) * (1.0 / 6.0)
    return Multiply(name=f"{name}squeeze_excite_mul")([x, y])


def _block(x: Any, block: tuple[Any, ...], variant: _Variant, number: int) -> Any:
    widening, filters, size, strides, looks, activation = block
    if variant.minimalistic:
        size, looks, activation = 3, False, "relu"
    filters = rounded(filters * variant.alpha)
    start, channels = x, x.shape[channel_axis()]
    name = f"expanded_conv_{number}_" if number else "expanded_conv_"
    if number:
        x = convolve(x, rounded(channels * widening), 1, name=f"{name}expand")
        x = _activate(normalize(x, f"{name}expand_bn", momentum=_MOMENTUM), activation)
    x = convolve_depthwise(x, size, strides, f"{name}depthwise", f"{name}depthwise_pad")
    x = _activate(normalize(x, f"{name}depthwise_bn", momentum=_MOMENTUM), activation)
    if looks:
        x = _look_at_all(x, name)
    x = normalize(convolve(x, filters, 1, name=f"{name}project"), f"{name}project_bn", momentum=_MOMENTUM)
    return Add(name=f"{name}add")([start, x]) if strides == 1 and channels == filters else x


def _body(x: Any, wishes: Wishes, variant: _Variant) -> Any:
    activation = "relu" if variant.minimalistic else "hard_silu"
    if variant.include_preprocessing:
        x = Rescaling(scale=1.0 / 127.5, offset=-1.0)(x)
    x = convolve(x, 16, 3, 2, "conv")
    x = _activate(normalize(x, "conv_bn", momentum=_MOMENTUM), activation)
    for number, block in enumerate(_BLOCKS[variant.kind]):
        x = _block(x, block, variant, number)
    x = convolve(x, rounded(6 * x.shape[channel_axis()]), 1, name="conv_1")
    return _activate(normalize(x, "conv_1_bn", momentum=_MOMENTUM), activation)


def _top(x: Any, wishes: Wishes, variant: _Variant) -> Any:
    last = _LAST[variant.kind]
    x = GlobalAveragePooling2D(keepdims=True)(x)
    x = Conv2D(rounded(last * variant.alpha) if variant.alpha > 1.0 else last, 1, padding="same", name="conv_2")(x)
    x = _activate(x, "relu" if variant.minimalistic else "hard_silu")
    if variant.dropout_rate > 0:
        x = Dropout(variant.dropout_rate)(x)
    x = Conv2D(wishes.classes, 1, padding="same", name="logits")(x)
    return Activation(wishes.classifier_activation, name="predictions")(Flatten()(x))


def _files(wishes: Wishes, variant: _Variant, where: str) -> Pair:
    check_width(variant.alpha, (1.0,) if variant.minimalistic else (0.75, 1.0), where)
    size_of_weights(wishes, (224,), where)
    name = f"{variant.kind}{'_minimalistic' if variant.minimalistic else ''}_224_{float(variant.alpha)}_float"
    return pair(f"mobilenet_v3/weights_mobilenet_v3_{name}", *_HASHES[name], "_no_top_v2")


def _mobilenet(kind: str) -> Any:
    public_name = f"MobileNetV3{kind.capitalize()}"

    def make(
        input_shape: Any = None, alpha: float = 1.0, minimalistic: bool = False, include_top: bool = True,
        weights: Any = "imagenet", input_tensor: Any = None, classes: int = 1000, pooling: str | None = None,
        dropout_rate: float = 0.2, classifier_activation: Any = "softmax", include_preprocessing: bool = True,
        name: str = public_name,
    ) -> Model:  # fmt: skip
        wishes = Wishes(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
        variant = _Variant(kind, alpha, minimalistic, dropout_rate, include_preprocessing)
        design = Design(
            partial(_body, variant=variant),
            224,
            _files(wishes, variant, public_name) if wishes.is_pretrained else None,
            top=partial(_top, variant=variant),
            rest=pooled_by_name,
            needs_size=False,
        )
        return build(design, wishes)

    more = (
        "\n        alpha: factor of the number of filters."
        "\n        minimalistic: whether it keeps to kernels of 3 x 3 and ReLU, and looks at no whole image."
        "\n        dropout_rate: rate before the last layer."
        "\n        include_preprocessing: whether pixels of 0 to 255 are brought to -1 to 1 inside."
    )
    says = f"MobileNetV3, the {kind} one; takes images of any size from 32 x 32 on."
    document(make, public_name, says, _REFERENCE, more)
    return publish(make, public_name, "", __name__)


MobileNetV3Small = _mobilenet("small")
MobileNetV3Large = _mobilenet("large")
