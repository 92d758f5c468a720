"""Lamb: Adam with steps in proportion to the norm of each weight."""

from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_below_one, check_each, check_non_negative
from lamina._public import public

from ._old_arguments import epsilon_or_default
from ._optimizer import Optimizer
from ._options import CommonOptions, with_options


@public("optimizers.Lamb")
class Lamb(Optimizer):
    """u = m̂ / (sqrt(v̂) + epsilon) as in Adam; w ← w - rate · ‖w‖ / ‖u‖ · u.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        beta_1, beta_2: how slowly the averages of the gradient and of its square change, from 0 to 1.
        epsilon: small number that keeps the division finite.
        The others are those of `Optimizer`.
    Example:
        >>> weight = Variable([1.0])
        >>> optimizers.Lamb(0.1).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.9], dtype=float32)

    Reference: You et al., Large Batch Optimization for Deep Learning, 2020, arXiv:1904.00962.
    """

    @with_options
    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        **options: Unpack[CommonOptions],
    ):
        super().__init__(learning_rate, **options)
        self.epsilon: float = epsilon_or_default(epsilon)
        check_non_negative(self.epsilon, "epsilon", type(self).__name__)
        check_each(check_below_one, type(self).__name__, beta_1=beta_1, beta_2=beta_2)
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
        m = momentum.value + (gradient - momentum.value) * (1 - self.beta_1)
        v = velocity.value + (ops.square(gradient) - velocity.value) * (1 - self.beta_2)
        momentum.assign(m)
        velocity.assign(v)
        step = ops.cast(self.iterations + 1, variable.dtype)
        first = 1.0 - ops.cast(self.beta_1, variable.dtype) ** step
        second = 1.0 - ops.cast(self.beta_2, variable.dtype) ** step
        root = ops.sqrt(v / second) + self.epsilon
        update = m / first / root
        weight_norm = ops.sqrt(ops.sum(ops.square(variable.value)))
        update_norm = ops.sqrt(ops.sum(ops.square(update)))
        both = ops.logical_and(ops.greater(weight_norm, 0.0), ops.greater(update_norm, 0.0))
        one = ops.ones_like(update_norm)
        ratio = ops.where(both, weight_norm / ops.where(both, update_norm, one), one)
        variable.assign_sub(ratio * rate * update)

    def get_config(self) -> dict[str, Any]:
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
