"""ConvNeXt: a residual network with the habits of transformers."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from lamina.layers import (
    Activation,
    Add,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    LayerNormalization,
    Normalization,
)  # fmt: skip
from lamina.layers.application import LayerScale
from lamina.models import Model, Sequential

from ._application import Design, Wishes, build, document, pooled, publish
from ._blocks import channel_axis
from ._preprocess_input import RGB_MEAN, RGB_STD
from ._weights import pair

_EPSILON = 1e-6
_REFERENCE = "Liu et al., A ConvNet for the 2020s, 2022, arXiv:2201.03545"


@dataclass(frozen=True)
class _Variant:
    """Blocks and filters of the four stages, hashes of the weights."""

    depths: tuple[int, int, int, int]
    filters: tuple[int, int, int, int]
    top_hash: str
    no_top_hash: str


_VARIANTS = {
    "Tiny": _Variant(
        (3, 3, 9, 3), (96, 192, 384, 768),
        "8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
        "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
    ),
    "Small": _Variant(
        (3, 3, 27, 3), (96, 192, 384, 768),
        "ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c",
        "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab",
    ),
    "Base": _Variant(
        (3, 3, 27, 3), (128, 256, 512, 1024),
        "52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6",
        "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45",
    ),
    "Large": _Variant(
        (3, 3, 27, 3), (192, 384, 768, 1536),
        "070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6",
        "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd",
    ),
    "XLarge": _Variant(
        (3, 3, 27, 3), (256, 512, 1024, 2048),
        "c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee",
        "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05",
    ),
}  # fmt: skip


def _layer_norm(name: str | None) -> LayerNormalization:
    return LayerNormalization(epsilon=_EPSILON, name=name)


def _block(x: Any, filters: int, name: str) -> Any:
    y = Conv2D(filters, 7, padding="same", groups=filters, name=f"{name}_depthwise_conv")(x)
    y = _layer_norm(f"{name}_layernorm")(y)
    y = Dense(4 * filters, name=f"{name}_pointwise_conv_1")(y)
    y = Activation("gelu", name=f"{name}_gelu")(y)
    y = Dense(filters, name=f"{name}_pointwise_conv_2")(y)
    y = LayerScale(1e-6, filters, name=f"{name}_layer_scale")(y)
    return Add()([x, Activation("linear", name=f"{name}_identity")(y)])


def _stem(filters: int, name: str) -> Sequential:
    return Sequential(
        [Conv2D(filters, 4, strides=4, name=f"{name}_stem_conv"), _layer_norm(f"{name}_stem_layernorm")],
        name=f"{name}_stem",
    )


def _downsampling(filters: int, name: str, number: int) -> Sequential:
    norm = _layer_norm(f"{name}_downsampling_layernorm_{number}")
    conv = Conv2D(filters, 2, strides=2, name=f"{name}_downsampling_conv_{number}")
    return Sequential([norm, conv], name=f"{name}_downsampling_block_{number}")


def _prepared(x: Any, name: str) -> Any:
    mean, variance = [255 * mean for mean in RGB_MEAN], [(255 * std) ** 2 for std in RGB_STD]
    return Normalization(mean=mean, variance=variance, name=f"{name}_prestem_normalization")(x)


def _body(x: Any, wishes: Wishes, variant: _Variant, include_preprocessing: bool) -> Any:
    name = wishes.name or "convnext"
    if include_preprocessing and x.shape[channel_axis()] == 3:
        x = _prepared(x, name)
    for i, (depth, filters) in enumerate(zip(variant.depths, variant.filters)):
        x = (_downsampling(filters, name, i - 1) if i else _stem(filters, name))(x)
        for j in range(depth):
            x = _block(x, filters, f"{name}_stage_{i}_block_{j}")
    return x


def _top(x: Any, wishes: Wishes) -> Any:
    name = wishes.name or "convnext"
    x = _layer_norm(f"{name}_head_layernorm")(GlobalAveragePooling2D(name=f"{name}_head_gap")(x))
    return Dense(wishes.classes, activation=wishes.classifier_activation, name=f"{name}_head_dense")(x)


def _rest(x: Any, wishes: Wishes) -> Any:
    return _layer_norm(None)(pooled(x, wishes))


def _convnext(size: str) -> Any:
    variant, model_name = _VARIANTS[size], f"convnext_{size.lower()}"
    files = pair(f"convnext/{model_name}", variant.top_hash, variant.no_top_hash)

    def make(
        include_top: bool = True, include_preprocessing: bool = True, weights: Any = "imagenet",
        input_tensor: Any = None, input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
        classifier_activation: Any = "softmax", name: str = model_name,
    ) -> Model:  # fmt: skip
        body = partial(_body, variant=variant, include_preprocessing=include_preprocessing)
        return build(
            Design(body, 224, files, top=_top, rest=_rest),
            Wishes(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
        )

    more = "\n        include_preprocessing: whether pixels of 0 to 255 are normalized inside."
    says = f"ConvNeXt{size}; images of 224 x 224 by default."
    document(make, f"ConvNeXt{size}", says, _REFERENCE, more)
    return publish(make, f"ConvNeXt{size}", "convnext", __name__)


ConvNeXtTiny = _convnext("Tiny")
ConvNeXtSmall = _convnext("Small")
ConvNeXtBase = _convnext("Base")
ConvNeXtLarge = _convnext("Large")
ConvNeXtXLarge = _convnext("XLarge")
