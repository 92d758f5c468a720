"""Gradient descent scaled by the size of recent gradients."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._old_arguments import epsilon_or_default
from ._optimizer import Optimizer


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
    Reference: Hinton, Neural Networks for Machine Learning, lecture 6e, 2012.
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float | None = 1e-7,
        centered: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
            name=name,
            **kwargs,
        )
        self.epsilon = epsilon_or_default(epsilon)
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
        mean_square = ops.add(ops.multiply(self.rho, velocity.value), ops.multiply(1 - self.rho, ops.square(gradient)))
        velocity.assign(mean_square)
        if self.centered:
            average = self.slot("average_gradient", variable)
            mean = ops.add(ops.multiply(self.rho, average.value), ops.multiply(1 - self.rho, gradient))
            average.assign(mean)
            mean_square = ops.subtract(mean_square, ops.square(mean))
        root = ops.sqrt(ops.add(mean_square, self.epsilon))
        step = ops.divide(ops.multiply(rate, gradient), root)
        if self.momentum > 0:
            momentum = self.slot("momentum", variable)
            step = ops.add(ops.multiply(self.momentum, momentum.value), step)
            momentum.assign(step)
        variable.assign_sub(step)

    def get_config(self) -> dict[str, Any]:
        own = {"rho": self.rho, "momentum": self.momentum, "epsilon": self.epsilon, "centered": self.centered}
        return {**super().get_config(), **own}
