"""Penalties on the size of weights."""

from typing import Any

from lamina import ops
from lamina._checks import check_non_negative
from lamina._public import public

from ._regularizer import Regularizer


@public("regularizers.L1", "regularizers.l1")
class L1(Regularizer):
    """l1 · Σ|x|: drives weights to zero.

    Args:
        l1: factor, zero or above.
    Example:
        >>> regularizers.L1(0.5)([1.0, -2.0])
        Tensor(1.5, dtype=float32)
    """

    def __init__(self, l1: float = 0.01):
        self.l1: float = _factor(l1, "l1", "L1", 0.01)

    def __call__(self, x: Any) -> Any:
        return ops.multiply(self.l1, ops.sum(ops.absolute(x)))

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1}


@public("regularizers.L2", "regularizers.l2")
class L2(Regularizer):
    """l2 · Σx²: keeps weights small.

    Args:
        l2: factor, zero or above.
    Example:
        >>> regularizers.L2(0.5)([1.0, -2.0])
        Tensor(2.5, dtype=float32)
    """

    def __init__(self, l2: float = 0.01):
        self.l2: float = _factor(l2, "l2", "L2", 0.01)

    def __call__(self, x: Any) -> Any:
        return ops.multiply(self.l2, ops.sum(ops.square(x)))

    def get_config(self) -> dict[str, Any]:
        return {"l2": self.l2}


@public("regularizers.L1L2", "regularizers.l1_l2")
class L1L2(Regularizer):
    """l1 · Σ|x| + l2 · Σx².

    Args:
        l1, l2: factors, zero or above.
    Example:
        >>> regularizers.L1L2(l1=0.5, l2=0.25)(ops.array([1.0, -2.0]))
        Tensor(2.75, dtype=float32)
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0):
        self.l1: float = _factor(l1, "l1", "L1L2", 0.0)
        self.l2: float = _factor(l2, "l2", "L1L2", 0.0)

    def __call__(self, x: Any) -> Any:
        x = ops.convert_to_tensor(x)
        penalty = ops.convert_to_tensor(0.0, dtype=x.dtype)
        if self.l1:
            penalty = penalty + self.l1 * ops.sum(ops.absolute(x))
        if self.l2:
            penalty = penalty + self.l2 * ops.sum(ops.square(x))
        return penalty

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1, "l2": self.l2}


def _factor(value: Any, name: str, where: str, default: float) -> float:
    value = default if value is None else value
    check_non_negative(value, name, where)
    return float(value)
