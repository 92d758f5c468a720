"""Adamax: Adam with the highest gradient instead of the mean square."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._old_arguments import epsilon_or_default
from ._optimizer import Optimizer


@public("optimizers.Adamax")
class Adamax(Optimizer):
    """m ← m + (1 - beta_1) · (g - m); u ← max(beta_2 · u, |g|); w ← w - rate / (1 - beta_1^t) · m / (u + epsilon).

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        beta_1, beta_2: how slowly the averages of the gradient and of its square change, from 0 to 1.
        epsilon: small number that keeps the division finite.
        The others are those of `Optimizer`.
    Reference: Kingma and Ba, Adam, 2015, arXiv:1412.6980, section 7.
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
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
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        self.add_slots(("momentum", "norm"), variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        momentum, norm = self.slot("momentum", variable), self.slot("norm", variable)
        m = ops.add(momentum.value, ops.multiply(ops.subtract(gradient, momentum.value), 1 - self.beta_1))
        u = ops.maximum(ops.multiply(self.beta_2, norm.value), ops.absolute(gradient))
        momentum.assign(m)
        norm.assign(u)
        step = ops.cast(ops.add(self.iterations, 1), variable.dtype)
        correction = ops.subtract(1.0, ops.power(ops.cast(self.beta_1, variable.dtype), step))
        alpha = ops.divide(rate, correction)
        variable.assign_sub(ops.divide(ops.multiply(m, alpha), ops.add(u, self.epsilon)))

    def get_config(self) -> dict[str, Any]:
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
