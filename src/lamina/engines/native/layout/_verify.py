"""The judge of layouts: runs through a placed program and follows who wrote each byte last.

No two values that are needed at the same time may overlap, unless they say so: a view, a value that shares an operand's
array, a part of a concatenation. What a call reads must be what was written for it, whoever has written there since.
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from .._graph import Node, Var, type_name
from ._layout import Layout
from ._places import CHUNK, Joined, Owned, Scratch, Shares, View
from ._views import contiguous_strides


class Region(NamedTuple):
    """Bytes of the arena, or of the array of an input or a constant."""

    space: Any
    start: int
    stop: int

    def overlaps(self, other: "Region") -> bool:
        return self.space is other.space and max(self.start, other.start) < min(self.stop, other.stop)


def verify_layout(layout: Layout) -> None:
    """Raises AssertionError that names the call and the value."""
    memory = _Memory(layout)
    for var in layout.graph.inputs:
        memory.write(var)
    blocks = dict(layout.blocks)
    nodes, n = layout.graph.nodes, 0
    while n < len(nodes):
        stop = blocks.get(n, n)
        together = [node for node in nodes[n : stop + 1] if not layout.is_view(node)]
        if stop > n:
            memory.check_pieces(together)
        for node in together:
            memory.run(node)
        if stop > n:
            memory.forget(v for node in together for v in node.outputs if isinstance(layout.places[v], Scratch))
        n = stop + 1
    for var in layout.graph.outputs:
        memory.read(var, "the end")


class _Memory:
    """Which value each byte belongs to."""

    def __init__(self, layout: Layout):
        self.layout = layout
        self.inputs = set(layout.graph.inputs)
        self.writer: dict[Any, list[tuple[Region, Var]]] = {}

    def region(self, var: Var) -> Region:
        match self.layout.places.get(var):
            case View(of):
                return self.region(of)
            case Shares(other):
                return self.region(other)
            case Scratch(offset):
                return self._arena(var, offset, CHUNK * var.dtype.itemsize)
            case Owned() | Joined():
                return self._arena(var, self.layout.offset(var), var.nbytes)
        assert var.is_constant or var in self.inputs, f"{type_name(var)} has no place"
        return Region(var, 0, var.nbytes)

    def _arena(self, var: Var, start: int, size: int) -> Region:
        assert start % var.dtype.itemsize == 0, f"{type_name(var)} is not aligned"
        assert 0 <= start <= start + size <= self.layout.arena_bytes, f"{type_name(var)} lies outside the arena"
        return Region("arena", start, start + size)

    def _written(self, var: Var) -> Var:
        """The value of which `var` is a view, or itself."""
        place = self.layout.places.get(var)
        return self._written(place.of) if isinstance(place, View) else var

    def write(self, var: Var, touched: Sequence[Region] | None = None) -> None:
        """Only the bytes of `touched` are written, by default all of the value's."""
        region = self.region(var)
        assert not (isinstance(region.space, Var) and region.space.is_constant), f"{type_name(var)} lies in a constant"
        gone = [region] if touched is None else touched
        kept = [(r, v) for r, v in self.writer.get(region.space, []) if not any(r.overlaps(g) for g in gone)]
        self.writer[region.space] = [*kept, (region, var)]

    def read(self, var: Var, by: Any) -> None:
        source = self._written(var)
        if source.is_constant or not source.nbytes:
            return
        region = self.region(source)
        assert (region, source) in self.writer.get(region.space, []), (
            f"{by} reads {type_name(var)}, which has been written over"
        )

    def forget(self, variables: Iterable[Var]) -> None:
        gone = set(variables)
        for space, found in self.writer.items():
            self.writer[space] = [(r, v) for r, v in found if v not in gone]

    def run(self, node: Node) -> None:
        name, work = node.primitive.name, self.layout.work.get(node, ())
        inputs = [v for v in node.inputs if v not in self.layout.registers]
        for v in inputs:
            self.read(v, name)
        if node.outputs[0] in self.layout.wholes:
            self._join(node)
            return
        written = [v for v in (*node.outputs, *work) if v not in self.layout.registers]
        for a, b in itertools.combinations(written, 2):
            assert not self.region(a).overlaps(self.region(b)), f"{name} writes two values to the same place"
        for out, (k, v) in itertools.product(written, enumerate(node.inputs)):
            if v in inputs and self.region(out).overlaps(self.region(v)):
                in_place = self.layout.places[out] == Shares(v) and k in node.primitive.inplace
                assert in_place and (v.shape, v.dtype.itemsize) == (out.shape, out.dtype.itemsize), (
                    f"{name} writes over {type_name(v)} while it reads it"
                )
        for out in written:
            self.write(out)

    def _join(self, node: Node) -> None:
        """Copies those parts that do not lie where they belong."""
        (out,), copied = node.outputs, []
        whole, starts = self.region(out), node.primitive.joins(node)
        for v, start in zip(node.inputs, starts, strict=True):
            belongs = Region(whole.space, whole.start + start, whole.start + start + v.nbytes)
            if self.region(v) != belongs or not self._is_straight(v):
                copied.append(belongs)
        for v, region in itertools.product(node.inputs, copied):
            assert not self.region(v).overlaps(region), (
                f"{node.primitive.name} writes over {type_name(v)}, a part of it"
            )
        self.write(out, copied)

    def _is_straight(self, var: Var) -> bool:
        """Whether the array lies in one piece, in order."""
        straight = contiguous_strides(var.shape, var.dtype)
        return all(n < 2 or s == t for n, s, t in zip(var.shape, self.layout.strides_of(var), straight))

    def check_pieces(self, nodes: Sequence[Node]) -> None:
        """All calls of a block run for one piece before any runs for the next: what overlaps must do so piece by piece."""
        touched = dict.fromkeys(
            v for node in nodes for v in (*node.inputs, *node.outputs) if v.nbytes and v not in self.layout.registers
        )
        for a, b in itertools.combinations(touched, 2):
            one, other = self.region(a), self.region(b)
            assert not one.overlaps(other) or (one == other and a.dtype.itemsize == b.dtype.itemsize), (
                f"{type_name(a)} and {type_name(b)} overlap in a block, and not piece by piece"
            )
