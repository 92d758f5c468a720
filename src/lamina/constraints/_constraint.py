"""The base of constraints: what a weight must satisfy after each update."""

from typing import Any

from lamina import ops
from lamina._public import public


@public("constraints.Constraint")
class Constraint:
    """Projects a weight; subclasses define `__call__(w)`, which gives the weight to keep, and `get_config`. This one keeps it.

    Example:
        >>> class Whole(constraints.Constraint):
        ...     def __call__(self, w):
        ...         return ops.round(w)
        >>> Whole()(ops.array([0.2, 1.7]))
        Tensor([0., 2.], dtype=float32)
    """

    def __call__(self, w: Any) -> Any:
        return w

    def get_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Constraint":
        return cls(**config)


def norm(w: Any, axis: Any) -> Any:
    """The Euclidean norm along `axis`, kept as an axis of size one."""
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))
