"""What both EfficientNets share: the look at the whole image, the residual, the end, initial weights."""

from typing import Any

from lamina.initializers import VarianceScaling
from lamina.layers import Add, Conv2D, Dense, Dropout, GlobalAveragePooling2D, Multiply, Reshape

from ._application import Wishes
from ._blocks import activate, channel_axis, convolve, normalize


def kernel() -> VarianceScaling:
    """Initial kernels of convolutions."""
    return VarianceScaling(2.0, "fan_out", "truncated_normal")


def squeeze_excite(x: Any, filters: int, name: str) -> Any:
    """Each channel times a weight between 0 and 1, computed from the means of all channels by `filters` numbers."""
    channels = x.shape[channel_axis()]
    shape = (channels, 1, 1) if channel_axis() == 1 else (1, 1, channels)
    y = Reshape(shape, name=f"{name}se_reshape")(GlobalAveragePooling2D(name=f"{name}se_squeeze")(x))
    for number, activation, part in ((filters, "silu", "se_reduce"), (channels, "sigmoid", "se_expand")):
        y = Conv2D(number, 1, padding="same", activation=activation, kernel_initializer=kernel(), name=f"{name}{part}")(
            y
        )
    return Multiply(name=f"{name}se_excite")([x, y])


def residual(x: Any, start: Any, drop_rate: float, name: str) -> Any:
    """`x + start`, where in training `x` is left out for some samples."""
    if drop_rate > 0:
        x = Dropout(drop_rate, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(x)
    return Add(name=f"{name}add")([x, start])


def end(x: Any, filters: int, **options: Any) -> Any:
    """The last convolution."""
    x = convolve(x, filters, 1, name="top_conv", kernel_initializer=kernel())
    return activate(normalize(x, "top_bn", **options), "silu", "top_activation")


def top(x: Any, wishes: Wishes, dropout: float) -> Any:
    """The layers that tell the class."""
    x = Dropout(dropout, name="top_dropout")(GlobalAveragePooling2D(name="avg_pool")(x))
    return Dense(
        wishes.classes, activation=wishes.classifier_activation, name="predictions",
        kernel_initializer=VarianceScaling(1.0 / 3.0, "fan_out", "uniform"),
    )(x)  # fmt: skip


def letter(number: int) -> str:
    """a, b, c, ...: the blocks of a stage."""
    return chr(ord("a") + number)
