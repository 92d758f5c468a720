"""Lion: steps of one size, by the sign of the momentum."""

from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_fraction, check_share
from lamina._public import public

from ._optimizer import Optimizer
from ._options import CommonOptions, with_options


@public("optimizers.Lion")
class Lion(Optimizer):
    """w ← w - rate · sign(beta_1 · m + (1 - beta_1) · g); m ← beta_2 · m + (1 - beta_2) · g.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        beta_1: share of the momentum in the step, above 0, 1 at most.
        beta_2: how slowly the momentum changes.
        The others are those of `Optimizer`.
    Example:
        >>> weight = Variable([1.0])
        >>> optimizers.Lion(0.1).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.9], dtype=float32)

    Reference: Chen et al., Symbolic Discovery of Optimization Algorithms, 2023, arXiv:2302.06675.
    """

    elementwise = True

    @with_options
    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        **options: Unpack[CommonOptions],
    ):
        super().__init__(learning_rate, **options)
        check_share(beta_1, "beta_1", type(self).__name__)
        check_fraction(beta_2, "beta_2", type(self).__name__)
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        self.add_slot("momentum", variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        momentum = self.slot("momentum", variable)
        mixed = momentum.value * self.beta_1 + gradient * (1.0 - self.beta_1)
        variable.assign_sub(rate * ops.sign(mixed))
        momentum.assign(momentum.value * self.beta_2 + gradient * (1.0 - self.beta_2))

    def get_config(self) -> dict[str, Any]:
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2}
        return {**super().get_config(), **own}
