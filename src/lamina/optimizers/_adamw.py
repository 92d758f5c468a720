"""AdamW: Adam with decoupled weight decay."""

from typing import Any, Unpack

from lamina._public import public

from ._adam import Adam
from ._options import OptionsWithoutDecay, with_options


@public("optimizers.AdamW")
class AdamW(Adam):
    """Adam, with learning_rate · weight_decay · w taken from each weight at each step.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        weight_decay: share of each weight, times the learning rate, taken away at each step.
        beta_1, beta_2, epsilon, amsgrad: as for `Adam`.
        The others are those of `Optimizer`.
    Raises ValueError if weight_decay is None.
    Example:
        >>> weight = Variable([1.0])
        >>> optimizers.AdamW(0.1).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.8996013], dtype=float32)

    Reference: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, arXiv:1711.05101.
    """

    @with_options
    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        amsgrad: bool = False,
        **options: Unpack[OptionsWithoutDecay],
    ):
        if weight_decay is None:
            raise ValueError("AdamW: weight_decay must be a number; got None. For no decay use Adam.")
        super().__init__(
            learning_rate=learning_rate,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
            amsgrad=amsgrad,
            weight_decay=weight_decay,
            **options,
        )
