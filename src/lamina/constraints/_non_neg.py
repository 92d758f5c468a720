"""Weights that may not be negative."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._constraint import Constraint


@public("constraints.NonNeg", "constraints.non_neg")
class NonNeg(Constraint):
    """Sets negative weights to zero.

    Example:
        >>> constraints.NonNeg()([-1.0, 2.0])
        Tensor([0., 2.], dtype=float32)
    """

    def __call__(self, w: Any) -> Any:
        return ops.maximum(ops.convert_to_tensor(w), 0)
