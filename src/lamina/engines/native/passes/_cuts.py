"""How each primitive is cut along the batch: what part of every operand a tile reads, and what it gives.

A rule takes a node, what is known of how its inputs are split, and the batch size; it returns a Cut, or None where the
node needs the whole batch at once. `Split(axis, per)` says that an axis holds `batch * per` entries, sample after sample.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .._graph import Node


class Split(NamedTuple):
    """A tile of samples [a, b) is the range [a * per, b * per) of that axis."""

    axis: int
    per: int


SUM = "sum"  # every tile gives an array of full size; the result is their sum


class Cut(NamedTuple):
    """How a node is run on a tile: a Split an input (None: read whole), a Split or SUM an output, and the parameters for
    a tile of n samples (None: they stay)."""

    inputs: list[Split | None]
    outputs: list[Any]
    params: Callable[[int], dict[str, Any]] | None = None


Known = Sequence[Split | None]
Rule = Callable[[Node, Known, int], Cut | None]
RULES: dict[str, Rule] = {}


def cut(node: Node, known: Known, batch: int) -> Cut | None:
    """How to cut the node, or None. What is known to be split is only ever read split in that very way."""
    rule = RULES.get(node.primitive.name, _aligned if node.primitive.elementwise else None)
    found = rule(node, known, batch) if rule is not None else None
    if found is None or any(k is not None and k != s for k, s in zip(known, found.inputs)):
        return None
    return found


def _rule(*names: str) -> Callable[[Rule], Rule]:
    def attach(rule: Rule) -> Rule:
        RULES.update(dict.fromkeys(names, rule))
        return rule

    return attach


def _aligned(node: Node, known: Known, batch: int, free: int = 0) -> Cut | None:
    """Operands that broadcast; `free` axes at the end are not broadcast."""
    out = node.outputs[0]
    places = {(k.axis - len(v.shape), k.per) for v, k in zip(node.inputs, known) if k is not None}
    if len(places) != 1:
        return None
    back, per = places.pop()
    if -back <= free or -back > len(out.shape) or out.shape[back] != batch * per:
        return None
    split = [
        Split(len(v.shape) + back, per) if len(v.shape) >= -back and v.shape[back] == batch * per else None
        for v in node.inputs
    ]
    return Cut(split, [Split(len(out.shape) + back, per)])


@_rule("softmax", "log_softmax", "cumsum", "cumprod", "recurrence", "put_along_axis", "take_along_axis", "concatenate")
def _along_another_axis(node: Node, known: Known, batch: int) -> Cut | None:
    found = _aligned(node, known, batch)
    return None if found is None or found.outputs[0].axis == node.params["axis"] else found


@_rule("sum", "prod", "max", "min", "any", "all", "argmax", "argmin")
def _reduction(node: Node, known: Known, batch: int) -> Cut | None:
    split, params = known[0], node.params
    axes = params["axis"] if isinstance(params["axis"], tuple) else (params["axis"],)
    assert split is not None
    if split.axis in axes:
        summed = node.primitive.name == "sum" and node.outputs[0].dtype.itemsize >= 4
        return Cut([split], [SUM]) if summed else None
    gone = 0 if params.get("keepdims", False) else sum(a < split.axis for a in axes)
    return Cut([split], [Split(split.axis - gone, split.per)])


@_rule("matmul")
def _matmul(node: Node, known: Known, batch: int) -> Cut | None:
    (a, b), (left, right) = node.inputs, known
    rows, columns = len(a.shape) - 2, len(b.shape) - 1
    out = len(node.outputs[0].shape)
    if (left is not None and left.axis == rows + 1) or (right is not None and right.axis == columns - 1):
        per = next(k.per for k in known if k is not None)
        return Cut([Split(rows + 1, per), Split(columns - 1, per)], [SUM])
    if left is not None and left.axis == rows and right is None:
        return Cut([left, None], [Split(out - 2, left.per)])
    if right is not None and right.axis == columns and left is None:
        return Cut([None, right], [Split(out - 1, right.per)])
    return _aligned(node, known, batch, free=2)


@_rule("einsum")
def _einsum(node: Node, known: Known, batch: int) -> Cut | None:
    inputs, output = node.params["subscripts"].split("->")
    terms = inputs.split(",")
    labels = {(term[k.axis], k.per) for term, k in zip(terms, known) if k is not None}
    if len(labels) != 1:
        return None
    label, per = labels.pop()
    if any(term.count(label) > 1 for term in terms):
        return None
    split = []
    for term, v in zip(terms, node.inputs):
        place = term.find(label)
        split.append(Split(place, per) if place >= 0 and v.shape[place] == batch * per else None)
    return Cut(split, [Split(output.index(label), per) if label in output else SUM])


@_rule("conv", "conv_input_grad")
def _conv(node: Node, known: Known, batch: int) -> Cut | None:
    first = Split(0, 1)
    return Cut([first, None], [first]) if known[0] == first else None


@_rule("conv_kernel_grad")
def _conv_kernel_grad(node: Node, known: Known, batch: int) -> Cut | None:
    first = Split(0, 1)
    return Cut([first, first], [SUM])


@_rule("max_pool", "max_pool_grad", "max_pool_pick", "window_sum", "window_spread")
def _pool(node: Node, known: Known, batch: int) -> Cut | None:
    first = Split(0, 1)
    return Cut([first] * len(node.inputs), [first])


@_rule("simple_rnn", "lstm", "gru")
def _recurrent(node: Node, known: Known, batch: int) -> Cut | None:
    # The input and the states come first, after the weights maybe a mask; what is kept for the way back has the batch on
    # its last axis.
    first, last = Split(0, 1), Split(2, 1)
    states = 2 if node.primitive.name == "lstm" else 1
    outputs = [first] * states + [last] * (len(node.outputs) - states)
    mask = [first] * (len(node.inputs) - 4 - states)
    return Cut([*[first] * (1 + states), *[None] * 3, *mask], outputs)


@_rule("simple_rnn_grad", "lstm_grad", "gru_grad")
def _recurrent_grad(node: Node, known: Known, batch: int) -> Cut | None:
    first, last = Split(0, 1), Split(2, 1)
    states = len(node.outputs) - 4
    weights = 3 if node.primitive.name == "gru_grad" else 2
    kept = [first if v.dtype == bool else last for v in node.inputs[states + weights :]]
    return Cut([*[first] * states, *[None] * weights, *kept], [first] * (1 + states) + [SUM] * 3)


@_rule("take")
def _take(node: Node, known: Known, batch: int) -> Cut | None:
    (_, indices), axis = node.inputs, node.params["axis"]
    if known[0] is None and known[1] is not None:
        return Cut([None, known[1]], [Split(axis + known[1].axis, known[1].per)])
    if known[0] is not None and known[1] is None and known[0].axis != axis:
        moved = known[0].axis + (len(indices.shape) - 1 if known[0].axis > axis else 0)
        return Cut([known[0], None], [Split(moved, known[0].per)])
    return None


@_rule("transpose")
def _transpose(node: Node, known: Known, batch: int) -> Cut | None:
    split = known[0]
    assert split is not None
    return Cut([split], [Split(node.params["axes"].index(split.axis), split.per)])


@_rule("reshape")
def _reshape(node: Node, known: Known, batch: int) -> Cut | None:
    split, shape = known[0], node.params["shape"]
    assert split is not None
    before = math.prod(node.inputs[0].shape[: split.axis])
    for axis, n in enumerate(shape):
        if math.prod(shape[:axis]) == before and n % batch == 0 and n:
            return Cut([split], [Split(axis, n // batch)], _resized("shape", shape, Split(axis, n // batch)))
    return None


def _resized(name: str, shape: tuple[int, ...], split: Split) -> Callable[[int], dict[str, Any]]:
    return lambda n: {name: (*shape[: split.axis], n * split.per, *shape[split.axis + 1 :])}


@_rule("broadcast_to")
def _broadcast_to(node: Node, known: Known, batch: int) -> Cut | None:
    found = _aligned(node, known, batch)
    return found and found._replace(params=_resized("shape", node.params["shape"], found.outputs[0]))


def _sliced(index: tuple, axis: int) -> int:
    """The axis of the result that belongs to an axis of the array."""
    return sum(isinstance(i, slice) for i in index[:axis])


def _is_full(index: Any, size: int) -> bool:
    return isinstance(index, slice) and index.indices(size) == (0, size, 1)


@_rule("slice")
def _slice(node: Node, known: Known, batch: int) -> Cut | None:
    split, index = known[0], node.params["index"]
    assert split is not None
    if not _is_full(index[split.axis], batch * split.per):
        return None
    whole = (*index[: split.axis], slice(None), *index[split.axis + 1 :])
    return Cut([split], [Split(_sliced(index, split.axis), split.per)], lambda n: {"index": whole})


@_rule("unslice")
def _unslice(node: Node, known: Known, batch: int) -> Cut | None:
    split, index, shape = known[0], node.params["index"], node.params["shape"]
    assert split is not None
    axis = [i for i, part in enumerate(index) if isinstance(part, slice)][split.axis]
    if not _is_full(index[axis], batch * split.per):
        return None
    whole = (*index[:axis], slice(None), *index[axis + 1 :])
    out = Split(axis, split.per)
    return Cut([split], [out], lambda n: {"index": whole, **_resized("shape", shape, out)(n)})


@_rule("pad")
def _pad(node: Node, known: Known, batch: int) -> Cut | None:
    split = known[0]
    assert split is not None
    return Cut([split], [split]) if node.params["widths"][split.axis] == (0, 0) else None
