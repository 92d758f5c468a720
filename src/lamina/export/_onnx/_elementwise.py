"""Elementwise primitives."""

from typing import Any

import numpy as np

from ._rule import Rule

WIDE = np.dtype("int32")  # in which onnxruntime computes what it has no kernel for in fewer bits


def _node(op: str, logical: str = "") -> Rule:
    """One node; `logical` is the operator for booleans. Integers of 8 and 16 bits are computed in 32."""

    def rule(b: Any, call: Any, ins: list[str]) -> str:
        kind = call.inputs[0].dtype
        if kind.kind == "b" and logical:
            return b.node(logical, ins)
        if kind.kind in "iu" and kind.itemsize < 4:
            result = b.node(op, [b.cast(x, WIDE) for x in ins])
            return result if call.outputs[0].dtype == bool else b.cast(result, call.outputs[0].dtype)
        return b.node(op, ins)

    return rule


def _negated(op: str) -> Rule:
    inner = _node(op)
    return lambda b, call, ins: b.node("Not", [inner(b, call, ins)])


def _number(b: Any, call: Any, value: float) -> str:
    return b.constant(value, call.inputs[0].dtype)


def _scaled(op: str, factor: float, before: bool = False) -> Rule:
    """A node with a factor behind it, or before."""

    def rule(b: Any, call: Any, ins: list[str]) -> str:
        if before:
            return b.node(op, [b.node("Mul", [ins[0], _number(b, call, factor)])])
        return b.node("Mul", [b.node(op, ins), _number(b, call, factor)])

    return rule


def _expm1(b: Any, call: Any, ins: list[str]) -> str:
    return b.node("Sub", [b.node("Exp", ins), _number(b, call, 1)])


def _log1p(b: Any, call: Any, ins: list[str]) -> str:
    return b.node("Log", [b.node("Add", [ins[0], _number(b, call, 1)])])


def _factor(value: float) -> Rule:
    return lambda b, call, ins: b.node("Mul", [ins[0], _number(b, call, value)])


def _logaddexp(b: Any, call: Any, ins: list[str]) -> str:
    apart = b.node("Neg", [b.node("Abs", [b.node("Sub", ins)])])
    rest = b.node("Log", [b.node("Add", [b.node("Exp", [apart]), _number(b, call, 1)])])
    return b.node("Add", [b.node("Max", ins), rest])


def _hypot(b: Any, call: Any, ins: list[str]) -> str:
    return b.node("Sqrt", [b.node("Add", [b.node("Mul", [x, x]) for x in ins])])


def _cbrt(b: Any, call: Any, ins: list[str]) -> str:
    root = b.node("Pow", [b.node("Abs", ins), _number(b, call, 1 / 3)])
    return b.node("Mul", [b.node("Sign", ins), root])


def _trunc(b: Any, call: Any, ins: list[str]) -> str:
    return b.node("Mul", [b.node("Sign", ins), b.node("Floor", [b.node("Abs", ins)])])


def _remainder(b: Any, call: Any, ins: list[str]) -> str:
    if call.inputs[0].dtype.kind != "f":
        return _node("Mod")(b, call, ins)
    times = b.node("Floor", [b.node("Div", ins)])
    return b.node("Sub", [ins[0], b.node("Mul", [times, ins[1]])])


def _floor_divide(b: Any, call: Any, ins: list[str]) -> str:
    if call.inputs[0].dtype.kind == "f":
        return b.node("Floor", [b.node("Div", ins)])
    return b.node("Div", [b.node("Sub", [ins[0], b.node("Mod", ins)]), ins[1]])


def _shift(left: bool) -> Rule:
    """By so many bits: times, or divided by, a power of two, in 32 bits for fewer."""

    def rule(b: Any, call: Any, ins: list[str]) -> str:
        kind = call.inputs[0].dtype
        wide = kind if kind.itemsize >= 4 else WIDE
        x, bits = ins if wide == kind else [b.cast(i, wide) for i in ins]
        power = b.node("Pow", [b.constant(2, wide), bits])
        result = (
            b.node("Mul", [x, power]) if left else b.node("Div", [b.node("Sub", [x, b.node("Mod", [x, power])]), power])
        )
        return result if wide == kind else b.cast(result, kind)

    return rule


