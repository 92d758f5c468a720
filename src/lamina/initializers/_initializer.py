"""The base of initializers: callables that make the first value of a weight."""

from typing import Any

import numpy as np

from lamina._public import public
from lamina.engines import engine
from lamina.ops._dtypes import numpy_dtype, standardize_dtype


@public("Initializer", "initializers.Initializer")
class Initializer:
    """Makes initial values; subclasses define `__call__(shape, dtype=None)` and `get_config` if they have arguments.

    Example:
        >>> class Half(initializers.Initializer):
        ...     def __call__(self, shape, dtype=None):
        ...         return ops.full(shape, 0.5, dtype=dtype)
        >>> layers.Dense(1, kernel_initializer=Half())(ops.ones((1, 4)))
        Tensor([[2.]], dtype=float32)
    """

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define __call__(shape, dtype=None).")

    def get_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Initializer":
        return cls(**config)

    def clone(self) -> "Initializer":
        return type(self).from_config(self.get_config())

    def __repr__(self) -> str:
        arguments = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items())
        return f"{type(self).__name__}({arguments})"


def to_tensor(array: np.ndarray, dtype: Any) -> Any:
    """A host array as a tensor of the engine, in `dtype` (the default float type if None)."""
    return engine.tensor(np.asarray(array).astype(numpy_dtype(standardize_dtype(dtype))))
