from typing import Any

from lamina import activations, ops
from lamina._public import public
from lamina._typing import TensorLike
from lamina.engines import engine

from ._cell import RecurrentCell, activated, first_state
from ._rnn import OverCell


@public("layers.SimpleRNNCell")
class SimpleRNNCell(RecurrentCell):
    """One step of a simple recurrent layer: `h' = activation(x · kernel + h · recurrent_kernel + bias)`.

    Args:
        units: size of the state.
        activation, use_bias: as for Dense.
        kernel_initializer, recurrent_initializer, bias_initializer: initial values.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: projections.
        dropout, recurrent_dropout: fractions of inputs and state dropped in training.
        seed: int or None.

    Called on inputs `(batch, features)` and a list of one state `(batch, units)`; returns the new state and a list of it.
    Example:
        >>> layers.RNN(layers.SimpleRNNCell(4))(ops.ones((2, 5, 3))).shape
        (2, 4)
    """

    def call(self, sequence: TensorLike, states: TensorLike, training: bool | None = False) -> Any:
        h = first_state(states)
        masks, state_masks = self._masks(sequence, training)
        (from_input,) = self._project(sequence, masks, self.kernel, self.bias, 1)
        (from_state,) = self._project(h, state_masks, self.recurrent_kernel, None, 1)
        output = activated(self.activation, ops.add(from_input, from_state))
        return output, [output] if isinstance(states, (list, tuple)) else output


@public("layers.SimpleRNN")
class SimpleRNN(OverCell):
    """Simple recurrence: the output of a step is also an input of the next.

    `h_t = activation(x_t · kernel + h_(t-1) · recurrent_kernel + bias)`

    Args:
        units: size of state and output.
        activation, use_bias: as for Dense.
        kernel_initializer, recurrent_initializer, bias_initializer: initial values.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: projections.
        dropout, recurrent_dropout: fractions of inputs and state dropped in training, the same at every step.
        return_sequences, return_state, go_backwards, stateful, unroll: as for RNN.
        seed: int or None.

    Input `(batch, steps, features)`; output `(batch, steps, units)` with return_sequences, else `(batch, units)`.

    Example:
        >>> SimpleRNN(4)(ops.ones((2, 5, 3))).shape
        (2, 4)

    Reference: Elman, Finding structure in time, Cognitive Science 14, 1990
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: Any = None,
        **kwargs: Any,
    ):
        cell = SimpleRNNCell(
            units, activation=activation, use_bias=use_bias, kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer, kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint, dropout=dropout,
            recurrent_dropout=recurrent_dropout, seed=seed, dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True), name="simple_rnn_cell",
            implementation=kwargs.pop("implementation", 2),
        )  # fmt: skip
        super().__init__(
            cell, activity_regularizer=activity_regularizer, return_sequences=return_sequences,
            return_state=return_state, go_backwards=go_backwards, stateful=stateful, unroll=unroll, **kwargs,
        )  # fmt: skip

    def fits_kernel(self) -> Any:
        return super().fits_kernel() and self.activation is activations.tanh

    def engine_kernel(self) -> Any:
        return engine.nn.simple_rnn
