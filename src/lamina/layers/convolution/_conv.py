"""Convolution layers: a window slides over the spatial axes, a Dense layer shared by all positions."""

from collections.abc import Sequence
from typing import Any, Unpack

from lamina import ops
from lamina._public import public

from .._base._arguments import GeneralArguments
from .._base._low_rank import Adaptable, LowRank
from ._base import BaseConv


class ConvArguments(GeneralArguments, total=False):
    """What these convolutions take by name beside their own arguments: those of `enable_lora`, which building then calls."""

    lora_rank: int | None
    lora_alpha: float | None


class AdaptableConv(LowRank, BaseConv):
    """A convolution whose kernel low-rank adaptation can take the place of."""

    kernel = Adaptable()

    def __init__(self, *args: Any, lora_rank: int | None = None, lora_alpha: float | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._ask_lora(lora_rank, lora_alpha)


@public("layers.Conv1D", "layers.Convolution1D")
class Conv1D(AdaptableConv):
    """Convolution over one axis: sequences and signals.

    Args:
        filters: number of outputs at each position.
        kernel_size, strides, dilation_rate: an int, or one for each axis; strides and dilation exclude each other.
        padding: "valid", "same" or "causal" (no output sees later inputs).
        data_format: "channels_last", "channels_first" or None for the default.
        groups: into how many groups channels and filters are split.
        activation, use_bias, initializers, regularizers, constraints, lora_rank, lora_alpha: as for Dense.

    Input `(batch, steps, channels)`, output the same rank with `filters` channels; channels first moves them to axis 1.
    Example:
        >>> layers.Conv1D(4, 3)(ops.ones((2, 10, 3))).shape
        (2, 8, 4)

    Reference: LeCun et al., Gradient-based learning applied to document recognition, 1998, doi:10.1109/5.726791.
    """

    paddings: tuple[str, ...] = ("valid", "same", "causal")

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Unpack[ConvArguments],
    ):
        super().__init__(
            1, filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, groups=groups, activation=activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint, **kwargs,
        )  # fmt: skip

    def convolve(self, inputs: Any) -> Any:
        if self.padding != "causal":
            return super().convolve(inputs)
        before = self.dilation_rate[0] * (self.kernel_size[0] - 1)
        widths = [(0, 0), (before, 0), (0, 0)] if self.data_format == "channels_last" else [(0, 0), (0, 0), (before, 0)]
        inputs = ops.pad(inputs, widths)
        return ops.conv(inputs, self.kernel, self.strides, "valid", self.data_format, self.dilation_rate)


@public("layers.Conv2D", "layers.Convolution2D")
class Conv2D(AdaptableConv):
    """Convolution over two axes: images.

    Args:
        filters: number of outputs at each position.
        kernel_size, strides, dilation_rate: an int, or one for each axis; strides and dilation exclude each other.
        padding: "valid", "same".
        data_format: "channels_last", "channels_first" or None for the default.
        groups: into how many groups channels and filters are split.
        activation, use_bias, initializers, regularizers, constraints, lora_rank, lora_alpha: as for Dense.

    Input `(batch, height, width, channels)`, output the same rank with `filters` channels; channels first moves them to axis 1.
    Example:
        >>> layers.Conv2D(4, 3, padding="same")(ops.ones((2, 8, 8, 3))).shape
        (2, 8, 8, 4)

    Reference: LeCun et al., Gradient-based learning applied to document recognition, 1998, doi:10.1109/5.726791.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Unpack[ConvArguments],
    ):
        super().__init__(
            2, filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, groups=groups, activation=activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint, **kwargs,
        )  # fmt: skip


@public("layers.Conv3D", "layers.Convolution3D")
class Conv3D(AdaptableConv):
    """Convolution over three axes: volumes and videos.

    Args:
        filters: number of outputs at each position.
        kernel_size, strides, dilation_rate: an int, or one for each axis; strides and dilation exclude each other.
        padding: "valid", "same".
        data_format: "channels_last", "channels_first" or None for the default.
        groups: into how many groups channels and filters are split.
        activation, use_bias, initializers, regularizers, constraints, lora_rank, lora_alpha: as for Dense.

    Input `(batch, depth, height, width, channels)`, output the same rank with `filters` channels.
    Example:
        >>> layers.Conv3D(4, 3, strides=2)(ops.ones((1, 7, 7, 7, 2))).shape
        (1, 3, 3, 3, 4)

    Reference: LeCun et al., Gradient-based learning applied to document recognition, 1998, doi:10.1109/5.726791.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1, 1),
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Unpack[ConvArguments],
    ):
        super().__init__(
            3, filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, groups=groups, activation=activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint, **kwargs,
        )  # fmt: skip
