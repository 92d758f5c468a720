"""Adadelta: steps as large as recent steps, scaled by recent gradients."""

from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_fraction, check_non_negative
from lamina._public import public

from ._old_arguments import epsilon_or_default
from ._optimizer import Optimizer
from ._options import CommonOptions, with_options


@public("optimizers.Adadelta")
class Adadelta(Optimizer):
    """a ← rho · a + (1 - rho) · g²; Δ = - g · sqrt(d + epsilon) / sqrt(a + epsilon);
    d ← rho · d + (1 - rho) · Δ²; w ← w + rate · Δ.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        rho: how slowly the averages change, from 0 to 1.
        epsilon: small number that keeps the division finite.
        The others are those of `Optimizer`.
    Example:
        >>> weight = Variable([1.0])
        >>> optimizers.Adadelta(1.0).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.9985858], dtype=float32)

    Reference: Zeiler, ADADELTA, 2012, arXiv:1212.5701.
    """

    elementwise = True

    @with_options
    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float | None = 1e-7,
        **options: Unpack[CommonOptions],
    ):
        super().__init__(learning_rate, **options)
        self.epsilon: float = epsilon_or_default(epsilon)
        check_non_negative(self.epsilon, "epsilon", type(self).__name__)
        check_fraction(rho, "rho", type(self).__name__)
        self.rho = rho

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        self.add_slots(("accumulated_grad", "accumulated_delta_var"), variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        squares = self.slot("accumulated_grad", variable)
        steps = self.slot("accumulated_delta_var", variable)
        mean_square = self.rho * squares.value + (1 - self.rho) * ops.square(gradient)
        size = ops.sqrt(steps.value + self.epsilon)
        step = size * gradient / ops.sqrt(mean_square + self.epsilon)
        squares.assign(mean_square)
        steps.assign(self.rho * steps.value + (1 - self.rho) * ops.square(step))
        variable.assign_sub(rate * step)

    def get_config(self) -> dict[str, Any]:
        own = {"rho": self.rho, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
