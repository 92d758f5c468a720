from typing import Any

from lamina import activations, ops
from lamina._public import public
from lamina._typing import TensorLike
from lamina.engines import engine

from ._cell import RecurrentCell, activated, first_state
from ._rnn import OverCell, of_cell


@public("layers.GRUCell")
class GRUCell(RecurrentCell):
    """One step of a GRU; see `GRU` for the formulas and the arguments.

    Args:
        units: size of the state.
        activation, recurrent_activation: of the candidate and of the gates. use_bias: as for Dense.
        kernel_initializer, recurrent_initializer, bias_initializer: initial values.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: projections.
        dropout, recurrent_dropout: fractions of inputs and state dropped in training.
        reset_after: whether the reset gate is applied after the product with the recurrent kernel.
        seed: int or None.

    Called on inputs `(batch, features)` and a list of one state `(batch, units)`; returns the new state and a list of it.
    Example:
        >>> layers.RNN(layers.GRUCell(4))(ops.ones((2, 5, 3))).shape
        (2, 4)
    """

    gates = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        reset_after: bool = True,
        seed: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            units, activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint,
            bias_constraint, dropout, recurrent_dropout, seed, **kwargs,
        )  # fmt: skip
        self.recurrent_activation: Any = activations.get(recurrent_activation)
        self.reset_after = reset_after

    def _bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def call(self, inputs: TensorLike, states: TensorLike, training: bool | None = False) -> Any:
        h = first_state(states)
        masks, state_masks = self._masks(inputs, training)
        bias, state_bias = self.bias, None
        if bias is not None and self.reset_after:
            bias, state_bias = bias[0], bias[1]
        z, r, candidate = self._project(inputs, masks, self.kernel, bias, 3)
        if self.reset_after:
            z_h, r_h, candidate_h = self._project(h, state_masks, self.recurrent_kernel, state_bias, 3)
        else:
            weights, candidate_weights = ops.split(self.recurrent_kernel, [2 * self.units], axis=1)
            z_h, r_h = self._project(h, state_masks and state_masks[:2], weights, None, 2)
        z = activated(self.recurrent_activation, ops.add(z, z_h))
        r = activated(self.recurrent_activation, ops.add(r, r_h))
        if self.reset_after:
            candidate_h = ops.multiply(r, candidate_h)
        else:
            kept = h if state_masks is None else ops.multiply(h, state_masks[2])
            candidate_h = ops.matmul(ops.multiply(r, kept), candidate_weights)
        candidate = activated(self.activation, ops.add(candidate, candidate_h))
        h = ops.add(ops.multiply(z, h), ops.multiply(ops.subtract(1, z), candidate))
        return h, [h] if isinstance(states, (list, tuple)) else h

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "reset_after": self.reset_after,
        }


@public("layers.GRU")
class GRU(OverCell):
    """Gated recurrent unit: a gate mixes the state before with a candidate for the new one.

    `z, r = recurrent_activation(x_t · kernel + h · recurrent_kernel + bias)`, each with its own columns;
    `n = activation(x_t · kernel_n + bias_n + r · (h · recurrent_kernel_n + recurrent_bias_n))`, or with
    reset_after=False `n = activation(x_t · kernel_n + bias_n + (r · h) · recurrent_kernel_n)`; `h' = z · h + (1 - z) · n`.
    The columns of the weights are in the order z, r, n.

    Args:
        units: size of state and output.
        activation, recurrent_activation: of the candidate and of the gates. use_bias: as for Dense.
        kernel_initializer, recurrent_initializer, bias_initializer: initial values.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: projections.
        dropout, recurrent_dropout: fractions of inputs and state dropped in training, the same at every step.
        seed: int or None.
        return_sequences, return_state, go_backwards, stateful, unroll: as for RNN.
        reset_after: whether the reset gate is applied after the product with the recurrent kernel.
        use_cudnn: False to go step by step; else a kernel for the whole sequence is used where it can be.

    Input `(batch, steps, features)`; output `(batch, steps, units)` with return_sequences, else `(batch, units)`.

    Example:
        >>> GRU(4)(ops.ones((2, 5, 3))).shape
        (2, 4)

    Reference: Cho et al., Learning phrase representations using RNN encoder-decoder, 2014, arXiv:1406.1078
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
        reset_after: bool = True,
        use_cudnn: str = "auto",
        **kwargs: Any,
    ):
        cell = GRUCell(
            units, activation=activation, recurrent_activation=recurrent_activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint, dropout=dropout, recurrent_dropout=recurrent_dropout,
            reset_after=reset_after, seed=seed, dtype=kwargs.get("dtype"), trainable=kwargs.get("trainable", True),
            name="gru_cell", implementation=kwargs.pop("implementation", 2),
        )  # fmt: skip
        super().__init__(
            cell, activity_regularizer=activity_regularizer, use_cudnn=use_cudnn, return_sequences=return_sequences,
            return_state=return_state, go_backwards=go_backwards, stateful=stateful, unroll=unroll, **kwargs,
        )  # fmt: skip

    recurrent_activation: Any = of_cell("recurrent_activation")
    reset_after: Any = of_cell("reset_after")

    def fits_kernel(self) -> Any:
        usual = self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid
        return super().fits_kernel() and usual and self.reset_after

    def engine_kernel(self) -> Any:
        return engine.nn.gru
