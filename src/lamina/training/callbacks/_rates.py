"""Learning rates that callbacks change: one, or with a MultiOptimizer that of each optimizer."""

from collections.abc import Callable
from typing import Any


def change_rates(optimizer: Any, change: Callable[[float], float]) -> None:
    """Sets every learning rate to `change(rate)`."""
    for one in _holders(optimizer):
        one.learning_rate = change(float(one.learning_rate))


def rate_of(optimizer: Any) -> float:
    """The learning rate that logs show: that of the first optimizer."""
    return float(_holders(optimizer)[0].learning_rate)


def _holders(optimizer: Any) -> list[Any]:
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    return getattr(inner, "optimizers", None) or [optimizer]
