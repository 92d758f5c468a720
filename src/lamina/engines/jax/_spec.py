"""Shape and dtype without data."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Spec:
    """Shape and dtype of an array, without data."""

    shape: tuple[int, ...]
    dtype: Any
