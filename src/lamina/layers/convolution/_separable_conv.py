"""Separable convolution layers: each channel convolved on its own, then mixed at each position."""

from collections.abc import Sequence
from typing import Any, Unpack

from lamina import constraints, initializers, ops, regularizers
from lamina._checks import check_positive_int
from lamina._public import public

from .._base._arguments import GeneralArguments, LayerArguments
from ._base import BaseConv


class BaseSeparableConv(BaseConv):
    """A depthwise convolution over `rank` spatial axes and a pointwise one."""

    def __init__(
        self,
        rank: int,
        filters: int,
        kernel_size: int | Sequence[int],
        depth_multiplier: int = 1,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(rank, filters, kernel_size, **kwargs)
        check_positive_int(depth_multiplier, "depth_multiplier", f'{type(self).__name__} "{self.name}"')
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer: Any = initializers.get(depthwise_initializer)
        self.pointwise_initializer: Any = initializers.get(pointwise_initializer)
        self.depthwise_regularizer: Any = regularizers.get(depthwise_regularizer)
        self.pointwise_regularizer: Any = regularizers.get(pointwise_regularizer)
        self.depthwise_constraint: Any = constraints.get(depthwise_constraint)
        self.pointwise_constraint: Any = constraints.get(pointwise_constraint)

    def build(self, input_shape: Any) -> None:
        channels = self._channels(input_shape)
        self.depthwise_kernel: Any = self.add_weight(
            name="depthwise_kernel",
            shape=(*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )
        self.pointwise_kernel: Any = self.add_weight(
            name="pointwise_kernel",
            shape=(*(1,) * self.rank, channels * self.depth_multiplier, self.filters),
            initializer=self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
        )
        self._add_bias(self.filters)

    def convolve(self, inputs: Any) -> Any:
        padding = self.padding
        if padding == "causal":
            before = self.dilation_rate[0] * (self.kernel_size[0] - 1)
            last = self.data_format == "channels_last"
            inputs = ops.pad(inputs, [(0, 0), (before, 0), (0, 0)] if last else [(0, 0), (0, 0), (before, 0)])
            padding = "valid"
        return ops.separable_conv(
            inputs, self.depthwise_kernel, self.pointwise_kernel, self.strides, padding, self.data_format,
            self.dilation_rate,
        )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        for name in ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"):
            del config[name]
        return {
            **config,
            "depth_multiplier": self.depth_multiplier,
            "depthwise_initializer": initializers.serialize(self.depthwise_initializer),
            "pointwise_initializer": initializers.serialize(self.pointwise_initializer),
            "depthwise_regularizer": regularizers.serialize(self.depthwise_regularizer),
            "pointwise_regularizer": regularizers.serialize(self.pointwise_regularizer),
            "depthwise_constraint": constraints.serialize(self.depthwise_constraint),
            "pointwise_constraint": constraints.serialize(self.pointwise_constraint),
        }


@public("layers.SeparableConv1D", "layers.SeparableConvolution1D")
class SeparableConv1D(BaseSeparableConv):
    """Separable convolution over one axis: sequences and signals.

    Args:
        filters: number of outputs at each position.
        kernel_size, strides, padding, data_format, dilation_rate: of the depthwise step, as for Conv1D.
        depth_multiplier: outputs of the depthwise step for each channel.
        depthwise_*, pointwise_*: initializer, regularizer and constraint of the two kernels.
        activation, use_bias, bias_initializer, bias_regularizer, bias_constraint: as for Conv1D.

    Input `(batch, steps, channels)`, output the same rank with `filters` channels.
    Example:
        >>> layers.SeparableConv1D(4, 3)(ops.ones((2, 10, 3))).shape
        (2, 8, 4)

    Reference: Chollet, Xception, 2016, arXiv:1610.02357.
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
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Unpack[GeneralArguments],
    ):
        super().__init__(
            1, filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, depth_multiplier=depth_multiplier, activation=activation, use_bias=use_bias,
            depthwise_initializer=depthwise_initializer, pointwise_initializer=pointwise_initializer,
            bias_initializer=bias_initializer, depthwise_regularizer=depthwise_regularizer,
            pointwise_regularizer=pointwise_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, depthwise_constraint=depthwise_constraint,
            pointwise_constraint=pointwise_constraint, bias_constraint=bias_constraint, **kwargs,
        )  # fmt: skip


@public("layers.SeparableConv2D", "layers.SeparableConvolution2D")
class SeparableConv2D(BaseSeparableConv):
    """Separable convolution over two axes: images.

    Args:
        filters: number of outputs at each position.
        kernel_size, strides, padding, data_format, dilation_rate: of the depthwise step, as for Conv2D.
        depth_multiplier: outputs of the depthwise step for each channel.
        depthwise_*, pointwise_*: initializer, regularizer and constraint of the two kernels.
        activation, use_bias, bias_initializer, bias_regularizer, bias_constraint: as for Conv2D.

    Input `(batch, height, width, channels)`, output the same rank with `filters` channels.
    Example:
        >>> layers.SeparableConv2D(4, 3)(ops.ones((2, 8, 8, 3))).shape
        (2, 6, 6, 4)

    Reference: Chollet, Xception, 2016, arXiv:1610.02357.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Unpack[GeneralArguments],
    ):
        super().__init__(
            2, filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, depth_multiplier=depth_multiplier, activation=activation, use_bias=use_bias,
            depthwise_initializer=depthwise_initializer, pointwise_initializer=pointwise_initializer,
            bias_initializer=bias_initializer, depthwise_regularizer=depthwise_regularizer,
            pointwise_regularizer=pointwise_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, depthwise_constraint=depthwise_constraint,
            pointwise_constraint=pointwise_constraint, bias_constraint=bias_constraint, **kwargs,
        )  # fmt: skip
