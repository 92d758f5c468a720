"""Lamb: Adam with steps in proportion to the norm of each weight."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._old_arguments import epsilon_or_default
from ._optimizer import Optimizer


@public("optimizers.Lamb")
class Lamb(Optimizer):
    """u = m̂ / (sqrt(v̂) + epsilon) as in Adam; w ← w - rate · ‖w‖ / ‖u‖ · u.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        beta_1, beta_2: how slowly the averages of the gradient and of its square change, from 0 to 1.
        epsilon: small number that keeps the division finite.
        The others are those of `Optimizer`.
    Reference: You et al., Large Batch Optimization for Deep Learning, 2020, arXiv:1904.00962.
    """

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
        self.add_slots(("momentum", "velocity"), variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        momentum, velocity = self.slot("momentum", variable), self.slot("velocity", variable)
        m = ops.add(momentum.value, ops.multiply(ops.subtract(gradient, momentum.value), 1 - self.beta_1))
        v = ops.add(velocity.value, ops.multiply(ops.subtract(ops.square(gradient), velocity.value), 1 - self.beta_2))
        momentum.assign(m)
        velocity.assign(v)
        step = ops.cast(ops.add(self.iterations, 1), variable.dtype)
        first = ops.subtract(1.0, ops.power(ops.cast(self.beta_1, variable.dtype), step))
        second = ops.subtract(1.0, ops.power(ops.cast(self.beta_2, variable.dtype), step))
        root = ops.add(ops.sqrt(ops.divide(v, second)), self.epsilon)
        update = ops.divide(ops.divide(m, first), root)
        weight_norm = ops.sqrt(ops.sum(ops.square(variable.value)))
        update_norm = ops.sqrt(ops.sum(ops.square(update)))
        both = ops.logical_and(ops.greater(weight_norm, 0.0), ops.greater(update_norm, 0.0))
        one = ops.ones_like(update_norm)
        ratio = ops.where(both, ops.divide(weight_norm, ops.where(both, update_norm, one)), one)
        variable.assign_sub(ops.multiply(ops.multiply(ratio, rate), update))

    def get_config(self) -> dict[str, Any]:
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
