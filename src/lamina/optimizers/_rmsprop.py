"""Gradient descent scaled by the size of recent gradients."""

from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_each, check_fraction, check_non_negative
from lamina._public import public

from ._old_arguments import epsilon_or_default
from ._optimizer import Optimizer
from ._options import CommonOptions, with_options


@public("optimizers.RMSprop", "optimizers.legacy.RMSprop")
class RMSprop(Optimizer):
    """v ← rho · v + (1 - rho) · g²; w ← w - rate · g / sqrt(v + epsilon).

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        rho: how slowly the average of squares changes, from 0 to 1.
        momentum: how much of the last step goes on.
        epsilon: small number that keeps the division finite.
        centered: whether the square of the mean gradient is taken from v, which leaves the variance.
        The others are those of `Optimizer`.
    Example:
        >>> weight = Variable([1.0])
        >>> optimizers.RMSprop(0.1).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.68377286], dtype=float32)

    Reference: Hinton, Neural Networks for Machine Learning, lecture 6e, 2012.
    """

    elementwise = True

    @with_options
    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float | None = 1e-7,
        centered: bool = False,
        **options: Unpack[CommonOptions],
    ):
        super().__init__(learning_rate, **options)
        self.epsilon: float = epsilon_or_default(epsilon)
        check_non_negative(self.epsilon, "epsilon", type(self).__name__)
        check_each(check_fraction, type(self).__name__, rho=rho, momentum=momentum)
        self.rho = rho
        self.momentum = momentum
        self.centered = centered

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        self.add_slot("velocity", variables)
        if self.momentum > 0:
            self.add_slot("momentum", variables)
        if self.centered:
            self.add_slot("average_gradient", variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        velocity = self.slot("velocity", variable)
        mean_square = self.rho * velocity.value + (1 - self.rho) * ops.square(gradient)
        velocity.assign(mean_square)
        if self.centered:
            average = self.slot("average_gradient", variable)
            mean = self.rho * average.value + (1 - self.rho) * gradient
            average.assign(mean)
            mean_square = mean_square - ops.square(mean)
        root = ops.sqrt(mean_square + self.epsilon)
        step = rate * gradient / root
        if self.momentum > 0:
            momentum = self.slot("momentum", variable)
            step = self.momentum * momentum.value + step
            momentum.assign(step)
        variable.assign_sub(step)

    def get_config(self) -> dict[str, Any]:
        own = {"rho": self.rho, "momentum": self.momentum, "epsilon": self.epsilon, "centered": self.centered}
        return {**super().get_config(), **own}
