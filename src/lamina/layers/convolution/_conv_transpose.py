"""Transposed convolution layers, which enlarge: the gradient of a convolution, used forwards."""

from typing import Any

from lamina import ops
from lamina._public import public
from lamina.ops._layout import sizes_of

from ._base import BaseConv


class BaseConvTranspose(BaseConv):
    """A transposed convolution over `rank` spatial axes, with `output_padding` added to one side of the output."""

    def __init__(self, rank, filters, kernel_size, output_padding=None, **kwargs):
        super().__init__(rank, filters, kernel_size, **kwargs)
        if output_padding is not None:
            given = output_padding if isinstance(output_padding, (tuple, list)) else (output_padding,) * rank
            # Zero is allowed here, so one is added for the check.
            where = f'{type(self).__name__} "{self.name}"'
            output_padding = tuple(n - 1 for n in sizes_of([n + 1 for n in given], rank, "output_padding + 1", where))
            if any(e >= s for e, s in zip(output_padding, self.strides)):
                raise ValueError(f"{where}: output_padding must be below strides={self.strides}; got {output_padding}.")
        self.output_padding = output_padding

    def build(self, input_shape):
        channels = self._channels(input_shape)
        self.kernel = self._add_kernel((*self.kernel_size, self.filters, channels))
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
        self, filters, kernel_size, strides=1, padding="valid", output_padding=None, data_format=None, dilation_rate=1,
        activation=None, use_bias=True, kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None,
        bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None, **kwargs,
    ):  # fmt: skip
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
        self, filters, kernel_size, strides=(1, 1), padding="valid", output_padding=None, data_format=None, dilation_rate=(1, 1),
        activation=None, use_bias=True, kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None,
        bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None, **kwargs,
    ):  # fmt: skip
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
        self, filters, kernel_size, strides=(1, 1, 1), padding="valid", data_format=None, output_padding=None,
        dilation_rate=(1, 1, 1), activation=None, use_bias=True, kernel_initializer="glorot_uniform",
        bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
        kernel_constraint=None, bias_constraint=None, **kwargs,
    ):  # fmt: skip
        super().__init__(
            3, filters, kernel_size, strides=strides, padding=padding, output_padding=output_padding,
            data_format=data_format, dilation_rate=dilation_rate, activation=activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint, **kwargs,
        )  # fmt: skip
