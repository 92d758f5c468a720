"""Adamax: Adam with the highest gradient instead of the mean square."""

from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_below_one, check_each, check_non_negative
from lamina._public import public

from ._old_arguments import epsilon_or_default
from ._optimizer import Optimizer
from ._options import CommonOptions, with_options


@public("optimizers.Adamax")
class Adamax(Optimizer):
    """m ← m + (1 - beta_1) · (g - m); u ← max(beta_2 · u, |g|); w ← w - rate / (1 - beta_1^t) · m / (u + epsilon).

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        beta_1, beta_2: how slowly the averages of the gradient and of its square change, from 0 to 1.
        epsilon: small number that keeps the division finite.
        The others are those of `Optimizer`.
    Example:
        >>> weight = Variable([1.0])
        >>> optimizers.Adamax(0.1).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.90000004], dtype=float32)

    Reference: Kingma and Ba, Adam, 2015, arXiv:1412.6980, section 7.
    """

    elementwise = True

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
        self.add_slots(("momentum", "norm"), variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        momentum, norm = self.slot("momentum", variable), self.slot("norm", variable)
        m = momentum.value + (gradient - momentum.value) * (1 - self.beta_1)
        u = ops.maximum(self.beta_2 * norm.value, ops.absolute(gradient))
        momentum.assign(m)
        norm.assign(u)
        step = ops.cast(self.iterations + 1, variable.dtype)
        correction = 1.0 - ops.cast(self.beta_1, variable.dtype) ** step
        alpha = rate / correction
        variable.assign_sub(m * alpha / (u + self.epsilon))

    def get_config(self) -> dict[str, Any]:
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
