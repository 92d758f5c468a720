"""Where variables live: one array for life, updated in place."""

from typing import Any

import numpy as np

from ._tensor import Tensor, plain, wrap


def new_storage(value: Any) -> np.ndarray:
    """A copy of `value` that a variable may own."""
    return np.array(value, copy=True, order="C", subok=False)


def storage_view(storage: np.ndarray) -> Any:
    """What readers of a variable get: a tensor over the same memory that cannot be written."""
    return wrap(storage)


def apart(x: Any, others: list[Any]) -> Any:
    """`x`, copied if it may lie in the memory of one of the others."""
    if type(x) is Tensor:
        for y in others:
            if isinstance(y, np.ndarray) and np.may_share_memory(plain(x), plain(y)):
                return wrap(np.array(x))
    return x


def write(storage: np.ndarray, value: Any) -> None:
    """Copies `value` into a variable's storage."""
    np.copyto(storage, np.asarray(value))


def shares_storage(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether one of the arrays is a part of the other."""
    return np.shares_memory(a, b)
