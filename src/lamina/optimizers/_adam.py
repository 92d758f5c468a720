"""Adam: gradient descent by averages of the gradient and of its square."""

from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_below_one, check_each, check_non_negative
from lamina._public import public

from ._old_arguments import epsilon_or_default
from ._optimizer import Optimizer
from ._options import CommonOptions, with_options


@public("optimizers.Adam", "optimizers.legacy.Adam")
class Adam(Optimizer):
    """m ← m + (1 - beta_1) · (g - m); v ← v + (1 - beta_2) · (g² - v); w ← w - rate · m̂ / (sqrt(v̂) + epsilon).

    m̂ and v̂ are m and v corrected for their start from zero.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        beta_1, beta_2: how slowly the averages of the gradient and of its square change, from 0 to 1.
        epsilon: small number that keeps the division finite.
        amsgrad: whether the highest v so far is used.
        The others are those of `Optimizer`.
    Example:
        >>> weight = Variable([1.0])
        >>> optimizers.Adam(0.1).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.9000013], dtype=float32)

    Reference: Kingma and Ba, Adam, 2015, arXiv:1412.6980; Reddi et al., 2018 (amsgrad).
    """

    elementwise = True

    @with_options
    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        amsgrad: bool = False,
        **options: Unpack[CommonOptions],
    ):
        super().__init__(learning_rate, **options)
        self.epsilon: float = epsilon_or_default(epsilon)
        check_non_negative(self.epsilon, "epsilon", type(self).__name__)
        check_each(check_below_one, type(self).__name__, beta_1=beta_1, beta_2=beta_2)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.amsgrad = amsgrad

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        self.add_slots(("momentum", "velocity"), variables)
        if self.amsgrad:
            self.add_slot("velocity_hat", variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        momentum, velocity = self.slot("momentum", variable), self.slot("velocity", variable)
        m = momentum.value + (gradient - momentum.value) * (1 - self.beta_1)
        v = velocity.value + (ops.square(gradient) - velocity.value) * (1 - self.beta_2)
        momentum.assign(m)
        velocity.assign(v)
        if self.amsgrad:
            highest = self.slot("velocity_hat", variable)
            v = ops.maximum(highest.value, v)
            highest.assign(v)
        alpha = rate * self._correction(variable.dtype)
        variable.assign_sub(m * alpha / (ops.sqrt(v) + self.epsilon))

    def _correction(self, dtype: str) -> Any:
        """What the averages lack in the first steps, as they start from zero: sqrt(1 - beta_2^t) / (1 - beta_1^t)."""
        step = ops.cast(self.iterations + 1, dtype)
        first = 1.0 - ops.cast(self.beta_1, dtype) ** step
        second = 1.0 - ops.cast(self.beta_2, dtype) ** step
        return ops.sqrt(second) / first

    def get_config(self) -> dict[str, Any]:
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon, "amsgrad": self.amsgrad}
        return {**super().get_config(), **own}
