"""What elements look like: shapes and dtypes without values."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ._elements import map_leaves


@dataclass(frozen=True)
class TensorSpec:
    """Shape (None where a size differs) and name of the dtype of one part of an element."""

    shape: tuple[Any, ...] | None
    dtype: str = "float32"
    name: str | None = None

    def __post_init__(self) -> None:
        if self.shape is not None:
            object.__setattr__(self, "shape", tuple(None if n is None else int(n) for n in self.shape))
        object.__setattr__(self, "dtype", dtype_name(self.dtype))

    @property
    def ndim(self) -> int:
        """How many axes."""
        return len(self.shape or ())

    rank = ndim

    def with_batch(self, size: int | None) -> "TensorSpec":
        """The same with a first axis of that size."""
        return TensorSpec(None if self.shape is None else (size, *self.shape), self.dtype, self.name)

    def without_batch(self) -> "TensorSpec":
        """The same without its first axis."""
        return TensorSpec(None if self.shape is None else self.shape[1:], self.dtype, self.name)

    def fits(self, array: Any) -> bool:
        """Whether an array has this shape, as far as it is known."""
        return self.shape is None or (
            len(self.shape) == array.ndim and all(n in (None, m) for n, m in zip(self.shape, array.shape))
        )


def dtype_name(dtype: Any) -> str:
    """The name of a dtype; "string" for text and bytes."""
    if isinstance(dtype, str) and dtype in ("string", "bfloat16"):
        return dtype
    kind = np.dtype(dtype if isinstance(dtype, (str, type, np.dtype)) else dtype.name)
    return "string" if kind.kind in "USO" else kind.name


def spec_of(element: Any) -> Any:
    """The structure of specs of an element; a data set among its leaves stays itself."""
    return map_leaves(
        lambda leaf: leaf if not isinstance(leaf, np.ndarray) else TensorSpec(leaf.shape, dtype_name(leaf.dtype)),
        element,
    )


def spec_of_rows(rows: Any) -> Any:
    """The specs of the rows of arrays of equal length."""
    return map_leaves(lambda array: TensorSpec(array.shape[1:], dtype_name(array.dtype)), rows)
