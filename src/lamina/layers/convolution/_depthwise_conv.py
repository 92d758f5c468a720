"""Depthwise convolution layers: every channel has windows of its own."""

from collections.abc import Sequence
from typing import Any, Unpack

from lamina import constraints, initializers, ops, regularizers
from lamina._checks import check_positive_int
from lamina._public import public

from .._base._arguments import GeneralArguments, LayerArguments
from ._base import BaseConv


class BaseDepthwiseConv(BaseConv):
    """A depthwise convolution over `rank` spatial axes, with `depth_multiplier` outputs for each channel."""

    def __init__(
        self,
        rank: int,
        kernel_size: int | Sequence[int],
        depth_multiplier: int = 1,
        depthwise_initializer: Any = "glorot_uniform",
        depthwise_regularizer: Any = None,
        depthwise_constraint: Any = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(rank, None, kernel_size, **kwargs)
        check_positive_int(depth_multiplier, "depth_multiplier", f'{type(self).__name__} "{self.name}"')
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer: Any = initializers.get(depthwise_initializer)
        self.depthwise_regularizer: Any = regularizers.get(depthwise_regularizer)
        self.depthwise_constraint: Any = constraints.get(depthwise_constraint)

    def build(self, input_shape: Any) -> None:
        channels = self._channels(input_shape)
        self.kernel: Any = self.add_weight(
            name="kernel",
            shape=(*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )
        self._add_bias(channels * self.depth_multiplier)

    def convolve(self, inputs: Any) -> Any:
        return ops.depthwise_conv(inputs, self.kernel, self.strides, self.padding, self.data_format, self.dilation_rate)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        for name in ("filters", "groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"):
            del config[name]
        return {
            **config,
            "depth_multiplier": self.depth_multiplier,
            "depthwise_initializer": initializers.serialize(self.depthwise_initializer),
            "depthwise_regularizer": regularizers.serialize(self.depthwise_regularizer),
            "depthwise_constraint": constraints.serialize(self.depthwise_constraint),
        }


@public("layers.DepthwiseConv1D")
class DepthwiseConv1D(BaseDepthwiseConv):
    """Depthwise convolution over one axis: sequences and signals.

    Args:
        kernel_size, strides, padding, data_format, dilation_rate: as for Conv1D.
        depth_multiplier: outputs for each channel.
        depthwise_initializer, depthwise_regularizer, depthwise_constraint: of the kernel.
        activation, use_bias, bias_initializer, bias_regularizer, bias_constraint: as for Conv1D.

    Input `(batch, steps, channels)`, output the same rank with `channels * depth_multiplier` channels.
    Example:
        >>> layers.DepthwiseConv1D(3, depth_multiplier=2)(ops.ones((2, 10, 3))).shape
        (2, 8, 6)
    """

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Unpack[GeneralArguments],
    ):
        super().__init__(
            1, kernel_size, strides=strides, padding=padding, depth_multiplier=depth_multiplier,
            data_format=data_format, dilation_rate=dilation_rate, activation=activation, use_bias=use_bias,
            depthwise_initializer=depthwise_initializer, bias_initializer=bias_initializer,
            depthwise_regularizer=depthwise_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, depthwise_constraint=depthwise_constraint,
            bias_constraint=bias_constraint, **kwargs,
        )  # fmt: skip


@public("layers.DepthwiseConv2D")
class DepthwiseConv2D(BaseDepthwiseConv):
    """Depthwise convolution over two axes: images.

    Args:
        kernel_size, strides, padding, data_format, dilation_rate: as for Conv2D.
        depth_multiplier: outputs for each channel.
        depthwise_initializer, depthwise_regularizer, depthwise_constraint: of the kernel.
        activation, use_bias, bias_initializer, bias_regularizer, bias_constraint: as for Conv2D.

    Input `(batch, height, width, channels)`, output the same rank with `channels * depth_multiplier` channels.
    Example:
        >>> layers.DepthwiseConv2D(3, depth_multiplier=2)(ops.ones((2, 8, 8, 3))).shape
        (2, 6, 6, 6)
    """

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Unpack[GeneralArguments],
    ):
        super().__init__(
            2, kernel_size, strides=strides, padding=padding, depth_multiplier=depth_multiplier,
            data_format=data_format, dilation_rate=dilation_rate, activation=activation, use_bias=use_bias,
            depthwise_initializer=depthwise_initializer, bias_initializer=bias_initializer,
            depthwise_regularizer=depthwise_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, depthwise_constraint=depthwise_constraint,
            bias_constraint=bias_constraint, **kwargs,
        )  # fmt: skip
