"""Constants that grow with the batch, as nodes."""

from typing import Any

from .._errors import ExportError, at
from .._program import Value


def form_name(b: Any, v: Value) -> str:
    """The name of the value. Raises ExportError if its shape cannot be told before it runs."""
    form = v.form
    assert form is not None
    if form.kind == "size":
        return b.cast(b.size(form.value), v.dtype)
    if form.kind == "inverse":
        return b.node("Div", [b.constant(1, v.dtype), b.cast(b.size(form.value), v.dtype)])
    if any(size is None for size in v.shape):
        raise ExportError(f"{at(b.place)} makes a constant whose shape cannot be told before it runs.")
    if form.kind == "repeated":
        total = b.node("ReduceProd", [b.vector(v.shape)], keepdims=0)
        blocks = b.node("Div", [_range(b, total), b.constant(form.value, "int64")])
        numbers = b.node("Mul", [blocks, b.constant(form.step, "int64")])
        return b.cast(b.node("Reshape", [numbers, b.vector(v.shape)]), v.dtype)
    return b.node("Expand", [_row(b, v), b.vector(v.shape)])


def _row(b: Any, v: Value) -> str:
    """What is spread to the shape."""
    form = v.form
    assert form is not None
    if form.kind == "full":
        return b.constant(form.value, v.dtype)
    if form.kind == "rows":
        return b.constant(form.array)
    if form.kind == "range":
        steps = b.node("Mul", [_range(b, b.size(v.shape[-1])), b.constant(form.step, "int64")])
        return b.cast(b.node("Add", [steps, b.size(form.value)]), v.dtype)
    if form.kind == "steps":
        steps = b.node("Mul", [_range(b, b.size(v.shape[form.value])), b.constant(form.step, "int64")])
        shape = [-1 if axis == form.value else 1 for axis in range(len(v.shape))]
        return b.node("Add", [b.constant(form.array), b.cast(b.node("Reshape", [steps, b.ints(shape)]), v.dtype)])
    rows, columns = (_range(b, b.size(size)) for size in v.shape[-2:])
    return b.cast(b.node("GreaterOrEqual", [b.expand(rows, [1]), columns]), v.dtype)


def _range(b: Any, stop: str) -> str:
    return b.node("Range", [b.constant(0, "int64"), stop, b.constant(1, "int64")])
