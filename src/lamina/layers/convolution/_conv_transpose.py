"""Transposed convolution layers, which enlarge: the gradient of a convolution, used forwards."""

from collections.abc import Sequence
from typing import Any, Unpack

from lamina import ops
from lamina._public import public
from lamina.ops._layout import sizes_of

from .._base._arguments import GeneralArguments, LayerArguments
from ._base import BaseConv


class BaseConvTranspose(BaseConv):
    """A transposed convolution over `rank` spatial axes, with `output_padding` added to one side of the output."""

    def __init__(
        self,
        rank: int,
        filters: int,
        kernel_size: int | Sequence[int],
        output_padding: Any = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(rank, filters, kernel_size, **kwargs)
        if output_padding is not None:
            given = output_padding if isinstance(output_padding, (tuple, list)) else (output_padding,) * rank
            # Zero is allowed here, so one is added for the check.
            where = f'{type(self).__name__} "{self.name}"'
            output_padding = tuple(n - 1 for n in sizes_of([n + 1 for n in given], rank, "output_padding + 1", where))
            if any(e >= s for e, s in zip(output_padding, self.strides)):
                raise ValueError(f"{where}: output_padding must be below strides={self.strides}; got {output_padding}.")
        self.output_padding = output_padding

    def build(self, input_shape: Any) -> None:
        channels = self._channels(input_shape)
        self.kernel: Any = self._add_kernel((*self.kernel_size, self.filters, channels))
        self._add_bias(self.filters)

    def convolve(self, inputs: Any) -> Any:
        return ops.conv_transpose(
            inputs, self.kernel, self.strides, self.padding, self.output_padding, self.data_format, self.dilation_rate
        )

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "output_padding": self.output_padding}
        del config["groups"]
        return config


@public("layers.Conv1DTranspose", "layers.Convolution1DTranspose")
class Conv1DTranspose(BaseConvTranspose):
    """Transposed convolution over one axis: sequences and signals.

    Args:
        filters: number of outputs at each position.
        kernel_size, strides, dilation_rate: of the convolution it transposes.
        padding: "valid" (size grows by the window) or "same" (size times strides).
        output_padding: added to one side of the output; None for the size that Keras chooses.
        data_format, activation, use_bias, initializers, regularizers, constraints: as for Conv1D.

    Input `(batch, steps, channels)`, output the same rank with `filters` channels.
    Example:
        >>> layers.Conv1DTranspose(4, 3, strides=2)(ops.ones((2, 5, 3))).shape
        (2, 11, 4)

    Reference: Zeiler et al., Deconvolutional networks, 2010, doi:10.1109/CVPR.2010.5539957.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Unpack[GeneralArguments],
    ):
        super().__init__(
            1, filters, kernel_size, strides=strides, padding=padding, output_padding=output_padding,
            data_format=data_format, dilation_rate=dilation_rate, activation=activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint, **kwargs,
        )  # fmt: skip


@public("layers.Conv2DTranspose", "layers.Convolution2DTranspose")
class Conv2DTranspose(BaseConvTranspose):
    """Transposed convolution over two axes: images.

    Args:
        filters: number of outputs at each position.
        kernel_size, strides, dilation_rate: of the convolution it transposes.
        padding: "valid" (size grows by the window) or "same" (size times strides).
        output_padding: added to one side of the output; None for the size that Keras chooses.
        data_format, activation, use_bias, initializers, regularizers, constraints: as for Conv2D.

    Input `(batch, height, width, channels)`, output the same rank with `filters` channels.
    Example:
        >>> layers.Conv2DTranspose(4, 3, strides=2)(ops.ones((2, 5, 5, 3))).shape
        (2, 11, 11, 4)

    Reference: Zeiler et al., Deconvolutional networks, 2010, doi:10.1109/CVPR.2010.5539957.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Unpack[GeneralArguments],
    ):
        super().__init__(
            2, filters, kernel_size, strides=strides, padding=padding, output_padding=output_padding,
            data_format=data_format, dilation_rate=dilation_rate, activation=activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint, **kwargs,
        )  # fmt: skip


@public("layers.Conv3DTranspose", "layers.Convolution3DTranspose")
class Conv3DTranspose(BaseConvTranspose):
    """Transposed convolution over three axes: volumes and videos.

    Args:
        filters: number of outputs at each position.
        kernel_size, strides, dilation_rate: of the convolution it transposes.
        padding: "valid" (size grows by the window) or "same" (size times strides).
        output_padding: added to one side of the output; None for the size that Keras chooses.
        data_format, activation, use_bias, initializers, regularizers, constraints: as for Conv3D.

    Input `(batch, depth, height, width, channels)`, output the same rank with `filters` channels.
    Example:
        >>> layers.Conv3DTranspose(2, 2)(ops.ones((1, 3, 3, 3, 2))).shape
        (1, 4, 4, 4, 2)

    Reference: Zeiler et al., Deconvolutional networks, 2010, doi:10.1109/CVPR.2010.5539957.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        output_padding: Any = None,
        dilation_rate: int | Sequence[int] = (1, 1, 1),
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Unpack[GeneralArguments],
    ):
        super().__init__(
            3, filters, kernel_size, strides=strides, padding=padding, output_padding=output_padding,
            data_format=data_format, dilation_rate=dilation_rate, activation=activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint, **kwargs,
        )  # fmt: skip
