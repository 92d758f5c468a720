"""Limits for trying a program out: how many epochs and steps `fit` makes at most, whatever it is told."""

import os
from typing import Any

from lamina._checks import check_positive_int
from lamina._public import public


def _from_environment(name: str) -> int | None:
    """The limit in `LAMINA_...`, else in `KERAS_...`. Raises ValueError unless it is a positive integer."""
    text = os.environ.get(f"LAMINA_{name}") or os.environ.get(f"KERAS_{name}")
    if not text:
        return None
    if not text.isdecimal() or int(text) == 0:
        raise ValueError(f"The environment variable for {name} must be a positive integer; got {text!r}.")
    return int(text)


_NAMES = {"max_epochs": "MAX_EPOCHS", "max_steps_per_epoch": "MAX_STEPS_PER_EPOCH"}
_limits: dict[str, int | None] = {}


def _limit(name: str) -> int | None:
    if name not in _limits:
        _limits[name] = _from_environment(_NAMES[name])
    return _limits[name]


def _set_limit(name: str, value: int | None) -> None:
    if value is not None:
        check_positive_int(value, name, f"set_{name}")
    _limits[name] = value


@public("config.max_epochs")
def max_epochs() -> int | None:
    """How many epochs `fit` makes at most; None for no limit.

    By default what `LAMINA_MAX_EPOCHS` or `KERAS_MAX_EPOCHS` says.

    Example:
        >>> config.set_max_epochs(2)
        >>> config.max_epochs()
        2
        >>> config.set_max_epochs(None)
    """
    return _limit("max_epochs")


@public("config.set_max_epochs")
def set_max_epochs(max_epochs: int | None) -> None:
    """Limits the epochs of every `fit`, to try a program out. None lifts the limit."""
    _set_limit("max_epochs", max_epochs)


@public("config.max_steps_per_epoch")
def max_steps_per_epoch() -> int | None:
    """How many steps an epoch of `fit`, an evaluation and a prediction have at most; None for no limit.

    By default what `LAMINA_MAX_STEPS_PER_EPOCH` or `KERAS_MAX_STEPS_PER_EPOCH` says.

    Example:
        >>> config.set_max_steps_per_epoch(5)
        >>> config.max_steps_per_epoch()
        5
        >>> config.set_max_steps_per_epoch(None)
    """
    return _limit("max_steps_per_epoch")


@public("config.set_max_steps_per_epoch")
def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Limits the steps of every epoch, evaluation and prediction, to try a program out. None lifts the limit."""
    _set_limit("max_steps_per_epoch", max_steps_per_epoch)


def at_most(value: Any, limit: int | None) -> Any:
    """The smaller of two numbers, None being without limit."""
    return limit if value is None else value if limit is None else min(value, limit)
