"""The base of regularizers: penalties on weights that are added to the loss."""

from typing import Any

from lamina._public import public


@public("Regularizer", "regularizers.Regularizer")
class Regularizer:
    """A penalty; subclasses define `__call__(x)`, which gives a scalar, and `get_config`.

    Example:
        >>> class Sum(regularizers.Regularizer):
        ...     def __call__(self, x):
        ...         return 0.1 * ops.sum(x)
        >>> Sum()(ops.ones(5))
        Tensor(0.5, dtype=float32)
    """

    def __call__(self, x: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define __call__(x).")

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(f"{type(self).__name__} must define get_config() to be saved.")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Regularizer":
        return cls(**config)
