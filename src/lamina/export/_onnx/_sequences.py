"""Recurrent layers over whole sequences: ONNX's own nodes, and its Scan where there is a mask."""

from collections.abc import Callable, Sequence
from typing import Any

from ._rule import Rule

MASK_OF = {"simple_rnn": 5, "gru": 5, "lstm": 6}  # the place of a mask among the inputs


def _sequence(op: str, order: Sequence[int], biases: Callable[..., list[str]], **attributes: Any) -> Rule:
    """A node of ONNX. `order`: where its gates stand in ours; `biases`: of the input and of the state, in our order."""

    def rule(b: Any, call: Any, ins: list[str]) -> list[str]:
        if len(ins) > MASK_OF[call.name]:
            return _masked(b, call, ins)
        states = 2 if call.name == "lstm" else 1
        x, first, (kernel, recurrent, bias) = ins[0], ins[1 : 1 + states], ins[1 + states : 4 + states]
        units, gates = call.inputs[1].shape[1], len(order)
        rows = b.transpose(_reversed(b, x) if call.params["reverse"] else x, [1, 0, 2])
        weights = [_turned(b, w, order, gates) for w in (kernel, recurrent)]
        given = [_ordered(b, part, order, gates, 0) for part in biases(b, call, bias)]
        bias = b.expand(b.node("Concat", given, axis=0), [0])
        start = [b.expand(s, [0]) for s in first]
        results = b.node(op, [rows, *weights, bias, "", *start], 1 + states, hidden_size=units, **attributes)
        y, last = results[0], [b.squeeze(s, [0]) for s in results[1:]]
        states_out = b.transpose(b.squeeze(y, [1]), [1, 0, 2]) if call.params["sequences"] else last[0]
        return [states_out, *last[1:]]

    return rule


def _reversed(b: Any, x: str) -> str:
    return b.node("Slice", [x, b.ints([-1]), b.ints([-(1 << 62)]), b.ints([1]), b.ints([-1])])


def _ordered(b: Any, x: str, order: Sequence[int], gates: int, axis: int) -> str:
    """The gates in another order along an axis."""
    if gates == 1:
        return x
    parts = b.node("Split", [x], gates, axis=axis, num_outputs=gates)
    return b.node("Concat", [parts[i] for i in order], axis=axis)


def _turned(b: Any, weights: str, order: Sequence[int], gates: int) -> str:
    """(rows, gates * units) as (1, gates * units, rows)."""
    return b.expand(b.transpose(_ordered(b, weights, order, gates, 1), [1, 0]), [0])


def _with_zeros(b: Any, call: Any, bias: str) -> list[str]:
    """One bias: of the input; that of the state is zero."""
    gates = 4 if call.name == "lstm" else 1
    return [bias, b.constant([0] * (gates * call.inputs[1].shape[1]), call.inputs[0].dtype)]


def _two_biases(b: Any, call: Any, bias: str) -> list[str]:
    return [b.squeeze(part, [0]) for part in b.node("Split", [bias], 2, axis=0, num_outputs=2)]


# --- with a mask: a step counts, or leaves the state as it was --------------------------------------------------------


def _masked(b: Any, call: Any, ins: list[str]) -> list[str]:
    states = 2 if call.name == "lstm" else 1
    x, first, (kernel, recurrent, bias), mask = ins[0], ins[1 : 1 + states], ins[1 + states : 4 + states], ins[-1]
    of_input, of_state = _two_biases(b, call, bias) if call.name == "gru" else (bias, None)
    rows = b.transpose(b.node("Add", [b.node("MatMul", [x, kernel]), of_input]), [1, 0, 2])
    counts = b.expand(b.transpose(mask, [1, 0]), [-1])
    inner = b.inside()
    names = [b.root.unique(n) for n in (*["state", "cell"][:states], "row", "counts")]
    dtype, kinds = call.inputs[0].dtype, [call.inputs[0].dtype] * (states + 1) + [call.inputs[-1].dtype]
    before, row, on = names[:states], names[-2], names[-1]
    product = inner.node("MatMul", [before[0], recurrent])
    if of_state is not None:
        product = inner.node("Add", [product, of_state])
    new = STEPS[call.name](inner, row, product, before, dtype)
    kept = [inner.node("Where", [on, n, old]) for n, old in zip(new, before)]
    body = inner.graph(
        "steps", [inner.info(n, k, [None, None]) for n, k in zip(names, kinds)],
        [(k, dtype, 2) for k in (*kept, kept[0])],
    )  # fmt: skip
    direction = [int(call.params["reverse"])] * 2
    results = b.node(
        "Scan", [*first, rows, counts], states + 1, body=body, num_scan_inputs=2, scan_input_directions=direction
    )
    states_out = b.transpose(results[-1], [1, 0, 2]) if call.params["sequences"] else results[0]
    return [states_out, *results[1:states]]


def _rnn_step(b: Any, row: str, product: str, before: list[str], dtype: Any) -> list[str]:
    return [b.node("Tanh", [b.node("Add", [row, product])])]


def _lstm_step(b: Any, row: str, product: str, before: list[str], dtype: Any) -> list[str]:
    i, f, g, o = b.node("Split", [b.node("Add", [row, product])], 4, axis=1, num_outputs=4)
    kept = b.node("Mul", [b.node("Sigmoid", [f]), before[1]])
    cell = b.node("Add", [kept, b.node("Mul", [b.node("Sigmoid", [i]), b.node("Tanh", [g])])])
    return [b.node("Mul", [b.node("Sigmoid", [o]), b.node("Tanh", [cell])]), cell]


def _gru_step(b: Any, row: str, product: str, before: list[str], dtype: Any) -> list[str]:
    update, reset, candidate = b.node("Split", [row], 3, axis=1, num_outputs=3)
    more_update, more_reset, more_candidate = b.node("Split", [product], 3, axis=1, num_outputs=3)
    z = b.node("Sigmoid", [b.node("Add", [update, more_update])])
    r = b.node("Sigmoid", [b.node("Add", [reset, more_reset])])
    new = b.node("Tanh", [b.node("Add", [candidate, b.node("Mul", [r, more_candidate])])])
    rest = b.node("Sub", [b.constant(1, dtype), z])
    return [b.node("Add", [b.node("Mul", [z, before[0]]), b.node("Mul", [rest, new])])]


STEPS: dict[str, Callable[..., list[str]]] = {"simple_rnn": _rnn_step, "lstm": _lstm_step, "gru": _gru_step}
SEQUENCES: dict[str, Rule] = {
    "simple_rnn": _sequence("RNN", (0,), _with_zeros),
    "lstm": _sequence("LSTM", (0, 3, 1, 2), _with_zeros),
    "gru": _sequence("GRU", (0, 1, 2), _two_biases, linear_before_reset=1),
}
