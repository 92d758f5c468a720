"""The arguments of a fit, one by one: each check gives the value as it is used, or says what it must be."""

import math
import os
from collections.abc import Hashable, Iterable, Mapping
from numbers import Integral, Real
from typing import Any

from ._errors import TableError

MOST = 2**32 - 1  # of whole numbers: NumPy takes no larger seed, and of the others none is of use
_MOST_UNITS = 100_000  # of a layer
_LONG = 60  # letters that are shown


def refused(name: str, must: str, value: Any) -> TableError:
    """The error for an argument; names its option too."""
    shown = repr(value)
    shown = shown if len(shown) <= _LONG else f"{shown[:_LONG]}..."
    kind = "" if isinstance(value, (str, float, int)) and not isinstance(value, bool) else f" ({type(value).__name__})"
    return TableError(f"{name} (--{_option_of(name)}) must be {must}; got {shown}{kind}.")


def _option_of(name: str) -> str:
    return "time" if name == "budget" else name.replace("_", "-")


def column_name(name: str, value: Any) -> str:
    """The name of a column, as a table calls it: labels of frames may be numbers."""
    if value is None or not isinstance(value, Hashable):
        raise refused(name, "the name of a column", value)
    return str(value).strip()


def column_names(name: str, value: Any) -> tuple[str, ...]:
    """Names of columns."""
    return tuple(column_name(name, one) for one in _listed(name, "a list of names of columns", value))


def value_texts(name: str, value: Any) -> tuple[str, ...]:
    """Values as the texts that a table has for them: -1.0 and -1 are one."""
    return tuple(_as_text(name, one) for one in _listed(name, "a list of values", value))


def orders(name: str, value: Any) -> dict[str, list[str]]:
    """Columns and their levels, two or more, from the lowest to the highest."""
    if not isinstance(value, Mapping):
        raise refused(name, "a dict of columns and their levels", value)
    found = {}
    for column, given in value.items():
        must = f"a list of two levels or more, each once, for the column {column!r}"
        levels = [_as_text(name, level) for level in _listed(name, must, given)]
        if len(levels) < 2 or len(set(levels)) < len(levels):
            raise refused(name, must, given)
        found[column_name(name, column)] = levels
    return found


def one_of(name: str, value: Any, choices: tuple[str, ...]) -> str:
    """One of some words."""
    if not isinstance(value, str) or value not in choices:
        raise refused(name, f"{', '.join(choices[:-1])} or {choices[-1]}", value)
    return value


def text(name: str, value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        raise refused(name, "a text", value)
    return value


def path(name: str, value: Any) -> str:
    """The path of a folder."""
    if not isinstance(value, (str, os.PathLike)):
        raise refused(name, "the path of a folder", value)
    return str(os.fspath(value))


def whole(name: str, value: Any, least: int, most: int = MOST, besides: str = "") -> int:
    """A whole number between two others, or what is said to be allowed `besides`."""
    if isinstance(value, Integral) and not isinstance(value, bool) and least <= value <= most:
        return int(value)
    raise refused(name, f"{besides}a whole number from {least} to {most}", value)


def folds(name: str, value: Any) -> int:
    """How many parts are tested in turn."""
    if isinstance(value, Integral) and not isinstance(value, bool) and value == 0:
        return 0
    return whole(name, value, 2, besides="0 (one split) or ")


def real(
    name: str, value: Any, must: str, above: float = -math.inf, below: float = math.inf, least: float = -math.inf
) -> float:
    """A finite number between others, as `must` says."""
    if isinstance(value, Real) and not isinstance(value, bool):
        number = float(value)
        if math.isfinite(number) and above < number < below and number >= least:
            return number
    raise refused(name, must, value)


def units(name: str, value: Any) -> tuple[int, ...]:
    """Units of hidden layers."""
    given = _listed(name, "a list of units of layers, like (64, 64), empty for none", value)
    return tuple(whole(name, one, 1, _MOST_UNITS, "of layers with each ") for one in given)


def _listed(name: str, must: str, value: Any) -> list[Any]:
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise refused(name, must, value)
    return list(value)


def _as_text(name: str, value: Any) -> str:
    if value is None or not isinstance(value, Hashable) or value != value:
        raise refused(name, "of values", value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
