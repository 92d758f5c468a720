"""AdamW that needs no schedule, because it averages its iterates."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._optimizer import Optimizer


@public("optimizers.ScheduleFreeAdamW")
class ScheduleFreeAdamW(Optimizer):
    """z takes the steps of Adam; the weights are y = (1 - beta_1) · z + beta_1 · x, with x the mean of all z.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        beta_1: share of the mean in the weights; beta_2: how slowly the average of squares changes.
        epsilon: small number that keeps the division finite.
        warmup_steps: steps over which the rate rises from zero.
        The others are those of `Optimizer`.
    Reference: Defazio et al., The Road Less Scheduled, 2024, arXiv:2405.15682.
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
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
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.warmup_steps = warmup_steps

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        self.add_slots(("momentum", "velocity"), variables)
        for variable, momentum in zip(variables, self._slots["momentum"]):
            if momentum is not None:
                momentum.assign(variable.value)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        step = ops.cast(ops.add(self.iterations, 1), variable.dtype)
        if self.warmup_steps > 0:
            rate = ops.multiply(rate, ops.minimum(ops.divide(step, float(self.warmup_steps)), 1.0))
        momentum, velocity = self.slot("momentum", variable), self.slot("velocity", variable)
        correction = ops.subtract(1.0, ops.power(ops.cast(self.beta_2, variable.dtype), step))
        v = ops.add(velocity.value, ops.multiply(ops.subtract(ops.square(gradient), velocity.value), 1 - self.beta_2))
        root = ops.add(ops.sqrt(ops.divide(v, correction)), self.epsilon)
        z = ops.subtract(momentum.value, ops.divide(ops.multiply(rate, gradient), root))
        mean = ops.divide(ops.subtract(variable.value, ops.multiply(1 - self.beta_1, momentum.value)), self.beta_1)
        share = ops.divide(1.0, step)
        mean = ops.add(ops.multiply(ops.subtract(1.0, share), mean), ops.multiply(share, z))
        momentum.assign(z)
        velocity.assign(v)
        variable.assign(ops.add(ops.multiply(1 - self.beta_1, z), ops.multiply(self.beta_1, mean)))

    def get_config(self) -> dict[str, Any]:
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon, "warmup_steps": self.warmup_steps}
        return {**super().get_config(), **own}
