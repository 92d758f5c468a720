"""Argument checks with one wording: what was got, what was expected, which argument of whom."""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

NO_ASSIGNMENT = (
    "A tensor is a value and cannot be assigned into. Make a new one with lamina.ops.slice_update (a block), "
    "lamina.ops.scatter_update (single entries) or lamina.ops.where (a condition)."
)


class ShapeMismatch(ValueError):
    """Shapes that do not fit each other, told in words."""


def is_number(value: Any) -> bool:
    """Whether `value` is a real number of Python's or NumPy's; a boolean is none."""
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def check_positive(value: Any, name: str, where: str) -> None:
    """Raises ValueError unless `value` is a number above zero."""
    if not is_number(value) or not value > 0:
        raise ValueError(f"{where}: {name} must be a positive number; got {value!r}.")


def check_non_negative(value: Any, name: str, where: str) -> None:
    """Raises ValueError unless `value` is a number, zero or above."""
    if not is_number(value) or not value >= 0:
        raise ValueError(f"{where}: {name} must be zero or a positive number; got {value!r}.")


def check_not_positive(value: Any, name: str, where: str) -> None:
    """Raises ValueError unless `value` is a number, zero or below."""
    if not is_number(value) or not value <= 0:
        raise ValueError(f"{where}: {name} must be zero or negative; got {value!r}.")


def check_positive_int(value: Any, name: str, where: str) -> None:
    """Raises ValueError unless `value` is an integer above zero."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{where}: {name} must be a positive integer; got {value!r}.")


def check_count(value: Any, name: str, where: str) -> None:
    """Raises TypeError for what is no integer, ValueError for one that is not above zero."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool):
        raise TypeError(f"{where}: {name} must be an integer; got {value!r}.")
    check_positive_int(value, name, where)


def check_below_one(value: Any, name: str, where: str) -> None:
    """Raises ValueError unless `0 <= value < 1`."""
    check_fraction(value, name, where, closed=False)


def check_share(value: Any, name: str, where: str) -> None:
    """Raises ValueError unless `0 < value <= 1`."""
    if not is_number(value) or not 0 < value <= 1:
        raise ValueError(f"{where}: {name} must be above 0, 1 at most; got {value!r}.")


def check_non_negative_int(value: Any, name: str, where: str) -> None:
    """Raises ValueError unless `value` is an integer, zero or above."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{where}: {name} must be an integer, zero or above; got {value!r}.")


def check_fraction(value: Any, name: str, where: str, *, closed: bool = True) -> None:
    """Raises ValueError unless `0 <= value <= 1` (`value < 1` when not `closed`)."""
    if not is_number(value) or not 0 <= value <= 1 or (value == 1 and not closed):
        raise ValueError(f"{where}: {name} must be between 0 and 1{'' if closed else ', below 1'}; got {value!r}.")


def check_each(check: Callable[[Any, str, str], None], where: str, **values: Any) -> None:
    """Applies `check` to several arguments, given by name."""
    for name, value in values.items():
        check(value, name, where)


def check_one_of(value: Any, choices: Collection[Any], name: str, where: str) -> None:
    """Raises ValueError unless `value` is one of `choices`."""
    if value not in choices:
        raise ValueError(f"{where}: {name} must be one of {', '.join(map(repr, choices))}; got {value!r}.")
