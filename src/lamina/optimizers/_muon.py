"""Muon: orthogonalised momentum for matrices, AdamW for the rest."""

import math
import re
from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_below_one, check_each, check_fraction, check_non_negative, check_positive_int
from lamina._public import public

from ._old_arguments import epsilon_or_default
from ._optimizer import Optimizer
from ._options import OptionsWithoutDecay, options_before


@public("optimizers.Muon")
class Muon(Optimizer):
    """For a matrix: m ← momentum · m + g; w ← w - rate · O(m), O an approximate orthogonalisation (its singular
    values become about one) by Newton-Schulz iterations. Vectors, other tensors and embeddings follow AdamW.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        adam_beta_1, adam_beta_2, epsilon, adam_weight_decay: for the variables left to AdamW.
        exclude_layers: regular expressions of paths left to AdamW.
        exclude_embeddings: whether embeddings are left to AdamW.
        muon_a, muon_b, muon_c, ns_steps: coefficients and number of the iterations.
        adam_lr_ratio: learning rate of AdamW as a share of the rate.
        momentum, nesterov: as for `SGD`.
        rms_rate: the update is scaled by sqrt(longer side) times this; None for no scaling.
        The others are those of `Optimizer`.
    Example:
        >>> kernel = Variable(np.eye(3, 2))
        >>> optimizers.Muon(0.1).apply([np.ones((3, 2))], [kernel])
        >>> kernel.shape
        (3, 2)

    Reference: Jordan, Muon, 2024; Liu et al., 2025, arXiv:2502.16982.
    """

    @options_before("exclude_layers")
    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float | None = 1e-7,
        weight_decay: float | None = 0.004,
        exclude_layers: Any = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **options: Unpack[OptionsWithoutDecay],
    ):
        super().__init__(learning_rate, weight_decay=weight_decay, **options)
        self.epsilon: float = epsilon_or_default(epsilon)
        where = type(self).__name__
        check_each(check_non_negative, where, epsilon=self.epsilon, adam_lr_ratio=adam_lr_ratio)
        check_each(check_below_one, where, adam_beta_1=adam_beta_1, adam_beta_2=adam_beta_2)
        check_fraction(momentum, "momentum", where)
        check_positive_int(ns_steps, "ns_steps", where)
        for name, value in (("adam_weight_decay", adam_weight_decay), ("rms_rate", rms_rate)):
            if value is not None:
                check_non_negative(value, name, where)
        self.exclude_layers: Any = list(exclude_layers or [])
        self.adam_beta_1 = adam_beta_1
        self.adam_beta_2 = adam_beta_2
        self.adam_weight_decay = adam_weight_decay
        self.exclude_embeddings = exclude_embeddings
        self.muon_a = muon_a
        self.muon_b = muon_b
        self.muon_c = muon_c
        self.adam_lr_ratio = adam_lr_ratio
        self.momentum = momentum
        self.ns_steps = ns_steps
        self.nesterov = nesterov
        self.rms_rate = rms_rate

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        self._slots["momentum"], self._slots["velocity"] = [], []
        for variable in variables:
            skip = variable.overwrite_with_gradient
            momentum = None if skip else self.add_variable_from_reference(variable, "momentum")
            adam = not skip and self.uses_adam(variable)
            self._slots["momentum"].append(momentum)
            self._slots["velocity"].append(self.add_variable_from_reference(variable, "velocity") if adam else None)

    def uses_adam(self, variable: Any) -> bool:
        """Whether a variable is left to AdamW."""
        if len(variable.shape) != 2 or (self.exclude_embeddings and "embedding" in variable.path.lower()):
            return True
        return any(re.search(pattern, variable.path) for pattern in self.exclude_layers)

    def weight_decay_of(self, variable: Any) -> float | None:
        if not self.uses_weight_decay(variable):
            return None
        return self.adam_weight_decay if self.uses_adam(variable) else self.weight_decay

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        if self.slot("velocity", variable) is not None:
            self._adam_step(gradient, variable, rate * self.adam_lr_ratio)
            return
        momentum = self.slot("momentum", variable)
        m = momentum.value * self.momentum + gradient
        momentum.assign(m)
        ahead = gradient + self.momentum * m if self.nesterov else m
        variable.assign_sub(rate * self.lr_adjust(self.orthogonalize(ahead)))

    def lr_adjust(self, x: Any) -> Any:
        """The update scaled by the square root of its longer side times `rms_rate`, if that is not None."""
        return x if self.rms_rate is None else x * (math.sqrt(max(x.shape[-2:])) * self.rms_rate)

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
        """`orthogonalize` by the name of the reference implementation."""
        return self.orthogonalize(x, steps)

    def orthogonalize(self, x: Any, steps: int | None = None) -> Any:
        """x with singular values near one: x ← a·x + b·(xxᵀ)x + c·(xxᵀ)²x, `ns_steps` times, on the shorter side."""
        is_tall = x.shape[-2] > x.shape[-1]
        x = ops.transpose(x) if is_tall else x
        x = x / (ops.sqrt(ops.sum(ops.square(x))) + 1e-7)
        for _ in range(self.ns_steps if steps is None else steps):
            gram = ops.matmul(x, ops.transpose(x))
            mixed = self.muon_b * gram + self.muon_c * ops.matmul(gram, gram)
            x = self.muon_a * x + ops.matmul(mixed, x)
        return ops.transpose(x) if is_tall else x

    def _adam_step(self, gradient: Any, variable: Any, rate: Any) -> None:
        momentum, velocity = self.slot("momentum", variable), self.slot("velocity", variable)
        m = momentum.value + (gradient - momentum.value) * (1 - self.adam_beta_1)
        square = ops.square(gradient)
        v = velocity.value + (square - velocity.value) * (1 - self.adam_beta_2)
        momentum.assign(m)
        velocity.assign(v)
        step = ops.cast(self.iterations + 1, variable.dtype)
        first = 1.0 - ops.cast(self.adam_beta_1, variable.dtype) ** step
        second = 1.0 - ops.cast(self.adam_beta_2, variable.dtype) ** step
        alpha = rate * (ops.sqrt(second) / first)
        variable.assign_sub(m * alpha / (ops.sqrt(v) + self.epsilon))

    def get_config(self) -> dict[str, Any]:
        own = {
            "adam_beta_1": self.adam_beta_1,
            "adam_beta_2": self.adam_beta_2,
            "epsilon": self.epsilon,
            "exclude_layers": self.exclude_layers,
            "muon_a": self.muon_a,
            "muon_b": self.muon_b,
            "muon_c": self.muon_c,
            "adam_lr_ratio": self.adam_lr_ratio,
            "momentum": self.momentum,
            "ns_steps": self.ns_steps,
            "nesterov": self.nesterov,
            "exclude_embeddings": self.exclude_embeddings,
            "adam_weight_decay": self.adam_weight_decay,
            "rms_rate": self.rms_rate,
        }
        return {**super().get_config(), **own}
