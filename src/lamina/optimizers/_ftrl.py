"""FTRL-proximal: sparse weights by L1 regularisation inside the update."""

from typing import Any, Unpack

from lamina import initializers, ops
from lamina._checks import check_each, check_non_negative, check_not_positive
from lamina._public import public

from ._optimizer import Optimizer
from ._options import CommonOptions, with_options


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
    Example:
        >>> weight = Variable([1.0])
        >>> optimizers.Ftrl(0.1).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.3809621], dtype=float32)

    Reference: McMahan et al., Ad Click Prediction, 2013.
    """

    elementwise = True

    @with_options
    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **options: Unpack[CommonOptions],
    ):
        super().__init__(learning_rate, **options)
        where = type(self).__name__
        check_not_positive(learning_rate_power, "learning_rate_power", where)
        check_each(
            check_non_negative,
            where,
            initial_accumulator_value=initial_accumulator_value,
            l1_regularization_strength=l1_regularization_strength,
            l2_regularization_strength=l2_regularization_strength,
            l2_shrinkage_regularization_strength=l2_shrinkage_regularization_strength,
            beta=beta,
        )
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
        l2 = self.l2_regularization_strength + self.beta / (2.0 * rate)
        shrunk = gradient
        if self.l2_shrinkage_regularization_strength:
            shrink = 2.0 * self.l2_shrinkage_regularization_strength * variable.value
            shrunk = gradient + shrink
        total = accumulator.value + ops.square(gradient)
        raised = total**power
        sigma = (raised - accumulator.value**power) / rate
        z = linear.value + (shrunk - sigma * variable.value)
        quadratic = raised / rate + 2.0 * l2
        variable.assign((ops.clip(z, -l1, l1) - z) / quadratic)
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
