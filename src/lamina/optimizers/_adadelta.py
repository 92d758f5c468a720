"""Adadelta: steps as large as recent steps, scaled by recent gradients."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._old_arguments import epsilon_or_default
from ._optimizer import Optimizer


@public("optimizers.Adadelta")
class Adadelta(Optimizer):
    """a ← rho · a + (1 - rho) · g²; Δ = - g · sqrt(d + epsilon) / sqrt(a + epsilon);
    d ← rho · d + (1 - rho) · Δ²; w ← w + rate · Δ.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        rho: how slowly the averages change, from 0 to 1.
        epsilon: small number that keeps the division finite.
        The others are those of `Optimizer`.
    Reference: Zeiler, ADADELTA, 2012, arXiv:1212.5701.
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float | None = 1e-7,
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
        mean_square = ops.add(ops.multiply(self.rho, squares.value), ops.multiply(1 - self.rho, ops.square(gradient)))
        size = ops.sqrt(ops.add(steps.value, self.epsilon))
        step = ops.divide(ops.multiply(size, gradient), ops.sqrt(ops.add(mean_square, self.epsilon)))
        squares.assign(mean_square)
        steps.assign(ops.add(ops.multiply(self.rho, steps.value), ops.multiply(1 - self.rho, ops.square(step))))
        variable.assign_sub(ops.multiply(rate, step))

    def get_config(self) -> dict[str, Any]:
        own = {"rho": self.rho, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
