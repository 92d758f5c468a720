"""A placed program: every value has its place before anything runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .._graph import Graph, Node, Spec, Var
from ._blocks import Block, find_blocks, find_scratch
from ._fused import find_fused, find_registers, without_memory
from ._packing import pack
from ._places import Joined, Owned, Place, Register, Scratch, Shares, View
from ._sharing import share
from ._views import Views, contiguous_strides, find_views


@dataclass(frozen=True)
class Layout:
    """Where every value of a program lives.

    places: of what the calls give and of what they need on their way; inputs and constants are arrays already.
    work: what each call with a bound form needs on its way.
    blocks: runs of calls, first and last, that are done piece by piece; in machine code, element by element.
    registers: results that machine code makes and uses within one loop, so that nothing is stored.
    written: the donated inputs that receive their new value where it is computed; the others are copied at the end.
    wholes: concatenations of which some part is computed where it belongs.
    strides: bytes from entry to entry along each axis of a value's array.
    free: for each block that runs piece by piece, by its first call, a range of the arena that nobody needs meanwhile.
    """

    graph: Graph
    places: Mapping[Var, Place]
    work: Mapping[Node, tuple[Var, ...]]
    blocks: tuple[Block, ...]
    registers: frozenset[Var]
    written: frozenset[int]
    wholes: frozenset[Var]
    strides: Mapping[Var, tuple[int, ...]]
    arena_bytes: int
    free: Mapping[int, tuple[int, int]]

    def is_view(self, node: Node) -> bool:
        """Whether the call costs nothing."""
        return node.primitive.view is not None and isinstance(self.places[node.outputs[0]], View)

    def strides_of(self, var: Var) -> tuple[int, ...]:
        return var.value.strides if var.is_constant else self.strides[var]

    def home(self, var: Var) -> Var:
        """The value that has the memory in which `var` lies."""
        match self.places.get(var):
            case View(of):
                return self.home(of)
            case Shares(other):
                return self.home(other)
            case Joined(into, _):
                return self.home(into)
        return var

    def offset(self, var: Var) -> int:
        """The byte of the arena where a value that is no view and shares no array begins."""
        place = self.places[var]
        if isinstance(place, Joined):
            return self.offset(place.into) + place.offset
        assert isinstance(place, (Owned, Scratch))
        return place.offset


def lay_out(
    graph: Graph, donated: Mapping[int, int], strides: Sequence[tuple[int, ...]] | None = None, fuse: bool = False
) -> Layout:
    """Places a program.

    Args:
        graph: the program, simplified.
        donated: input -> the output that is to be written into its array.
        strides: of the arrays that the inputs will be bound to; by default they are C-contiguous.
        fuse: whether runs of elementwise calls become one loop each, as machine code has them.
    """
    given = [contiguous_strides(v.shape, v.dtype) for v in graph.inputs] if strides is None else strides
    views = find_views(graph, given)
    sharing = share(graph, views, donated)
    blocks = find_fused(graph, views, sharing) if fuse else find_blocks(graph, views)
    fused = {n for a, b in blocks for n in graph.nodes[a : b + 1]} if fuse else set()
    work = {
        n: _workspace(n, None if fuse else views)
        for n in graph.nodes
        if n.primitive.bound is not None and n not in fused
    }
    registers = find_registers(graph, blocks, views) if fuse else set()
    nowhere = without_memory(registers, sharing)
    scratch = set() if fuse else find_scratch(graph, blocks, views, sharing)
    packed, total, free = pack(graph, views, sharing, blocks, scratch, work, nowhere, not fuse)
    places: dict[Var, Place] = {**{v: View(x) for v, x in views.of.items()}, **sharing.places, **packed}
    places |= dict.fromkeys(nowhere, Register())
    known = {v: x.strides for v, x in views.arrays.items()}
    known |= {v: contiguous_strides(v.shape, v.dtype) for room in work.values() for v in room}
    wholes = frozenset(p.into for p in sharing.places.values() if isinstance(p, Joined))
    return Layout(graph, places, work, tuple(blocks), frozenset(registers), sharing.written, wholes, known, total, free)


def _workspace(node: Node, views: Views | None) -> tuple[Var, ...]:
    """What the call needs on its way; in NumPy's calls room too for inputs that it cannot read as they lie (see `bind_to`)."""
    specs = list(node.primitive.work_specs(node.inputs, node.params))
    if views is not None and node.primitive.bound is not None and not node.primitive.bound.takes_views:
        specs += [Spec(v.shape, v.dtype) for v in node.inputs if not views.is_straight(v)]
    return tuple(Var(tuple(s.shape), s.dtype, node) for s in specs)
