"""Sums, products, quotients, powers; the larger and the smaller of two."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._dispatch import UFUNCS
from .._graph import Node, Var
from .._operands import to_array, to_dtype
from .._trace import is_traced
from ._elementwise import FLOAT, SAME, elementwise
from ._relu import relu
from ._rewriting import made_by, neutral
from ._rows import rows_repeated


def _double_negative(node: Node, emit: Callable[..., Any]) -> Var | None:
    """-(-x) -> x."""
    inner = made_by(negative, node.inputs[0])
    return None if inner is None else inner.inputs[0]


def _plus_negative(node: Node, emit: Callable[..., Any]) -> Var | None:
    """a + (-b) -> a - b."""
    return _with_opposite(subtract, node, emit)


def _minus_negative(node: Node, emit: Callable[..., Any]) -> Var | None:
    """a - (-b) -> a + b."""
    return _with_opposite(add, node, emit)


def _with_opposite(primitive: Any, node: Node, emit: Callable[..., Any]) -> Var | None:
    a, b = node.inputs
    inner = made_by(negative, b)
    if inner is None or b.shape != node.outputs[0].shape:
        return None
    return emit(primitive, [a, inner.inputs[0]])


negative = elementwise(
    "negative", np.negative, SAME, lambda g, y, x: -g,
    cheap=True, rewrites=(_double_negative,), scalar="negative",
)  # fmt: skip
add = elementwise(
    "add", np.add, SAME, lambda g, y, a, b: g, lambda g, y, a, b: g,
    cheap=True, rewrites=(neutral(0, 1, 0), _plus_negative), **rows_repeated(np.add),
    scalar="add",
)  # fmt: skip
subtract = elementwise(
    "subtract", np.subtract, SAME, lambda g, y, a, b: g, lambda g, y, a, b: -g,
    cheap=True, rewrites=(neutral(0, 1), _minus_negative), **rows_repeated(np.subtract),
    scalar="subtract",
)  # fmt: skip
multiply = elementwise(
    "multiply", np.multiply, SAME, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a,
    cheap=True, rewrites=(neutral(1, 1, 0),), **rows_repeated(np.multiply),
    scalar="multiply",
)  # fmt: skip
divide = elementwise(
    "divide",
    np.true_divide,
    FLOAT,
    lambda g, y, a, b: g / b,
    lambda g, y, a, b: -(g * y / b),
    rewrites=(neutral(1, 1),),
    scalar="divide",
)
remainder = elementwise(
    "remainder", np.remainder, SAME, lambda g, y, a, b: g, lambda g, y, a, b: -(g * np.floor(a / b))
)
fmod = elementwise("fmod", np.fmod, SAME, lambda g, y, a, b: g, lambda g, y, a, b: -(g * np.trunc(a / b)))
floor_divide = elementwise("floor_divide", np.floor_divide)
UFUNCS[np.divmod] = lambda a, b: (np.floor_divide(a, b), np.remainder(a, b))

# --- powers -----------------------------------------------------------------------------------------------------------

power = elementwise(
    "power", np.power, SAME,
    lambda g, y, a, b: g * b * np.power(a, np.where(b == 0, 1, b) - 1),
    lambda g, y, a, b: g * np.where(a == 0, 0, y * np.log(np.where(a == 0, 1, a))),
    register=False, scalar="power", of_floats=True,
)  # fmt: skip
square = elementwise("square", np.square, SAME, lambda g, y, x: g * (x + x), cheap=True, scalar="square")
sqrt = elementwise("sqrt", np.sqrt, FLOAT, lambda g, y, x: g * 0.5 / y, scalar="sqrt")
cbrt = elementwise("cbrt", np.cbrt, FLOAT, lambda g, y, x: g / (3 * np.square(y)))
reciprocal = elementwise(
    "reciprocal",
    np.reciprocal,
    FLOAT,
    lambda g, y, x: -(g * np.square(y)),
    scalar=lambda f, x: f.divide(f.like(1, x), x),
)
hypot = elementwise("hypot", np.hypot, FLOAT, lambda g, y, a, b: g * a / y, lambda g, y, a, b: g * b / y)


def _power(a: Any, b: Any) -> Any:
    if type(b) in (int, float) and b in (0.5, 1, 2):
        x = to_array(a)
        if b == 2:
            return square(x)
        if b == 1:
            return x
        return sqrt.apply(x)
    return power.apply(a, b)


UFUNCS[np.power] = UFUNCS[np.float_power] = _power

# --- the larger and the smaller ---------------------------------------------------------------------------------------


def _split_ties(g: Any, wins: Any, ties: Any) -> Any:
    return g * (to_dtype(wins, g.dtype) + 0.5 * to_dtype(ties, g.dtype))


# Where the two are equal each gets half of the gradient, as in JAX.
_LARGER = (lambda g, y, a, b: _split_ties(g, a > b, a == b), lambda g, y, a, b: _split_ties(g, b > a, a == b))
_SMALLER = (lambda g, y, a, b: _split_ties(g, a < b, a == b), lambda g, y, a, b: _split_ties(g, b < a, a == b))
maximum = elementwise("maximum", np.maximum, SAME, *_LARGER, register=False, cheap=True, scalar="maximum")
minimum = elementwise("minimum", np.minimum, SAME, *_SMALLER, cheap=True, scalar="minimum")
fmax = elementwise("fmax", np.fmax, SAME, *_LARGER)
fmin = elementwise("fmin", np.fmin, SAME, *_SMALLER)


def _is_zero(x: Any) -> bool:
    return type(x) in (int, float) and x == 0


def _maximum(a: Any, b: Any) -> Any:
    if _is_zero(b) and is_traced(a):
        return relu(to_array(a))
    if _is_zero(a) and is_traced(b):
        return relu(to_array(b))
    return maximum.apply(a, b)


UFUNCS[np.maximum] = _maximum
