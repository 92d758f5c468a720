"""Primitives that read or write at indices."""

from typing import Any

from .._errors import ExportError, at
from ._rule import Rule


def _take(b: Any, call: Any, ins: list[str]) -> str:
    return b.node("Gather", [ins[0], _index(b, call.inputs[1], ins[1])], axis=call.params["axis"])


def _take_along_axis(b: Any, call: Any, ins: list[str]) -> str:
    return b.node("GatherElements", [ins[0], _index(b, call.inputs[1], ins[1])], axis=call.params["axis"])


def _take_grad(b: Any, call: Any, ins: list[str]) -> str:
    """Slices added into zeros at indices of the first axis."""
    if call.params["axis"]:
        raise ExportError(
            f"{at(call.place)} adds along axis {call.params['axis']}, for which there is no node of ONNX."
        )
    zeros = b.node("Expand", [b.constant(0, call.outputs[0].dtype), b.vector(call.outputs[0].shape)])
    indices = b.expand(_index(b, call.inputs[1], ins[1]), [-1])
    return b.node("ScatterND", [zeros, indices, ins[0]], reduction="add")


def _index(b: Any, v: Any, name: str) -> str:
    return name if v.dtype.name == "int64" else b.cast(name, "int64")


def _stacked(b: Any, call: Any, values: list[Any], names: list[str]) -> str:
    """Index arrays of equal shape side by side on a last axis."""
    if len({v.shape for v in values}) != 1:
        raise ExportError(f"{at(call.place)} indexes by arrays of several shapes, for which there is no node of ONNX.")
    columns = [b.expand(_index(b, v, name), [-1]) for v, name in zip(values, names)]
    return columns[0] if len(columns) == 1 else b.node("Concat", columns, axis=-1)


def _gather(b: Any, call: Any, ins: list[str]) -> str:
    return b.node("GatherND", [ins[0], _stacked(b, call, call.inputs[1:], ins[1:])])


def _scatter(b: Any, call: Any, ins: list[str]) -> str:
    how = {"set": "none", "add": "add", "multiply": "mul", "max": "max", "min": "min"}[call.params["mode"]]
    shape = (*call.inputs[2].shape, *call.inputs[0].shape[len(call.inputs) - 2 :])
    updates = ins[1] if call.inputs[1].shape == shape else b.node("Expand", [ins[1], b.vector(shape)])
    return b.node("ScatterND", [ins[0], _stacked(b, call, call.inputs[2:], ins[2:]), updates], reduction=how)


def _dynamic_slice(b: Any, call: Any, ins: list[str]) -> str:
    """The window moved so that it fits."""
    sizes = b.vector(call.params["sizes"])
    room = b.node("Sub", [b.node("Shape", [ins[0]]), sizes])
    start = b.node("Max", [_index(b, call.inputs[1], ins[1]), b.constant(0, "int64")])
    start = b.node("Min", [start, room])
    return b.node("Slice", [ins[0], start, b.node("Add", [start, sizes])])


PICKING: dict[str, Rule] = {
    "take": _take, "take_along_axis": _take_along_axis, "take_grad": _take_grad, "gather": _gather, "scatter": _scatter,
    "dynamic_slice": _dynamic_slice,
}  # fmt: skip
