"""FTRL-proximal: sparse weights by L1 regularisation inside the update."""

from typing import Any

from lamina import initializers, ops
from lamina._checks import check_non_negative
from lamina._public import public

from ._optimizer import Optimizer


@public("optimizers.Ftrl", "optimizers.legacy.Ftrl")
class Ftrl(Optimizer):
    """n ← n + g²; z ← z + g - (n_new^-p - n^-p) / rate · w; w ← (clip(z, -l1, l1) - z) / (n^-p / rate + 2 · l2).

    p is learning_rate_power.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        learning_rate_power: p, zero or negative.
        initial_accumulator_value: n at the start.
        l1_regularization_strength, l2_regularization_strength: l1 and l2.
        l2_shrinkage_regularization_strength: a further L2 penalty, on the size of the gradient.
        beta: beta / (2 · rate) is added to l2.
        The others are those of `Optimizer`.
    Reference: McMahan et al., Ad Click Prediction, 2013.
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
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
        if learning_rate_power > 0:
            raise ValueError(f"Ftrl: learning_rate_power must be zero or negative; got {learning_rate_power!r}.")
        for argument, value in (
            ("initial_accumulator_value", initial_accumulator_value),
            ("l1_regularization_strength", l1_regularization_strength),
            ("l2_regularization_strength", l2_regularization_strength),
            ("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength),
        ):
            check_non_negative(value, argument, "Ftrl")
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        start = initializers.Constant(self.initial_accumulator_value)
        self.add_slots(("accumulator", "linear"), variables, (start, "zeros"))

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        accumulator, linear = self.slot("accumulator", variable), self.slot("linear", variable)
        l1, power = self.l1_regularization_strength, -self.learning_rate_power
        l2 = ops.add(self.l2_regularization_strength, ops.divide(self.beta, ops.multiply(2.0, rate)))
        shrunk = gradient
        if self.l2_shrinkage_regularization_strength:
            shrink = ops.multiply(2.0 * self.l2_shrinkage_regularization_strength, variable.value)
            shrunk = ops.add(gradient, shrink)
        total = ops.add(accumulator.value, ops.square(gradient))
        raised = ops.power(total, power)
        sigma = ops.divide(ops.subtract(raised, ops.power(accumulator.value, power)), rate)
        z = ops.add(linear.value, ops.subtract(shrunk, ops.multiply(sigma, variable.value)))
        quadratic = ops.add(ops.divide(raised, rate), ops.multiply(2.0, l2))
        variable.assign(ops.divide(ops.subtract(ops.clip(z, -l1, l1), z), quadratic))
        linear.assign(z)
        accumulator.assign(total)

    def get_config(self) -> dict[str, Any]:
        own = {
            "learning_rate_power": self.learning_rate_power,
            "initial_accumulator_value": self.initial_accumulator_value,
            "l1_regularization_strength": self.l1_regularization_strength,
            "l2_regularization_strength": self.l2_regularization_strength,
            "l2_shrinkage_regularization_strength": self.l2_shrinkage_regularization_strength,
            "beta": self.beta,
        }
        return {**super().get_config(), **own}
