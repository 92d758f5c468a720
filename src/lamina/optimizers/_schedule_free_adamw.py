"""AdamW that needs no schedule, because it averages its iterates."""

from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_below_one, check_each, check_non_negative, check_share
from lamina._public import public

from ._optimizer import Optimizer
from ._options import CommonOptions, with_options


@public("optimizers.ScheduleFreeAdamW")
class ScheduleFreeAdamW(Optimizer):
    """z takes the steps of Adam; the weights are y = (1 - beta_1) · z + beta_1 · x, with x the mean of all z.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        beta_1: share of the mean in the weights; beta_2: how slowly the average of squares changes.
        epsilon: small number that keeps the division finite.
        warmup_steps: steps over which the rate rises from zero.
        The others are those of `Optimizer`.
    Example:
        >>> weight = Variable([1.0])
        >>> optimizers.ScheduleFreeAdamW(0.1).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.9000006], dtype=float32)

    Reference: Defazio et al., The Road Less Scheduled, 2024, arXiv:2405.15682.
    """

    elementwise = True

    @with_options
    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        **options: Unpack[CommonOptions],
    ):
        super().__init__(learning_rate, **options)
        where = type(self).__name__
        check_share(beta_1, "beta_1", where)
        check_below_one(beta_2, "beta_2", where)
        check_each(check_non_negative, where, epsilon=epsilon, warmup_steps=warmup_steps)
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
        step = ops.cast(self.iterations + 1, variable.dtype)
        if self.warmup_steps > 0:
            rate = rate * ops.minimum(step / float(self.warmup_steps), 1.0)
        momentum, velocity = self.slot("momentum", variable), self.slot("velocity", variable)
        correction = 1.0 - ops.cast(self.beta_2, variable.dtype) ** step
        v = velocity.value + (ops.square(gradient) - velocity.value) * (1 - self.beta_2)
        root = ops.sqrt(v / correction) + self.epsilon
        z = momentum.value - rate * gradient / root
        mean = (variable.value - (1 - self.beta_1) * momentum.value) / self.beta_1
        share = 1.0 / step
        mean = (1.0 - share) * mean + share * z
        momentum.assign(z)
        velocity.assign(v)
        variable.assign((1 - self.beta_1) * z + self.beta_1 * mean)

    def get_config(self) -> dict[str, Any]:
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon, "warmup_steps": self.warmup_steps}
        return {**super().get_config(), **own}
