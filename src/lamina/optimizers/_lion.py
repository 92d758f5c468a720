"""Lion: steps of one size, by the sign of the momentum."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._optimizer import Optimizer


@public("optimizers.Lion")
class Lion(Optimizer):
    """w ← w - rate · sign(beta_1 · m + (1 - beta_1) · g); m ← beta_2 · m + (1 - beta_2) · g.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        beta_1: share of the momentum in the step, above 0, 1 at most.
        beta_2: how slowly the momentum changes.
        The others are those of `Optimizer`.
    Reference: Chen et al., Symbolic Discovery of Optimization Algorithms, 2023, arXiv:2302.06675.
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
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
        if not 0 < beta_1 <= 1:
            raise ValueError(f"Lion: beta_1 must be above 0, 1 at most; got {beta_1!r}.")
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
        mixed = ops.add(ops.multiply(momentum.value, self.beta_1), ops.multiply(gradient, 1.0 - self.beta_1))
        variable.assign_sub(ops.multiply(rate, ops.sign(mixed)))
        momentum.assign(ops.add(ops.multiply(momentum.value, self.beta_2), ops.multiply(gradient, 1.0 - self.beta_2)))

    def get_config(self) -> dict[str, Any]:
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2}
        return {**super().get_config(), **own}
