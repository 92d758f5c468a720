"""Rows of one number, which all bound calls that read such a row have in common."""

from typing import Any
from weakref import WeakValueDictionary

import numpy as np

_longest: WeakValueDictionary[tuple[float, np.dtype], np.ndarray] = WeakValueDictionary()


def constant_row(number: float, size: int, dtype: Any) -> np.ndarray:
    """An array of shape (size,) that holds the number everywhere and cannot be written; its memory goes with the last of them."""
    key = number, np.dtype(dtype)
    row = _longest.get(key)
    if row is None or len(row) < size:
        row = np.full(size, number, dtype)
        row.flags.writeable = False
        _longest[key] = row
    return row[:size]
