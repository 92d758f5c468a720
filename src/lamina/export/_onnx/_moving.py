"""Primitives that move elements: shapes, slices, padding, joining."""

from typing import Any

from .._dim import Dim
from .._errors import ExportError, at
from ._rule import Rule

FAR = (1 << 63) - 1  # an end beyond every end


def _reshape(b: Any, call: Any, ins: list[str]) -> str:
    shape = call.params["shape"]
    if sum(isinstance(s, Dim) for s in shape) == 1:
        return b.node("Reshape", [ins[0], b.ints(-1 if isinstance(s, Dim) else s for s in shape)])
    return b.node("Reshape", [ins[0], b.vector(shape)])


def _transpose(b: Any, call: Any, ins: list[str]) -> str:
    return b.transpose(ins[0], call.params["axes"])


def _broadcast_to(b: Any, call: Any, ins: list[str]) -> str:
    return b.node("Expand", [ins[0], b.vector(call.params["shape"])])


def _slice(b: Any, call: Any, ins: list[str]) -> str:
    index = call.params["index"]
    parts = [(axis, *_bounds(i)) for axis, i in enumerate(index) if i != slice(None)]
    x = ins[0]
    if parts:
        axes, starts, ends, steps = zip(*parts)
        x = b.node("Slice", [x, b.vector(starts), b.vector(ends), b.ints(axes), b.ints(steps)])
    gone = [axis for axis, i in enumerate(index) if not isinstance(i, slice)]
    return b.squeeze(x, gone) if gone else x


def _bounds(i: Any) -> tuple[Any, Any, int]:
    """Start, end and step of one axis; a number is a slice of one."""
    if not isinstance(i, slice):
        return i, FAR if i == -1 else i + 1, 1
    step = i.step or 1
    start = i.start if i.start is not None else (0 if step > 0 else FAR)
    return start, i.stop if i.stop is not None else (FAR if step > 0 else -FAR), step


def _pad(b: Any, call: Any, ins: list[str]) -> str:
    before, after = zip(*call.params["widths"])
    return b.node("Pad", [ins[0], b.vector([*before, *after])])


def _unslice(b: Any, call: Any, ins: list[str]) -> str:
    """Zeros around, where the index has steps of one."""
    shape, index = call.params["shape"], call.params["index"]
    if not all(isinstance(n, int) for n in shape) or not all(isinstance(i, slice) for i in index):
        raise ExportError(f"{at(call.place)} writes into zeros in a way for which this exporter has no node of ONNX.")
    ranges = [range(*i.indices(n)) for i, n in zip(index, shape)]
    if any(r.step != 1 for r in ranges):
        raise ExportError(
            f"{at(call.place)} writes into zeros with steps, for which this exporter has no node of ONNX."
        )
    after = [n - r.stop for r, n in zip(ranges, shape)]
    return b.node("Pad", [ins[0], b.ints([*(r.start for r in ranges), *after])])


def _concatenate(b: Any, call: Any, ins: list[str]) -> str:
    return b.node("Concat", ins, axis=call.params["axis"])


MOVING: dict[str, Rule] = {
    "reshape": _reshape, "transpose": _transpose, "broadcast_to": _broadcast_to, "slice": _slice, "pad": _pad,
    "unslice": _unslice, "concatenate": _concatenate,
}  # fmt: skip
