"""Argument checks with one wording: what was got, what was expected, which argument of whom."""

from collections.abc import Collection
from typing import Any

import numpy as np

NO_ASSIGNMENT = (
    "A tensor is a value and cannot be assigned into. Make a new one with lamina.ops.slice_update (a block), "
    "lamina.ops.scatter_update (single entries) or lamina.ops.where (a condition)."
)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def check_positive(value: Any, name: str, where: str) -> None:
    """Raises ValueError unless `value` is a number above zero."""
    if not _is_number(value) or not value > 0:
        raise ValueError(f"{where}: {name} must be a positive number; got {value!r}.")


def check_non_negative(value: Any, name: str, where: str) -> None:
    """Raises ValueError unless `value` is a number, zero or above."""
    if not _is_number(value) or not value >= 0:
        raise ValueError(f"{where}: {name} must be zero or a positive number; got {value!r}.")


def check_positive_int(value: Any, name: str, where: str) -> None:
    """Raises ValueError unless `value` is an integer above zero."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{where}: {name} must be a positive integer; got {value!r}.")


def check_non_negative_int(value: Any, name: str, where: str) -> None:
    """Raises ValueError unless `value` is an integer, zero or above."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{where}: {name} must be an integer, zero or above; got {value!r}.")


def check_fraction(value: Any, name: str, where: str, *, closed: bool = True) -> None:
    """Raises ValueError unless `0 <= value <= 1` (`value < 1` when not `closed`)."""
    if not _is_number(value) or not 0 <= value <= 1 or (value == 1 and not closed):
        raise ValueError(f"{where}: {name} must be between 0 and 1{'' if closed else ', below 1'}; got {value!r}.")


def check_one_of(value: Any, choices: Collection[Any], name: str, where: str) -> None:
    """Raises ValueError unless `value` is one of `choices`."""
    if value not in choices:
        raise ValueError(f"{where}: {name} must be one of {', '.join(map(repr, choices))}; got {value!r}.")
