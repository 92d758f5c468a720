"""How a primitive is cut along the batch: what part of every operand a tile reads, and what it gives.

A rule takes a node, what is known of how its inputs are split, and the batch size; it returns a Cut, or None where the
node needs the whole batch at once. It stands beside its primitive; here is the language that rules are written in.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ._graph import Node


class Split(NamedTuple):
    """The axis holds `batch * per` entries, sample after sample: samples [a, b) are the range [a * per, b * per)."""

    axis: int
    per: int


FIRST = Split(0, 1)
SUM = "sum"  # every tile gives an array of full size; the result is their sum


def part_of(array: np.ndarray, split: Split | None, start: int, stop: int) -> np.ndarray:
    """What samples [start, stop) have of an array, as a view; all of it where it is not split."""
    if split is None:
        return array
    return array[(slice(None),) * split.axis + (slice(start * split.per, stop * split.per),)]


class Cut(NamedTuple):
    """How a node is run on a tile: a Split an input (None: read whole), a Split or SUM an output, and the parameters for
    a tile of n samples (None: they stay)."""

    inputs: list[Split | None]
    outputs: list[Any]
    params: Callable[[int], dict[str, Any]] | None = None


Known = Sequence[Split | None]
CutRule = Callable[[Node, Known, int], Cut | None]


def WHOLE(node: Node, known: Known, batch: int) -> None:
    """The rule of what needs every sample at once."""


def cut(node: Node, known: Known, batch: int) -> Cut | None:
    """How to cut the node, or None. What is known to be split is only ever read split in that very way."""
    found = node.primitive.cut(node, known, batch)
    if found is None or any(k is not None and k != s for k, s in zip(known, found.inputs)):
        return None
    return found


def aligned(node: Node, known: Known, batch: int, free: int = 0) -> Cut | None:
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


def along_another_axis(node: Node, known: Known, batch: int) -> Cut | None:
    """Operands of one shape that are worked on along the parameter `axis`, which must not be the batch's."""
    found = aligned(node, known, batch)
    axis = node.params["axis"] % len(node.outputs[0].shape)
    return None if found is None or found.outputs[0].axis == axis else found


def samples(node: Node, known: Known, batch: int) -> Cut | None:
    """All inputs and outputs hold the samples on their first axis."""
    return Cut([FIRST] * len(node.inputs), [FIRST] * len(node.outputs))


def resized(name: str, shape: tuple[int, ...], split: Split) -> Callable[[int], dict[str, Any]]:
    """The parameter `name`, a shape, for a tile."""
    return lambda n: {name: (*shape[: split.axis], n * split.per, *shape[split.axis + 1 :])}
