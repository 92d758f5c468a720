"""What the cells share: arguments, weights, dropout masks that stay the same over the steps of a sequence."""

from typing import Any

from lamina import activations, constraints, initializers, ops, random, regularizers
from lamina._checks import check_fraction, check_one_of, check_positive_int
from lamina.variables import SeedGenerator

from .._base._layer import Layer

OBJECTS = {
    initializers: ("kernel_initializer", "recurrent_initializer", "bias_initializer"),
    regularizers: ("kernel_regularizer", "recurrent_regularizer", "bias_regularizer"),
    constraints: ("kernel_constraint", "recurrent_constraint", "bias_constraint"),
}


class RecurrentCell(Layer):
    """One step of a recurrent layer. Its gates lie side by side on the last axis of kernel, recurrent_kernel and bias.

    Args:
        units: size of the state.
        activation, use_bias, initializers, regularizers, constraints: as for Dense; recurrent_... for the weights that the
            state before is multiplied with.
        dropout: fraction of the inputs dropped in training. recurrent_dropout: fraction of the state dropped.
        seed: int or None, for dropout.
    """

    gates = 1

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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        **kwargs: Any,
    ):
        check_one_of(kwargs.pop("implementation", 2), (0, 1, 2), "implementation", type(self).__name__)
        super().__init__(**kwargs)
        check_positive_int(units, "units", self._owner)
        check_fraction(dropout, "dropout", self._owner)
        check_fraction(recurrent_dropout, "recurrent_dropout", self._owner)
        self.units = units
        self.activation: Any = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer: Any = initializers.get(kernel_initializer)
        self.recurrent_initializer: Any = initializers.get(recurrent_initializer)
        self.bias_initializer: Any = initializers.get(bias_initializer)
        self.kernel_regularizer: Any = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer: Any = regularizers.get(recurrent_regularizer)
        self.bias_regularizer: Any = regularizers.get(bias_regularizer)
        self.kernel_constraint: Any = constraints.get(kernel_constraint)
        self.recurrent_constraint: Any = constraints.get(recurrent_constraint)
        self.bias_constraint: Any = constraints.get(bias_constraint)
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.seed = seed
        self.seed_generator: Any = SeedGenerator(seed)
        self.state_size = units
        self.output_size = units
        self.bias = None
        object.__setattr__(self, "_held_masks", None)
        object.__setattr__(self, "_own_masks", {})

    def build(self, input_shape: Any) -> None:
        features = input_shape[-1]
        if features is None:
            raise ValueError(
                f"{self._owner}: the number of features must be known; got an input of shape {input_shape}."
            )
        self.kernel: Any = self._add("kernel", (features, self.units * self.gates))
        self.recurrent_kernel: Any = self._add("recurrent_kernel", (self.units, self.units * self.gates))
        if self.use_bias:
            self.bias: Any = self._add("bias", self._bias_shape())

    def _bias_shape(self) -> tuple[int, ...]:
        return (self.units * self.gates,)

    def _add(self, name: str, shape: tuple[int, ...]) -> Any:
        role = name.removesuffix("_kernel")
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=self._bias_start() if name == "bias" else getattr(self, f"{role}_initializer"),
            regularizer=getattr(self, f"{role}_regularizer"),
            constraint=getattr(self, f"{role}_constraint"),
        )

    def _bias_start(self) -> Any:
        return self.bias_initializer

    def get_initial_state(self, batch_size: Any = None) -> Any:
        """Zeros, a list of one tensor `(batch_size, units)` for each state."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [ops.zeros((batch_size, size), dtype=self.compute_dtype) for size in sizes]

    # --- dropout ------------------------------------------------------------------------------------------------------

    def draw_masks(self, batch_size: Any) -> tuple[Any, Any]:
        """Dropout masks for inputs and state, each a list (one for all gates, or one a gate) or None."""
        # One mask for all gates as long as the state is whole: then one product gives all gates.
        count = self.gates if self.recurrent_dropout else 1
        features = self.kernel.shape[0]
        return (
            self._draw(self.dropout, (batch_size, features), count),
            self._draw(self.recurrent_dropout, (batch_size, self.units), count),
        )

    def _draw(self, rate: float, shape: tuple[Any, ...], count: int) -> list[Any] | None:
        if not 0 < rate < 1:
            return None
        ones = ops.ones(shape, dtype=self.compute_dtype)
        return [random.dropout(ones, rate, seed=self.seed_generator) for _ in range(count)]

    def get_dropout_mask(self, step_input: Any) -> Any:
        """What inputs are multiplied by, for cells of one's own: of the shape of `step_input`, drawn once and kept until
        `reset_dropout_mask`; a list, one a gate, where the state is dropped too; None without dropout."""
        return self._own_mask("inputs", self.dropout, step_input)

    def get_recurrent_dropout_mask(self, step_input: Any) -> Any:
        """Likewise for the state; until `reset_recurrent_dropout_mask`."""
        return self._own_mask("state", self.recurrent_dropout, step_input)

    def _own_mask(self, kind: str, rate: float, like: Any) -> Any:
        if rate > 0 and kind not in self._own_masks:
            drawn = self._draw(rate, tuple(ops.shape(like)), self.gates if self.recurrent_dropout else 1)
            self._own_masks[kind] = drawn[0] if drawn is not None and len(drawn) == 1 else drawn
        return self._own_masks.get(kind)

    def reset_dropout_mask(self) -> None:
        """Lets the next mask of the inputs be drawn."""
        self._own_masks.pop("inputs", None)

    def reset_recurrent_dropout_mask(self) -> None:
        """Lets the next mask of the state be drawn."""
        self._own_masks.pop("state", None)

    def hold_masks(self, masks: Any) -> None:
        """Sets the masks that all steps use until `hold_masks(None)`."""
        object.__setattr__(self, "_held_masks", masks)

    def _masks(self, inputs: Any, training: Any) -> tuple[Any, Any]:
        if not training or not (self.dropout or self.recurrent_dropout):
            return None, None
        return self._held_masks or self.draw_masks(ops.shape(inputs)[0])

    def _project(self, x: Any, masks: Any, weights: Any, bias: Any, count: int) -> list[Any]:
        """`x · weights + bias`, split into gates; each gate may have its own dropout mask of x."""
        if masks is not None and len(masks) >= count > 1:
            parts = ops.split(weights, count, axis=1)
            gates = [ops.matmul(ops.multiply(x, m), w) for m, w in zip(masks, parts)]
            biases = [None] * count if bias is None else ops.split(bias, count, axis=0)
            return [g if b is None else ops.add(g, b) for g, b in zip(gates, biases)]
        if masks is not None:
            x = ops.multiply(x, masks[0])
        y = ops.matmul(x, weights)
        y = y if bias is None else ops.add(y, bias)
        return [y] if count == 1 else list(ops.split(y, count, axis=-1))

    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
        }
        for module, names in OBJECTS.items():
            config |= {name: module.serialize(getattr(self, name)) for name in names}
        return config


def first_state(states: Any) -> Any:
    return states[0] if isinstance(states, (list, tuple)) else states


def activated(activation: Any, x: Any) -> Any:
    return x if activation is None else activation(x)
