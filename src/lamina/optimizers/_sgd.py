"""Gradient descent, with momentum."""

from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_fraction
from lamina._public import public

from ._optimizer import Optimizer
from ._options import CommonOptions, with_options


@public("optimizers.SGD", "optimizers.legacy.SGD")
class SGD(Optimizer):
    """w ← w - rate · g; with momentum, v ← momentum · v - rate · g and w ← w + v.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        momentum: from 0 to 1, how much of the last step goes on.
        nesterov: whether the gradient is taken as if the next step of momentum were done already:
            w ← w + momentum · v - rate · g.
        The others are those of `Optimizer`.
    Example:
        >>> weight = Variable([1.0])
        >>> optimizers.SGD(0.1, momentum=0.9).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.95], dtype=float32)

    Reference: Sutskever et al., On the importance of initialization and momentum in deep learning, 2013.
    """

    elementwise = True

    @with_options
    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **options: Unpack[CommonOptions],
    ):
        super().__init__(learning_rate, **options)
        check_fraction(momentum, "momentum", type(self).__name__)
        self.momentum: float = float(momentum)
        self.nesterov = nesterov

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        if self.momentum:
            self.add_slot("momentum", variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        step = gradient * rate
        if not self.momentum:
            variable.assign_sub(step)
            return
        momentum = self.slot("momentum", variable)
        velocity = momentum.value * self.momentum - step
        momentum.assign(velocity)
        if self.nesterov:
            velocity = velocity * self.momentum - step
        variable.assign_add(velocity)

    def get_config(self) -> dict[str, Any]:
        own = {"momentum": self.momentum, "nesterov": self.nesterov}
        return {**super().get_config(), **own}
