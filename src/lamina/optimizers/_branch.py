"""A branch on a tensor that changes variables: taken when its value is known, else computed and selected."""

from collections.abc import Callable
from typing import Any

from lamina import ops
from lamina.variables import StateScope


def when(condition: Any, then: Callable[[], None], otherwise: Callable[[], None] | None = None) -> None:
    """Runs `then` or `otherwise`, which change variables, by a boolean scalar.

    While a function is traced the condition has no value: then both run on states of their own, and each variable that
    one of them changed gets `where(condition, its value after then, its value after otherwise)`.
    """
    try:
        known = bool(condition)
    except TypeError:
        _select(condition, then, otherwise)
        return
    if known:
        then()
    elif otherwise is not None:
        otherwise()


def _select(condition: Any, then: Callable[[], None], otherwise: Callable[[], None] | None) -> None:
    with StateScope() as if_true:
        then()
    with StateScope() as if_false:
        if otherwise is not None:
            otherwise()
    changed = {id(variable): variable for scope in (if_true, if_false) for variable, _ in scope.items()}
    for variable in changed.values():
        variable.assign(ops.where(condition, if_true[variable], if_false[variable]))
