"""Decisions and loops, and the phase: training or not."""

from collections.abc import Callable
from typing import Any

from lamina import ops
from lamina._checks import check_one_of
from lamina._public import public
from lamina.layers._base._call import context
from lamina.variables import name_scope as _name_scope


class LearningPhase(int):
    """What `learning_phase()` gives: 0 or 1, and recognised among the inputs of a `function`."""


@public("backend.learning_phase")
def learning_phase() -> LearningPhase:
    """1 while training, 0 otherwise. Among the inputs of a `function` it stands for the value given there."""
    return LearningPhase(bool(context.training))


@public("backend.set_learning_phase")
def set_learning_phase(value: Any) -> None:
    """Fixes the phase of layers that are not told `training=`: 0 or 1."""
    check_one_of(value, (0, 1), "value", "set_learning_phase")
    context.training = bool(value)


@public("backend.learning_phase_scope")
class learning_phase_scope:
    """Inside `with learning_phase_scope(value):` the phase is `value`."""

    def __init__(self, value: Any):
        check_one_of(value, (0, 1), "value", "learning_phase_scope")
        self.value: bool = bool(value)

    def __enter__(self) -> None:
        self._outer, context.training = context.training, self.value

    def __exit__(self, *exc: Any) -> None:
        context.training = self._outer


@public("backend.name_scope")
def name_scope(name: str) -> Any:
    """Prepends `name`, whose parts may be joined by "/", to the paths of the variables made inside."""
    return _name_scope(name.strip("/").replace("/", "_"))


def _result(x: Any) -> Any:
    return x() if callable(x) and not hasattr(x, "shape") else x


@public("backend.in_train_phase")
def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`x` (a tensor, or a function without arguments that gives one) while training, `alt` otherwise."""
    training = learning_phase() if training is None else training
    return _result(x) if training else _result(alt)


@public("backend.in_test_phase")
def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`alt` while training, `x` otherwise."""
    return in_train_phase(alt, x, training)


@public("backend.switch")
def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """One of two tensors, or of what two functions give, by a condition: a scalar, or a tensor for element by element.

    A condition of lower rank than the tensors decides about whole entries.
    """
    then, other = _result(then_expression), _result(else_expression)
    missing = len(ops.shape(then)) - len(ops.shape(condition))
    if missing > 0:
        condition = ops.reshape(condition, (*ops.shape(condition), *(1,) * missing))
    return ops.where(ops.cast(condition, "bool"), then, other)


@public("backend.map_fn")
def map_fn(fn: Callable[..., Any], elems: Any, name: Any = None, dtype: Any = None) -> Any:
    """`fn` of every entry of the first axis, stacked."""
    result = ops.map(fn, elems)
    return result if dtype is None else ops.cast(result, dtype)


@public("backend.foldl")
def foldl(fn: Callable[..., Any], elems: Any, initializer: Any = None, name: Any = None) -> Any:
    """fn(... fn(fn(initializer, elems[0]), elems[1]) ..., elems[-1]); without initializer it starts from elems[0]."""
    entries = [elems[i] for i in range(elems.shape[0])]
    return _fold(fn, entries, initializer)


@public("backend.foldr")
def foldr(fn: Callable[..., Any], elems: Any, initializer: Any = None, name: Any = None) -> Any:
    """As `foldl`, from the last entry to the first."""
    entries = [elems[i] for i in reversed(range(elems.shape[0]))]
    return _fold(fn, entries, initializer)


def _fold(fn: Callable[..., Any], entries: list[Any], initializer: Any) -> Any:
    result, rest = (entries[0], entries[1:]) if initializer is None else (initializer, entries)
    for entry in rest:
        result = fn(result, entry)
    return result