def _arctan2(b: Any, call: Any, ins: list[str]) -> str:
    """atan(y / x), and pi more or less where x is negative."""
    y, x = ins
    zero, pi = _number(b, call, 0), _number(b, call, np.pi)
    up = b.node("GreaterOrEqual", [y, zero])
    turn = b.node("Where", [up, pi, b.node("Neg", [pi])])
    angle = b.node("Atan", [b.node("Div", [y, x])])
    left = b.node("Where", [b.node("Less", [x, zero]), b.node("Add", [angle, turn]), angle])
    both = b.node("And", [b.node("Equal", [x, zero]), b.node("Equal", [y, zero])])
    return b.node("Where", [both, zero, left])


def _isfinite(b: Any, call: Any, ins: list[str]) -> str:
    return b.node("Not", [b.node("Or", [b.node("IsInf", ins), b.node("IsNaN", ins)])])


def _signbit(b: Any, call: Any, ins: list[str]) -> str:
    return b.node("Less", [ins[0], _number(b, call, 0)])


def _copysign(b: Any, call: Any, ins: list[str]) -> str:
    size = b.node("Abs", [ins[0]])
    return b.node("Where", [b.node("Less", [ins[1], _number(b, call, 0)]), b.node("Neg", [size]), size])


def _relu(b: Any, call: Any, ins: list[str]) -> str:
    if call.inputs[0].dtype.kind == "f":
        return b.node("Relu", ins)
    return _node("Max")(b, call, [ins[0], _number(b, call, 0)])


def _clip(b: Any, call: Any, ins: list[str]) -> str:
    return b.node("Clip", [ins[0], _number(b, call, call.params["low"]), _number(b, call, call.params["high"])])


def _where(b: Any, call: Any, ins: list[str]) -> str:
    if call.outputs[0].dtype != bool:
        return b.node("Where", ins)
    chosen = b.node("Where", [ins[0], *(b.cast(x, "uint8") for x in ins[1:])])
    return b.cast(chosen, bool)


def _cast(b: Any, call: Any, ins: list[str]) -> str:
    return b.cast(ins[0], call.params["dtype"])


ELEMENTWISE: dict[str, Rule] = {
    name: _node(op)
    for name, op in {
        "subtract": "Sub", "divide": "Div", "power": "Pow", "negative": "Neg", "sqrt": "Sqrt", "reciprocal": "Reciprocal",
        "exp": "Exp", "log": "Log", "sin": "Sin", "cos": "Cos", "tan": "Tan", "arcsin": "Asin", "arccos": "Acos",
        "arctan": "Atan", "sinh": "Sinh", "cosh": "Cosh", "tanh": "Tanh", "arcsinh": "Asinh", "arccosh": "Acosh",
        "arctanh": "Atanh", "absolute": "Abs", "sign": "Sign", "floor": "Floor", "ceil": "Ceil", "rint": "Round",
        "isnan": "IsNaN", "isinf": "IsInf", "equal": "Equal", "less": "Less", "less_equal": "LessOrEqual",
        "greater": "Greater", "greater_equal": "GreaterOrEqual", "logical_and": "And", "logical_or": "Or",
        "logical_xor": "Xor", "logical_not": "Not", "erf": "Erf", "sigmoid": "Sigmoid", "softplus": "Softplus",
    }.items()
}  # fmt: skip
ELEMENTWISE |= {
    "add": _node("Add", "Or"), "multiply": _node("Mul", "And"), "maximum": _node("Max", "Or"), "minimum": _node("Min", "And"),
    "bitwise_and": _node("BitwiseAnd", "And"), "bitwise_or": _node("BitwiseOr", "Or"),
    "bitwise_xor": _node("BitwiseXor", "Xor"), "invert": _node("BitwiseNot", "Not"),
    "not_equal": _negated("Equal"), "square": lambda b, call, ins: _node("Mul")(b, call, [ins[0], ins[0]]),
    "left_shift": _shift(True), "right_shift": _shift(False),
    "fmod": lambda b, call, ins: b.node("Mod", ins, fmod=1),
    "log2": _scaled("Log", 1 / np.log(2)), "log10": _scaled("Log", 1 / np.log(10)),
    "exp2": _scaled("Exp", np.log(2), before=True),
    "deg2rad": _factor(np.pi / 180), "rad2deg": _factor(180 / np.pi),
    "expm1": _expm1, "log1p": _log1p, "logaddexp": _logaddexp, "hypot": _hypot, "cbrt": _cbrt, "trunc": _trunc,
    "remainder": _remainder, "floor_divide": _floor_divide, "arctan2": _arctan2, "isfinite": _isfinite,
    "signbit": _signbit, "copysign": _copysign, "relu": _relu, "clip": _clip, "where": _where, "cast": _cast,
}  # fmt: skip
