"""Reductions, softmax and running sums."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ._loops import offset, strides_of
from ._rule import Rule
from ._types import TYPES, function

STARTS = {"sum": "0", "prod": "1", "any": "0", "all": "1"}
JOINS = {
    "sum": "total += {x};", "prod": "total *= {x};", "any": "total |= {x} != 0;", "all": "total &= {x} != 0;",
    "max": "if ({x} > total || {x} != {x}) total = {x};", "min": "if ({x} < total || {x} != {x}) total = {x};",
}  # fmt: skip


def _reduction(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    shape, axes = call.inputs[0].shape, call.params["axis"]
    strides = strides_of(shape)
    kept = [axis for axis in range(len(shape)) if axis not in axes]
    name = "any" if call.name == "sum" and call.inputs[0].dtype.kind == "b" else call.name
    with w.loops([shape[a] for a in kept]) as i:
        first = f"{ins[0]}[{offset(i, [strides[a] for a in kept])}]"
        with w.braces():
            w.add(f"{TYPES[call.outputs[0].dtype.name]} total = {STARTS.get(name, first)};")
            with w.loops([shape[a] for a in axes]) as j:
                place = offset([*i, *j], [strides[a] for a in (*kept, *axes)])
                w.add(JOINS[name].format(x=f"{ins[0]}[{place}]"))
            w.add(f"{outs[0]}[{offset(i, strides_of([shape[a] for a in kept]))}] = total;")


@contextmanager
def _lines(w: Any, call: Any, name: str, axis: int) -> Iterator[Any]:
    """Each line along an axis: gives what reads an element of it, and the place of the line."""
    shape = call.inputs[0].shape
    axis, strides = axis % len(shape), strides_of(shape)
    others = [k for k in range(len(shape)) if k != axis]
    with w.loops([shape[k] for k in others]) as indices, w.braces():

        def at(j: str, array: str = name) -> str:
            return f"{array}[{offset([*indices, j], [*(strides[k] for k in others), strides[axis]])}]"

        yield at, offset(indices, strides_of([shape[k] for k in others]))


def _argument(sign: str) -> Rule:
    """The place of the largest or smallest, the first of equals."""

    def rule(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
        with _lines(w, call, ins[0], call.params["axis"]) as (at, place):
            w.add("int best = 0;")
            with w.loops([call.inputs[0].shape[call.params["axis"]]]) as (j,):
                w.add(f"if ({at(j)} {sign} {at('best')}) best = {j};")
            w.add(f"{outs[0]}[{place}] = best;")

    return rule


def _softmax(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    kind, axis = call.inputs[0].dtype, call.params["axis"]
    size, real, is_log = call.inputs[0].shape[axis], TYPES[kind.name], call.name == "log_softmax"
    exp = function("exp", kind)
    with _lines(w, call, ins[0], axis) as (at, _):
        w.add(f"{real} largest = {at('0')}, total = 0;")
        with w.loops([size]) as (j,):
            w.add(f"if ({at(j)} > largest || {at(j)} != {at(j)}) largest = {at(j)};")
        with w.loops([size]) as (j,):
            power = f"{exp}({at(j)} - largest)"
            w.add(f"total += {power};" if is_log else f"total += {at(j, outs[0])} = {power};")
        if is_log:
            w.add(f"total = largest + {function('log', kind)}(total);")
        with w.loops([size]) as (j,):
            w.add(f"{at(j, outs[0])} = {at(j)} - total;" if is_log else f"{at(j, outs[0])} /= total;")


def _running(sign: str, start: str) -> Rule:
    def rule(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
        axis = call.params["axis"]
        with _lines(w, call, ins[0], axis) as (at, _):
            w.add(f"{TYPES[call.inputs[0].dtype.name]} total = {start};")
            with w.loops([call.inputs[0].shape[axis]]) as (j,):
                w.add(f"{at(j, outs[0])} = total {sign}= {at(j)};")

    return rule


REDUCTIONS: dict[str, Rule] = dict.fromkeys(("sum", "prod", "max", "min", "any", "all"), _reduction)
REDUCTIONS |= {
    "argmax": _argument(">"), "argmin": _argument("<"), "softmax": _softmax, "log_softmax": _softmax,
    "cumsum": _running("+", "0"), "cumprod": _running("*", "1"),
}  # fmt: skip
