"""What all convolution layers share: arguments, shapes, bias and activation."""

from collections.abc import Sequence
from typing import Any, Unpack

from lamina import _settings, activations, constraints, initializers, ops, regularizers
from lamina._checks import check_one_of, check_positive_int
from lamina._typing import TensorLike
from lamina.ops._layout import window_of

from .._base._arguments import GeneralArguments
from .._base._input_spec import InputSpec
from .._base._layer import Layer


class BaseConv(Layer):
    """A convolution over `rank` spatial axes. Subclasses make the kernel and apply it (`convolve`).

    Args:
        rank: 1, 2 or 3.
        filters: number of outputs at each position.
        kernel_size, strides, dilation_rate: an int, or one for each axis.
        padding: "valid" or "same" (Conv1D: "causal" too).
        data_format: "channels_last", "channels_first" or None for the default.
        groups: into how many groups channels and filters are split.
        activation, use_bias, initializers, regularizers, constraints: as for Dense.
    """

    paddings: tuple[str, ...] = ("valid", "same")

    def __init__(
        self,
        rank: int,
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
        **kwargs: Unpack[GeneralArguments],
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        where = f'{type(self).__name__} "{self.name}"'
        if filters is not None:
            check_positive_int(filters, "filters", where)
        check_positive_int(groups, "groups", where)
        if filters is not None and filters % groups:
            raise ValueError(f"{where}: filters must be a multiple of groups={groups}; got {filters}.")
        check_one_of(str(padding).lower(), self.paddings, "padding", where)
        self.rank = rank
        self.filters = filters
        self.groups = groups
        window = window_of(kernel_size, strides, dilation_rate, rank, where)
        self.kernel_size, self.strides, self.dilation_rate = window
        self.padding: str = str(padding).lower()
        self.data_format: str = _settings.standardize_data_format(data_format)
        self.activation: Any = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer: Any = initializers.get(kernel_initializer)
        self.bias_initializer: Any = initializers.get(bias_initializer)
        self.kernel_regularizer: Any = regularizers.get(kernel_regularizer)
        self.bias_regularizer: Any = regularizers.get(bias_regularizer)
        self.kernel_constraint: Any = constraints.get(kernel_constraint)
        self.bias_constraint: Any = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=rank + 2, max_ndim=rank + 2)
        self.bias = None

    @property
    def _channel_axis(self) -> int:
        return -1 if self.data_format == "channels_last" else 1

    def _channels(self, input_shape: Any) -> int:
        channels = input_shape[self._channel_axis]
        where = f'{type(self).__name__} "{self.name}"'
        if channels is None:
            raise ValueError(f"{where}: the number of channels must be known; got an input of shape {input_shape}.")
        if channels % self.groups:
            raise ValueError(f"{where}: {channels} channels cannot be split into groups={self.groups}.")
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={self._channel_axis: channels})
        return channels

    def _add_kernel(self, shape: Any) -> Any:
        return self.add_weight(
            name="kernel",
            shape=shape,
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )

    def _add_bias(self, size: int) -> None:
        if self.use_bias:
            self.bias: Any = self.add_weight(
                name="bias",
                shape=(size,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def build(self, input_shape: Any) -> None:
        channels = self._channels(input_shape)
        self.kernel: Any = self._add_kernel((*self.kernel_size, channels // self.groups, self.filters))
        self._add_bias(self.filters)

    def convolve(self, inputs: Any) -> Any:
        """The inputs convolved, without bias and activation."""
        return ops.conv(inputs, self.kernel, self.strides, self.padding, self.data_format, self.dilation_rate)

    def call(self, inputs: TensorLike) -> Any:
        outputs = self.convolve(inputs)
        if self.bias is not None:
            bias = self.bias
            if self.data_format == "channels_first":
                bias = ops.reshape(bias, (1, -1, *(1,) * self.rank))
            outputs = ops.add(outputs, bias)
        return self._activated(outputs)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
            "groups": self.groups,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }
