"""Constraints on the norm of the weights of each unit."""

from typing import Any

from lamina import _settings, ops
from lamina._public import public

from ._constraint import Constraint, norm


@public("constraints.MaxNorm", "constraints.max_norm")
class MaxNorm(Constraint):
    """Scales weights down to a norm of at most `max_value`.

    Args:
        max_value: the greatest norm.
        axis: int or tuple, the axes over which the norm is taken: 0 for a Dense kernel, [0, 1, 2] for a Conv2D kernel.
    Example:
        >>> constraints.MaxNorm(1.0)([[3.0], [4.0]])
        Tensor([[0.6],
                [0.8]], dtype=float32)

    Reference: Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, 2014.
    """

    def __init__(self, max_value: float = 2, axis: Any = 0):
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        w = ops.convert_to_tensor(w)
        norms = norm(w, self.axis)
        return w * (ops.clip(norms, 0, self.max_value) / (_settings.epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {"max_value": self.max_value, "axis": self.axis}


@public("constraints.MinMaxNorm", "constraints.min_max_norm")
class MinMaxNorm(Constraint):
    """Scales weights to a norm between `min_value` and `max_value`.

    Args:
        min_value, max_value: the bounds of the norm.
        rate: how much of the way is gone at each update, from 0 to 1.
        axis: int or tuple, the axes over which the norm is taken.
    Example:
        >>> constraints.MinMaxNorm(1.0, 2.0)([[0.3], [0.4]])
        Tensor([[0.5999999 ],
                [0.79999983]], dtype=float32)
    """

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0):
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        w = ops.convert_to_tensor(w)
        norms = norm(w, self.axis)
        desired = self.rate * ops.clip(norms, self.min_value, self.max_value) + (1 - self.rate) * norms
        return w * (desired / (_settings.epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {"min_value": self.min_value, "max_value": self.max_value, "rate": self.rate, "axis": self.axis}


@public("constraints.UnitNorm", "constraints.unit_norm")
class UnitNorm(Constraint):
    """Scales weights to a norm of one.

    Args:
        axis: int or tuple, the axes over which the norm is taken.
    Example:
        >>> constraints.UnitNorm()([[3.0], [4.0]])
        Tensor([[0.6],
                [0.8]], dtype=float32)
    """

    def __init__(self, axis: Any = 0):
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        w = ops.convert_to_tensor(w)
        return w / (_settings.epsilon() + norm(w, self.axis))

    def get_config(self) -> dict[str, Any]:
        return {"axis": self.axis}
