from typing import Any

from lamina import activations, initializers, ops
from lamina._public import public
from lamina._typing import TensorLike
from lamina.engines import engine

from ._cell import RecurrentCell, activated
from ._rnn import OverCell, of_cell


@public("layers.LSTMCell")
class LSTMCell(RecurrentCell):
    """One step of an LSTM; see `LSTM` for the formulas and the arguments.

    Args:
        units: size of state and cell.
        activation, recurrent_activation: of the cell and of the gates. use_bias: as for Dense.
        kernel_initializer, recurrent_initializer, bias_initializer: initial values.
        unit_forget_bias: whether the forget gate's bias starts at 1.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: projections.
        dropout, recurrent_dropout: fractions of inputs and state dropped in training.
        seed: int or None.

    Called on inputs `(batch, features)` and a list of state and cell, `(batch, units)` each; returns the new state and a
    list of both.
    Example:
        >>> layers.RNN(layers.LSTMCell(4))(ops.ones((2, 5, 3))).shape
        (2, 4)
    """

    gates = 4

    def __init__(
        self,
        units: int,
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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            units, activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint,
            bias_constraint, dropout, recurrent_dropout, seed, **kwargs,
        )  # fmt: skip
        self.recurrent_activation: Any = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias
        self.state_size: Any = [units, units]

    def _bias_start(self) -> Any:
        return self._forget_bias if self.unit_forget_bias else self.bias_initializer

    def _forget_bias(self, shape: Any, dtype: Any = None) -> Any:
        units, start = self.units, self.bias_initializer
        ones = initializers.Ones()
        return ops.concatenate([start((units,), dtype), ones((units,), dtype), start((2 * units,), dtype)])

    def call(self, inputs: TensorLike, states: TensorLike, training: bool | None = False) -> Any:
        h, c = states
        masks, state_masks = self._masks(inputs, training)
        from_input = self._project(inputs, masks, self.kernel, self.bias, 4)
        from_state = self._project(h, state_masks, self.recurrent_kernel, None, 4)
        i, f, candidate, o = (ops.add(a, b) for a, b in zip(from_input, from_state))
        i, f, o = (activated(self.recurrent_activation, gate) for gate in (i, f, o))
        c = ops.add(ops.multiply(f, c), ops.multiply(i, activated(self.activation, candidate)))
        h = ops.multiply(o, activated(self.activation, c))
        return h, [h, c]

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "unit_forget_bias": self.unit_forget_bias,
        }


@public("layers.LSTM")
class LSTM(OverCell):
    """Long short-term memory: a cell that gates let be written, kept and read.

    `i, f, o = recurrent_activation(x_t · kernel + h · recurrent_kernel + bias)`, each with its own columns;
    `c' = f · c + i · activation(x_t · kernel_c + h · recurrent_kernel_c + bias_c)`; `h' = o · activation(c')`. The columns
    of the weights are in the order i, f, c, o.

    Args:
        units: size of state, cell and output.
        activation, recurrent_activation: of the cell and of the gates. use_bias: as for Dense.
        kernel_initializer, recurrent_initializer, bias_initializer: initial values.
        unit_forget_bias: whether the forget gate's bias starts at 1.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: projections.
        dropout, recurrent_dropout: fractions of inputs and state dropped in training, the same at every step.
        seed: int or None.
        return_sequences, return_state, go_backwards, stateful, unroll: as for RNN; states are `h, c`.
        use_cudnn: False to go step by step; else a kernel for the whole sequence is used where it can be.

    Input `(batch, steps, features)`; output `(batch, steps, units)` with return_sequences, else `(batch, units)`.

    Example:
        >>> output, h, c = LSTM(4, return_sequences=True, return_state=True)(ops.ones((2, 5, 3)))
        >>> output.shape, h.shape, c.shape
        ((2, 5, 4), (2, 4), (2, 4))

    Reference: Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9, 1997
    """

    def __init__(
        self,
        units: int,
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
        unroll: bool = False,
        use_cudnn: str = "auto",
        **kwargs: Any,
    ):
        cell = LSTMCell(
            units, activation=activation, recurrent_activation=recurrent_activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer, unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer, recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer, kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint, dropout=dropout,
            recurrent_dropout=recurrent_dropout, seed=seed, dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True), name="lstm_cell", implementation=kwargs.pop("implementation", 2),
        )  # fmt: skip
        super().__init__(
            cell, activity_regularizer=activity_regularizer, use_cudnn=use_cudnn, return_sequences=return_sequences,
            return_state=return_state, go_backwards=go_backwards, stateful=stateful, unroll=unroll, **kwargs,
        )  # fmt: skip

    recurrent_activation: Any = of_cell("recurrent_activation")
    unit_forget_bias: Any = of_cell("unit_forget_bias")

    def fits_kernel(self) -> Any:
        usual = self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid
        return super().fits_kernel() and usual

    def engine_kernel(self) -> Any:
        return engine.nn.lstm
