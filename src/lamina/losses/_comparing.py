"""Targets and predictions whose shapes do not fit: both are named, whatever the engine says of it."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from lamina import tree
from lamina._checks import ShapeMismatch

F = TypeVar("F", bound=Callable[..., Any])
_OF_SHAPES = (ValueError, TypeError, RuntimeError, IndexError)  # what engines raise for shapes that do not fit
_HINT = " Targets need the width of the output: change the units of the last layer, or y."


def compares(function: F, where: Callable[..., str] | None = None) -> F:
    """A function or method of `y_true` and `y_pred` that tells their shapes if it fails because they do not fit.

    Args:
        where: gives the name in the message from the arguments; by default it is the function's.
    """
    names = list(inspect.signature(function).parameters)
    if not {"y_true", "y_pred"} <= set(names):
        return function

    @functools.wraps(function)
    def compared(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except ShapeMismatch:
            raise
        except _OF_SHAPES as error:
            given = {**dict(zip(names, args)), **kwargs}
            true, pred = (_shapes(given.get(name)) for name in ("y_true", "y_pred"))
            if all(map(_fit, true, pred)):
                raise
            name = where(*args) if where else function.__name__
            hint = _HINT if all(map(_differ_in_width, true, pred)) else ""
            raise ShapeMismatch(
                f"{name}: y_true of shape {_text(true)} does not fit y_pred of shape {_text(pred)}.{hint}"
            ) from error

    return compared  # type: ignore[return-value]


def _shapes(structure: Any) -> list[tuple[int | None, ...]]:
    return [tuple(getattr(x, "shape", ())) for x in tree.flatten(structure)]


def _fit(a: tuple[int | None, ...], b: tuple[int | None, ...]) -> bool:
    """Whether the shapes broadcast, if need be without a last axis of size one."""
    if abs(len(a) - len(b)) == 1:
        a, b = (s[:-1] if len(s) == max(len(a), len(b)) and s[-1] == 1 else s for s in (a, b))
    return all(m == n or m in (1, None) or n in (1, None) for m, n in zip(reversed(a), reversed(b)))


def _differ_in_width(a: tuple[int | None, ...], b: tuple[int | None, ...]) -> bool:
    return len(a) == len(b) > 1 and a[:-1] == b[:-1]


def _text(shapes: list[tuple[int | None, ...]]) -> str:
    return ", ".join(map(str, shapes))
