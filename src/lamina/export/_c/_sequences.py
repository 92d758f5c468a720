"""Recurrent layers over whole sequences, and loops with a body."""

import math
from collections.abc import Callable
from typing import Any

from ._rule import Rule
from ._types import TYPES, function


def _copy(w: Any, to: str, source: str, size: int) -> None:
    with w.loops([size]) as (i,):
        w.add(f"{to}[{i}] = {source}[{i}];")


def _product(w: Any, to: str, row: str, weights: str, rows: int, columns: int) -> None:
    """to += row @ weights."""
    with w.loops([rows, columns]) as (k, c):
        w.add(f"{to}[{c}] += {row}[{k}] * {weights}[{k if columns == 1 else f'{k} * {columns}'} + {c}];")


def _sequence(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    """Step by step; a step that a mask leaves out changes nothing."""
    states = 2 if call.name == "lstm" else 1
    kernel, recurrent, bias = ins[1 + states : 4 + states]
    mask = ins[4 + states] if len(ins) > 4 + states else None
    (_, steps, features), units = call.inputs[0].shape, call.inputs[1].shape[1]
    kind, width = call.inputs[0].dtype, call.inputs[1 + states].shape[1]
    state, gates = [w.temporary(kind, units) for _ in range(states)], w.temporary(kind, width)
    more = w.temporary(kind, width) if call.name == "gru" else gates
    for to, source in zip(state, ins[1:]):
        _copy(w, to, source, units)
    with w.braces(f"for (int s = 0; s < {steps}; s++)"):
        w.add(f"const int t = {f'{steps - 1} - s' if call.params['reverse'] else 's'};")
        with w.braces(f"if ({mask}[t])" if mask else ""):
            _copy(w, gates, bias, width)
            if call.name == "gru":
                _copy(w, more, f"({bias} + {width})", width)
            _product(w, gates, f"({ins[0]} + t * {features})", kernel, features, width)
            _product(w, more, state[0], recurrent, units, width)
            with w.loops([units]) as (u,):
                STEPS[call.name](w, state, gates, more, u, units, kind)
        if call.params["sequences"]:
            _copy(w, f"({outs[0]} + s * {units})", state[0], units)
    if not call.params["sequences"]:
        _copy(w, outs[0], state[0], units)
    if states == 2 and outs[1]:
        _copy(w, outs[1], state[1], units)


def _sigmoid(x: str, kind: Any) -> str:
    return f"1 / (1 + {function('exp', kind)}(-({x})))"


def _rnn_step(w: Any, state: list[str], gates: str, more: str, u: str, units: int, kind: Any) -> None:
    w.add(f"{state[0]}[{u}] = {function('tanh', kind)}({gates}[{u}]);")


def _lstm_step(w: Any, state: list[str], gates: str, more: str, u: str, units: int, kind: Any) -> None:
    real, tanh = TYPES[kind.name], function("tanh", kind)
    i, f, g, o = (f"{gates}[{u} + {k * units}]" for k in range(4))
    with w.braces():
        w.add(f"const {real} cell = {state[1]}[{u}] * ({_sigmoid(f, kind)}) + {tanh}({g}) * ({_sigmoid(i, kind)});")
        w.add(f"{state[1]}[{u}] = cell;")
        w.add(f"{state[0]}[{u}] = {tanh}(cell) * ({_sigmoid(o, kind)});")


def _gru_step(w: Any, state: list[str], gates: str, more: str, u: str, units: int, kind: Any) -> None:
    real, tanh = TYPES[kind.name], function("tanh", kind)
    (z, r, n), (mz, mr, mn) = ([f"{a}[{u} + {k * units}]" for k in range(3)] for a in (gates, more))
    with w.braces():
        w.add(f"const {real} z = {_sigmoid(f'{z} + {mz}', kind)}, r = {_sigmoid(f'{r} + {mr}', kind)};")
        w.add(f"{state[0]}[{u}] = z * {state[0]}[{u}] + (1 - z) * {tanh}({n} + r * {mn});")


STEPS: dict[str, Callable[..., None]] = {"simple_rnn": _rnn_step, "lstm": _lstm_step, "gru": _gru_step}


def _scan(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    p = call.params
    body, carried, sliced, length = p["body"], p["carried"], p["sliced"], p["length"]
    sizes = [math.prod(v.shape) for v in body.outputs]
    carry = [w.temporary(v.dtype, n) for v, n in zip(body.outputs[:carried], sizes)]
    for to, source, n in zip(carry, ins, sizes):
        _copy(w, to, source, n)
    w.count_loops += 1
    t = f"t{w.count_loops}"
    head = (
        f"for (int {t} = {length - 1}; {t} >= 0; {t}--)"
        if p["reverse"]
        else f"for (int {t} = 0; {t} < {length}; {t}++)"
    )
    with w.braces(head):
        rows = [
            f"({name} + {t} * {math.prod(v.shape[1:])})"
            for name, v in zip(ins[carried:], call.inputs[carried:][:sliced])
        ]
        results = w.inline(body, [*carry, *rows, *ins[carried + sliced :]])
        for to, source, n in zip(outs[carried:], results[carried:], sizes[carried:]):
            if to:
                _copy(w, f"({to} + {t} * {n})", source, n)
        fresh = [w.temporary(v.dtype, n) for v, n in zip(body.outputs[:carried], sizes)]
        for to, source, n in zip(fresh, results, sizes):  # one may be another that is written over
            _copy(w, to, source, n)
        for to, source, n in zip(carry, fresh, sizes):
            _copy(w, to, source, n)
    for to, source, n in zip(outs[:carried], carry, sizes):
        if to:
            _copy(w, to, source, n)


SEQUENCES: dict[str, Rule] = dict.fromkeys(("simple_rnn", "lstm", "gru"), _sequence)
SEQUENCES |= {"scan": _scan}
