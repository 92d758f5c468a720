"""Adagrad: each weight has its own, falling, learning rate."""

from typing import Any, Unpack

from lamina import initializers, ops
from lamina._checks import check_non_negative
from lamina._public import public

from ._old_arguments import epsilon_or_default
from ._optimizer import Optimizer
from ._options import CommonOptions, with_options


@public("optimizers.Adagrad", "optimizers.legacy.Adagrad")
class Adagrad(Optimizer):
    """a ← a + g²; w ← w - rate · g / sqrt(a + epsilon).

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        initial_accumulator_value: a at the start.
        epsilon: small number that keeps the division finite.
        The others are those of `Optimizer`.
    Example:
        >>> weight = Variable([1.0])
        >>> optimizers.Adagrad(0.1).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.9154846], dtype=float32)

    Reference: Duchi et al., Adaptive Subgradient Methods, 2011.
    """

    elementwise = True

    @with_options
    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float | None = 1e-7,
        **options: Unpack[CommonOptions],
    ):
        super().__init__(learning_rate, **options)
        self.epsilon: float = epsilon_or_default(epsilon)
        check_non_negative(self.epsilon, "epsilon", type(self).__name__)
        check_non_negative(initial_accumulator_value, "initial_accumulator_value", type(self).__name__)
        self.initial_accumulator_value = initial_accumulator_value

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        self.add_slot("accumulator", variables, initializers.Constant(self.initial_accumulator_value))

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        accumulator = self.slot("accumulator", variable)
        total = accumulator.value + ops.square(gradient)
        accumulator.assign(total)
        variable.assign_sub(rate * gradient / ops.sqrt(total + self.epsilon))

    def get_config(self) -> dict[str, Any]:
        own = {"initial_accumulator_value": self.initial_accumulator_value, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
