"""One step of a convolutional LSTM."""

from typing import Any

from lamina import _settings, ops
from lamina._checks import check_one_of, check_positive_int
from lamina.ops._layout import window_of

from ._lstm import LSTMCell

LAYOUT = ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate")


class ConvLSTMCell(LSTMCell):
    """The cell of `ConvLSTM1D`, `ConvLSTM2D` and `ConvLSTM3D`: an LSTM's, whose products are convolutions.

    Args:
        rank: how many spatial axes.
        filters, kernel_size, strides, padding, data_format, dilation_rate: of the convolution of inputs, as for Conv1D; that of
            the state keeps its size.
        kwargs: of `LSTMCell`.
    """

    def __init__(
        self,
        rank: int,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        **kwargs: Any,
    ):
        check_positive_int(filters, "filters", type(self).__name__)
        super().__init__(filters, **kwargs)
        where = self._owner
        check_one_of(str(padding).lower(), ("valid", "same"), "padding", where)
        self.rank = rank
        self.filters = filters
        window = window_of(kernel_size, strides, dilation_rate, rank, where)
        self.kernel_size, self.strides, self.dilation_rate = window
        self.padding: str = str(padding).lower()
        self.data_format: str = _settings.standardize_data_format(data_format)

    @property
    def _channel_axis(self) -> int:
        return 1 if self.data_format == "channels_first" else -1

    def build(self, input_shape: Any) -> None:
        if None in input_shape[1:]:
            raise ValueError(
                f"{self._owner}: spatial axes and channels must be known; got an input of shape {input_shape}."
            )
        self._step_shape = tuple(input_shape[1:])
        channels = input_shape[self._channel_axis]
        self.kernel: Any = self._add("kernel", (*self.kernel_size, channels, self.filters * 4))
        self.recurrent_kernel: Any = self._add("recurrent_kernel", (*self.kernel_size, self.filters, self.filters * 4))
        if self.use_bias:
            self.bias: Any = self._add("bias", self._bias_shape())

    def _options(self, is_input: bool) -> dict[str, Any]:
        """Of the convolution of inputs, or of states."""
        options = {"strides": 1, "padding": "same", "dilation_rate": 1}
        if is_input:
            options = {name: getattr(self, name) for name in options}
        return {**options, "data_format": self.data_format}

    def state_shape(self, batch_size: Any, step_shape: Any = None) -> tuple[Any, ...]:
        """The shape of state and output for steps of a shape, without the batch."""
        step = self._step_shape if step_shape is None else tuple(step_shape)
        spatial = step[1:] if self._channel_axis == 1 else step[:-1]
        window = [(k - 1) * d + 1 for k, d in zip(self.kernel_size, self.dilation_rate)]
        if self.padding == "same":
            window = [1] * self.rank
        sizes = tuple((n - w) // s + 1 for n, w, s in zip(spatial, window, self.strides))
        if min(sizes) < 1:
            raise ValueError(f"{self._owner}: kernel_size={self.kernel_size} does not fit steps of shape {step}.")
        place = (self.filters, *sizes) if self._channel_axis == 1 else (*sizes, self.filters)
        return (batch_size, *place)

    def get_initial_state(self, batch_size: Any = None) -> Any:
        """Zeros, one tensor of the output's shape for each state."""
        return [ops.zeros(self.state_shape(batch_size), dtype=self.compute_dtype) for _ in range(2)]

    def draw_masks(self, batch_size: Any) -> tuple[Any, Any]:
        """Dropout masks for inputs and state, one a gate."""
        return (
            self._draw(self.dropout, (batch_size, *self._step_shape), 4),
            self._draw(self.recurrent_dropout, self.state_shape(batch_size), 4),
        )

    def _project(self, x: Any, masks: Any, weights: Any, bias: Any, count: int) -> list[Any]:
        options, axis = self._options(weights is not self.recurrent_kernel), self._channel_axis
        if masks is None:
            gates = list(ops.split(ops.conv(x, weights, **options), count, axis=axis))
        else:
            parts = ops.split(weights, count, axis=-1)
            gates = [ops.conv(ops.multiply(x, m), w, **options) for m, w in zip(masks, parts)]
        if bias is None:
            return gates
        shape = (1, -1, *(1,) * self.rank) if axis == 1 else (-1,)
        return [ops.add(g, ops.reshape(b, shape)) for g, b in zip(gates, ops.split(bias, count, axis=0))]

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["units"]
        return {**config, "rank": self.rank, **{name: getattr(self, name) for name in LAYOUT}}
