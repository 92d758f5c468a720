"""Primitives that move elements: each is a copy with other strides, or several."""

import math
from collections.abc import Sequence
from typing import Any

from .._errors import ExportError, at
from ._loops import offset, spread_strides, strides_of
from ._rule import Rule


def copy(
    w: Any, shape: Sequence[int], to: str, to_strides: Sequence[int], source: str, strides: Sequence[int],
    to_start: int = 0, start: int = 0,
) -> None:  # fmt: skip
    """Elements of `shape` from one array to another."""
    if list(to_strides) == list(strides) == strides_of(shape) and not to_start and not start:
        shape, to_strides, strides = [math.prod(shape)], [1], [1]
    with w.loops(shape) as i:
        w.add(f"{to}[{offset(i, to_strides, to_start)}] = {source}[{offset(i, strides, start)}];")


def zeros(w: Any, to: str, size: int) -> None:
    with w.loops([size]) as (i,):
        w.add(f"{to}[{i}] = 0;")


def _transpose(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    own = strides_of(call.inputs[0].shape)
    shape = call.outputs[0].shape
    copy(w, shape, outs[0], strides_of(shape), ins[0], [own[axis] for axis in call.params["axes"]])


def _broadcast_to(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    shape = call.outputs[0].shape
    copy(w, shape, outs[0], strides_of(shape), ins[0], spread_strides(call.inputs[0].shape, shape))


def _window(shape: Sequence[int], index: Sequence[Any]) -> tuple[list[int], int]:
    """Strides and start of the part of an array that an index names."""
    own, strides, start = strides_of(shape), [], 0
    for i, n, step in zip(index, shape, own):
        if isinstance(i, slice):
            r = range(*i.indices(n))
            strides.append(r.step * step)
            start += (r.start if len(r) else 0) * step
        else:
            start += i % n * step
    return strides, start


def _slice(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    strides, start = _window(call.inputs[0].shape, call.params["index"])
    shape = call.outputs[0].shape
    copy(w, shape, outs[0], strides_of(shape), ins[0], strides, start=start)


def _unslice(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    zeros(w, outs[0], math.prod(call.outputs[0].shape))
    strides, start = _window(call.outputs[0].shape, call.params["index"])
    shape = call.inputs[0].shape
    copy(w, shape, outs[0], strides, ins[0], strides_of(shape), to_start=start)


def _pad(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    zeros(w, outs[0], math.prod(call.outputs[0].shape))
    shape, strides = call.inputs[0].shape, strides_of(call.outputs[0].shape)
    start = sum(before * s for (before, _), s in zip(call.params["widths"], strides))
    copy(w, shape, outs[0], strides, ins[0], strides_of(shape), to_start=start)


def _concatenate(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    axis, strides, start = call.params["axis"], strides_of(call.outputs[0].shape), 0
    for v, name in zip(call.inputs, ins):
        copy(w, v.shape, outs[0], strides, name, strides_of(v.shape), to_start=start)
        start += v.shape[axis] * strides[axis]


def _take(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    """A negative index counts from the end."""
    x, indices = (v.shape for v in call.inputs)
    axis, own = call.params["axis"], strides_of(x)
    shape = call.outputs[0].shape
    lead, middle, rest = shape[:axis], shape[axis : axis + len(indices)], shape[axis + len(indices) :]
    with w.loops(lead) as i, w.loops(middle) as j:
        place = f"{ins[1]}[{offset(j, strides_of(indices))}]"
        with w.braces():
            w.add(f"int64_t at = {place};")
            w.add(f"at = at < 0 ? at + {x[axis]} : at;")
            with w.loops(rest) as k:
                source = offset([*i, *k], [*own[:axis], *own[axis + 1 :]], f"at * {own[axis]}")
                w.add(f"{outs[0]}[{offset([*i, *j, *k], strides_of(shape))}] = {ins[0]}[{source}];")


def _take_along_axis(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    x, shape, axis = call.inputs[0].shape, call.outputs[0].shape, call.params["axis"]
    own, strides = strides_of(x), strides_of(shape)
    with w.loops(shape) as i:
        at = f"{ins[1]}[{offset(i, strides)}]"
        place = f"({at} < 0 ? {at} + {x[axis]} : {at}) * {own[axis]}"
        others = [own[k] if k != axis else 0 for k in range(len(x))]
        w.add(f"{outs[0]}[{offset(i, strides)}] = {ins[0]}[{offset(i, others, place)}];")


def _add_at(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    """Slices added into zeros at indices of an axis."""
    g, indices, shape = call.inputs[0].shape, call.inputs[1].shape, call.outputs[0].shape
    axis, own = call.params["axis"], strides_of(shape)
    zeros(w, outs[0], math.prod(shape))
    with w.loops(g[:axis]) as i, w.loops(indices) as j, w.loops(g[axis + len(indices) :]) as k:
        at = f"{ins[1]}[{offset(j, strides_of(indices))}]"
        place = f"({at} < 0 ? {at} + {shape[axis]} : {at}) * {own[axis]}"
        to = offset([*i, *k], [*own[:axis], *own[axis + 1 :]], place)
        w.add(f"{outs[0]}[{to}] += {ins[0]}[{offset([*i, *j, *k], strides_of(g))}];")


def _dynamic_slice(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    """The window moved so that it fits."""
    shape, sizes = call.inputs[0].shape, call.outputs[0].shape
    own = strides_of(shape)
    with w.braces():
        for axis, (n, size) in enumerate(zip(shape, sizes)):
            at, room = f"{ins[1]}[{axis}]", n - size
            w.add(f"const int start{axis} = (int)({at} < 0 ? 0 : {at} > {room} ? {room} : {at});")
        with w.loops(sizes) as i:
            source = offset([f"(start{axis} + {index})" for axis, index in enumerate(i)], own)
            w.add(f"{outs[0]}[{offset(i, strides_of(sizes))}] = {ins[0]}[{source}];")


def _look_up(w: Any, call: Any, ins: list[str], outs: list[str]) -> None:
    """The index of each whole number in a vocabulary, looked for one by one."""
    v = call.params["vocabulary"]
    if v.keys.dtype.kind == "U" or v.default is None:
        raise ExportError(
            f"{at(call.place)} looks up strings, or has no index for what is unknown; the C file holds neither."
        )
    keys, indices = w.table("keys", v.keys), w.table("indices", v.indices)
    with w.loops([math.prod(call.inputs[0].shape)]) as (i,):
        w.add(f"{outs[0]}[{i}] = {v.default};")
        with w.loops([len(v.keys)]) as (k,):
            w.add(f"if ({ins[0]}[{i}] == {keys}[{k}]) {outs[0]}[{i}] = {indices}[{k}];")


MOVING: dict[str, Rule] = {
    "transpose": _transpose, "broadcast_to": _broadcast_to, "slice": _slice, "unslice": _unslice, "pad": _pad,
    "concatenate": _concatenate, "take": _take, "take_along_axis": _take_along_axis, "take_grad": _add_at,
    "dynamic_slice": _dynamic_slice, "look_up": _look_up,
}  # fmt: skip
