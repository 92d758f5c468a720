"""Reductions, softmax, running sums and sorting."""

from typing import Any

from ._rule import Rule


def _reduction(op: str) -> Rule:
    """Booleans, and integers of few bits, are reduced as int32."""

    def rule(b: Any, call: Any, ins: list[str]) -> str:
        axes, kind = call.params["axis"], call.inputs[0].dtype
        if not axes:
            return ins[0]
        narrow = kind.kind in "biu" and kind.itemsize < 4
        x = b.cast(ins[0], "int32") if narrow else ins[0]
        result = b.node(op, [x, b.ints(axes)], keepdims=int(call.params["keepdims"]))
        return b.cast(result, call.outputs[0].dtype) if narrow else result

    return rule


def _argument(op: str) -> Rule:
    return lambda b, call, ins: b.node(op, ins, axis=call.params["axis"], keepdims=0)


def _along(op: str) -> Rule:
    def rule(b: Any, call: Any, ins: list[str]) -> str:
        return b.node(op, ins, axis=call.params["axis"])

    return rule


def _cumsum(b: Any, call: Any, ins: list[str]) -> str:
    return b.node("CumSum", [ins[0], b.constant(call.params["axis"], "int64")])


def _argsort(b: Any, call: Any, ins: list[str]) -> str:
    """The k smallest of k; of equals TopK gives the lower index first."""
    axis = call.params["axis"]
    size = b.node("Gather", [b.node("Shape", ins), b.ints([axis])], axis=0)
    return b.node("TopK", [ins[0], size], 2, axis=axis, largest=0, sorted=1)[1]


def _searchsorted(b: Any, call: Any, ins: list[str]) -> str:
    """How many of the sorted numbers are smaller (or not larger)."""
    op = "Less" if call.params["side"] == "left" else "LessOrEqual"
    smaller = b.node(op, [ins[0], b.expand(ins[1], [-1])])
    return b.node("ReduceSum", [b.cast(smaller, "int64"), b.ints([-1])], keepdims=0)


REDUCTIONS: dict[str, Rule] = {
    "sum": _reduction("ReduceSum"), "prod": _reduction("ReduceProd"), "max": _reduction("ReduceMax"),
    "min": _reduction("ReduceMin"), "any": _reduction("ReduceMax"), "all": _reduction("ReduceMin"),
    "argmax": _argument("ArgMax"), "argmin": _argument("ArgMin"),
    "softmax": _along("Softmax"), "log_softmax": _along("LogSoftmax"),
    "cumsum": _cumsum, "argsort": _argsort, "searchsorted": _searchsorted,
}  # fmt: skip
