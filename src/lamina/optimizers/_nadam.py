"""Nadam: Adam with Nesterov momentum."""

from typing import Any, Unpack

from lamina import _settings, ops
from lamina._checks import check_below_one, check_each, check_non_negative
from lamina._public import public
from lamina.variables import Variable

from ._old_arguments import epsilon_or_default
from ._optimizer import Optimizer
from ._options import CommonOptions, with_options


@public("optimizers.Nadam")
class Nadam(Optimizer):
    """Adam in which the momentum of the next step is anticipated; beta_1 grows with the step t as
    u_t = beta_1 · (1 - 0.96^t / 2).

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        beta_1, beta_2: how slowly the averages of the gradient and of its square change, from 0 to 1.
        epsilon: small number that keeps the division finite.
        The others are those of `Optimizer`.
    Example:
        >>> weight = Variable([1.0])
        >>> optimizers.Nadam(0.1).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.89372194], dtype=float32)

    Reference: Dozat, Incorporating Nesterov Momentum into Adam, 2016.
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
        self.add_slots(("momentum", "velocity"), variables)
        variables = list(variables)
        dtype = variables[0].dtype if variables else _settings.floatx()
        self._u_product = Variable(1.0, dtype=dtype, trainable=False)

    def _backend_update_step(self, grads: list[Any], trainable_variables: list[Any], learning_rate: Any) -> None:
        self.start_step()
        super()._backend_update_step(grads, trainable_variables, learning_rate)

    def start_step(self) -> None:
        """What is done once a step, before the variables: the product of all u_t goes on."""
        product = self._u_product
        product.assign(product.value * self._u(1, product.dtype))

    def _u(self, ahead: int, dtype: str) -> Any:
        step = ops.cast(self.iterations + ahead, dtype)
        fall = ops.cast(0.96, dtype) ** step
        return self.beta_1 * (1.0 - 0.5 * fall)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        dtype = variable.dtype
        now, following = self._u(1, dtype), self._u(2, dtype)
        product = ops.cast(self._u_product.value, dtype)
        momentum, velocity = self.slot("momentum", variable), self.slot("velocity", variable)
        m = momentum.value + (gradient - momentum.value) * (1 - self.beta_1)
        v = velocity.value + (ops.square(gradient) - velocity.value) * (1 - self.beta_2)
        momentum.assign(m)
        velocity.assign(v)
        step = ops.cast(self.iterations + 1, dtype)
        correction = 1.0 - ops.cast(self.beta_2, dtype) ** step
        # Scalars first: the weights of m and of the gradient, with the rate in them.
        m_weight = rate * following / (1.0 - product * following)
        g_weight = rate * (1.0 - now) / (1.0 - product)
        ahead = m_weight * m + g_weight * gradient
        root = ops.sqrt(v / correction) + self.epsilon
        variable.assign_sub(ahead / root)

    def get_config(self) -> dict[str, Any]:
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
