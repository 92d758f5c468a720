"""LSTM over sequences of lines, images and volumes."""

from typing import Any

from lamina._public import public
from lamina._typing import TensorLike

from .._base._input_spec import InputSpec
from ._conv_lstm_cell import LAYOUT, ConvLSTMCell
from ._rnn import OverCell, of_cell

_OF_CELL = (
    *LAYOUT, "activation", "recurrent_activation", "use_bias", "kernel_initializer", "recurrent_initializer",
    "bias_initializer", "unit_forget_bias", "kernel_regularizer", "recurrent_regularizer", "bias_regularizer",
    "kernel_constraint", "recurrent_constraint", "bias_constraint", "dropout", "recurrent_dropout", "seed",
)  # fmt: skip


class ConvLSTM(OverCell):
    """The base of the three: `arguments` are those of the layer, of which the cell gets its own."""

    rank = 0

    def __init__(self, arguments: dict[str, Any], kwargs: dict[str, Any]):
        own = {name: arguments[name] for name in _OF_CELL}
        cell = ConvLSTMCell(
            self.rank, **own, dtype=kwargs.get("dtype"), trainable=kwargs.get("trainable", True), name="conv_lstm_cell"
        )
        names = ("activity_regularizer", "return_sequences", "return_state", "go_backwards", "stateful")
        super().__init__(cell, **{name: arguments[name] for name in names}, **kwargs)
        self.input_spec = InputSpec(ndim=self.rank + 3)

    filters: Any = of_cell("filters")
    kernel_size: Any = of_cell("kernel_size")
    strides: Any = of_cell("strides")
    padding: Any = of_cell("padding")
    data_format: Any = of_cell("data_format")
    dilation_rate: Any = of_cell("dilation_rate")
    recurrent_activation: Any = of_cell("recurrent_activation")
    unit_forget_bias: Any = of_cell("unit_forget_bias")

    def _state_shapes(self, batch: Any) -> list[tuple[Any, ...]]:
        return [self.cell.state_shape(batch)] * 2

    def _output_before(self, states: list[Any]) -> Any:
        return states[0]

    def whole_sequence(self, sequences: TensorLike, states: TensorLike, mask: TensorLike, training: bool | None) -> Any:
        return None

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        batch, steps, *step = sequences_shape
        state = self.cell.state_shape(batch, step)
        output = (batch, steps, *state[1:]) if self.return_sequences else state
        return (output, state, state) if self.return_state else output

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {k: v for k, v in config.items() if k not in ("rank", "units")}


@public("layers.ConvLSTM1D")
class ConvLSTM1D(ConvLSTM):
    """An LSTM over sequences of lines: its products are convolutions, so that state and output have 1 spatial axis.

    See `LSTM` for the formulas; the columns of the weights are in the order i, f, c, o.

    Args:
        filters: channels of state and output.
        kernel_size: of both convolutions, an int or one for each axis.
        strides, padding, dilation_rate: of the convolution of inputs; that of states keeps their size.
        data_format: "channels_last", "channels_first" or None for the default.
        activation, recurrent_activation: of the cell and of the gates. use_bias: as for Conv1D.
        kernel_initializer, recurrent_initializer, bias_initializer: initial values.
        unit_forget_bias: whether the forget gate's bias starts at 1.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: projections.
        dropout, recurrent_dropout: fractions of inputs and state dropped in training, the same at every step.
        seed: int or None.
        return_sequences, return_state, go_backwards, stateful: as for RNN; states are `h, c`.

    Input `(batch, steps, size, channels)`; output `(batch, steps, size, filters)` with return_sequences, else
    without the steps.

    Example:
        >>> layers.ConvLSTM1D(5, 3, padding="same")(ops.ones((2, 3, 4, 1))).shape
        (2, 4, 5)

    Reference: Shi et al., Convolutional LSTM Network, 2015, https://arxiv.org/abs/1506.04214
    """

    rank = 1

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ):
        super().__init__(locals(), kwargs)


@public("layers.ConvLSTM2D")
class ConvLSTM2D(ConvLSTM):
    """An LSTM over sequences of images: its products are convolutions, so that state and output have 2 spatial axes.

    See `LSTM` for the formulas; the columns of the weights are in the order i, f, c, o.

    Args:
        filters: channels of state and output.
        kernel_size: of both convolutions, an int or one for each axis.
        strides, padding, dilation_rate: of the convolution of inputs; that of states keeps their size.
        data_format: "channels_last", "channels_first" or None for the default.
        activation, recurrent_activation: of the cell and of the gates. use_bias: as for Conv2D.
        kernel_initializer, recurrent_initializer, bias_initializer: initial values.
        unit_forget_bias: whether the forget gate's bias starts at 1.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: projections.
        dropout, recurrent_dropout: fractions of inputs and state dropped in training, the same at every step.
        seed: int or None.
        return_sequences, return_state, go_backwards, stateful: as for RNN; states are `h, c`.

    Input `(batch, steps, height, width, channels)`; output `(batch, steps, height, width, filters)` with return_sequences, else
    without the steps.

    Example:
        >>> layers.ConvLSTM2D(5, 3, padding="same")(ops.ones((2, 3, 4, 4, 1))).shape
        (2, 4, 4, 5)

    Reference: Shi et al., Convolutional LSTM Network, 2015, https://arxiv.org/abs/1506.04214
    """

    rank = 2

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ):
        super().__init__(locals(), kwargs)


@public("layers.ConvLSTM3D")
class ConvLSTM3D(ConvLSTM):
    """An LSTM over sequences of volumes: its products are convolutions, so that state and output have 3 spatial axes.

    See `LSTM` for the formulas; the columns of the weights are in the order i, f, c, o.

    Args:
        filters: channels of state and output.
        kernel_size: of both convolutions, an int or one for each axis.
        strides, padding, dilation_rate: of the convolution of inputs; that of states keeps their size.
        data_format: "channels_last", "channels_first" or None for the default.
        activation, recurrent_activation: of the cell and of the gates. use_bias: as for Conv3D.
        kernel_initializer, recurrent_initializer, bias_initializer: initial values.
        unit_forget_bias: whether the forget gate's bias starts at 1.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: projections.
        dropout, recurrent_dropout: fractions of inputs and state dropped in training, the same at every step.
        seed: int or None.
        return_sequences, return_state, go_backwards, stateful: as for RNN; states are `h, c`.

    Input `(batch, steps, depth, height, width, channels)`;
    output `(batch, steps, depth, height, width, filters)` with return_sequences, else without the steps.

    Example:
        >>> layers.ConvLSTM3D(5, 3, padding="same")(ops.ones((2, 3, 4, 4, 4, 1))).shape
        (2, 4, 4, 4, 5)

    Reference: Shi et al., Convolutional LSTM Network, 2015, https://arxiv.org/abs/1506.04214
    """

    rank = 3

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ):
        super().__init__(locals(), kwargs)
