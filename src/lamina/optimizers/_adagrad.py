"""Adagrad: each weight has its own, falling, learning rate."""

from typing import Any

from lamina import initializers, ops
from lamina._public import public

from ._old_arguments import epsilon_or_default
from ._optimizer import Optimizer


@public("optimizers.Adagrad", "optimizers.legacy.Adagrad")
class Adagrad(Optimizer):
    """a ← a + g²; w ← w - rate · g / sqrt(a + epsilon).

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        initial_accumulator_value: a at the start.
        epsilon: small number that keeps the division finite.
        The others are those of `Optimizer`.
    Reference: Duchi et al., Adaptive Subgradient Methods, 2011.
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
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
        total = ops.add(accumulator.value, ops.square(gradient))
        accumulator.assign(total)
        variable.assign_sub(ops.divide(ops.multiply(rate, gradient), ops.sqrt(ops.add(total, self.epsilon))))

    def get_config(self) -> dict[str, Any]:
        own = {"initial_accumulator_value": self.initial_accumulator_value, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
