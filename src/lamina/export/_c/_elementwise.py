"""Elementwise primitives, as expressions of their operands."""

from typing import Any

import numpy as np

from ._types import TYPES, function, number

# For floats the functions of math.h; in formulas a, b and c are the operands, T the type, and F what ends a function's name.
FUNCTIONS = {
    "sqrt": "sqrt", "exp": "exp", "log": "log", "log2": "log2", "log10": "log10", "log1p": "log1p", "expm1": "expm1",
    "exp2": "exp2", "sin": "sin", "cos": "cos", "tan": "tan", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
    "floor": "floor", "ceil": "ceil", "trunc": "trunc", "rint": "nearbyint", "cbrt": "cbrt", "hypot": "hypot",
    "arctan2": "atan2", "fmod": "fmod", "copysign": "copysign", "power": "pow", "erf": "erf", "lgamma": "lgamma",
}  # fmt: skip
FORMULAS = {
    "add": "a + b", "subtract": "a - b", "multiply": "a * b", "divide": "a / b", "negative": "-a", "square": "a * a",
    "reciprocal": "1 / a", "absolute": "a < 0 ? -a : a", "sign": "(a > 0) - (a < 0)", "relu": "a < 0 ? 0 : a",
    "maximum": "a > b || a != a ? a : b", "minimum": "a < b || a != a ? a : b",
    "equal": "a == b", "not_equal": "a != b", "less": "a < b", "less_equal": "a <= b", "greater": "a > b",
    "greater_equal": "a >= b", "logical_and": "a && b", "logical_or": "a || b", "logical_not": "!a",
    "logical_xor": "!a != !b", "isnan": "a != a", "isinf": "isinf(a) != 0", "isfinite": "isfinite(a) != 0",
    "signbit": "signbit(a) != 0", "where": "a ? b : c", "left_shift": "a << b", "right_shift": "a >> b",
    "bitwise_and": "a & b", "bitwise_or": "a | b", "bitwise_xor": "a ^ b", "invert": "~a",
    "sigmoid": "1 / (1 + expF(-a))", "softplus": "(a > 0 ? a : 0) + log1pF(expF(a > 0 ? -a : a))",
}  # fmt: skip
OF_BOOLEANS = {"add": "a || b", "multiply": "a && b", "invert": "!a"}
OF_FLOATS = {"remainder": "a - floorF(a / b) * b", "floor_divide": "floorF(a / b)"}
OF_INTEGERS = {"remainder": "(a % b + b) % b", "floor_divide": "(a - (a % b + b) % b) / b"}


def expression(call: Any, operands: list[str]) -> str | None:
    """The value of one element; None for a primitive that is not here."""
    kind = call.inputs[0].dtype
    if call.name == "cast":
        to = np.dtype(call.params["dtype"])
        return f"{operands[0]} != 0" if to.kind == "b" else f"({TYPES[to.name]})({operands[0]})"
    if call.name == "clip":
        low, high = (number(call.params[k], kind) for k in ("low", "high"))
        return f"{operands[0]} < {low} ? {low} : {operands[0]} > {high} ? {high} : {operands[0]}"
    if call.name in FUNCTIONS and kind.kind == "f":
        return f"{function(FUNCTIONS[call.name], kind)}({', '.join(operands)})"
    special = {"b": OF_BOOLEANS, "f": OF_FLOATS}.get(kind.kind, OF_INTEGERS)
    formula = special.get(call.name) or FORMULAS.get(call.name)
    return None if formula is None else _filled(formula, operands, kind)


def _filled(formula: str, operands: list[str], kind: np.dtype) -> str:
    """Operands in the place of a, b and c, which stand alone as words."""
    words: list[str] = []
    word = ""
    for c in formula + " ":
        if c.isalnum():
            word += c
            continue
        words.append(_word(word, operands, kind) if word else "")
        words.append(c)
        word = ""
    return "".join(words).strip()


def _word(word: str, operands: list[str], kind: np.dtype) -> str:
    if len(word) == 1 and word in "abc":
        return operands["abc".index(word)]
    return function(word[:-1], kind) if word.endswith("F") else word
