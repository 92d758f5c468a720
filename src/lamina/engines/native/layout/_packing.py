"""Offsets in the arena for everything that needs memory of its own."""

import bisect
from collections.abc import Collection, Mapping, Sequence

from .._graph import Graph, Node, Var
from ._blocks import Block
from ._places import ALIGN, CHUNK, Joined, Owned, Scratch
from ._sharing import Sharing
from ._views import Views


def pack(
    graph: Graph, views: Views, sharing: Sharing, blocks: Sequence[Block], scratch: Collection[Var],
    work: Mapping[Node, Sequence[Var]], nowhere: Collection[Var] = (),
) -> tuple[dict[Var, Owned | Scratch], int]:  # fmt: skip
    """The place of each value, and the bytes of the arena: largest first, at the lowest offset that is free.

    Two values may have the same bytes if they are never alive together. `work`: what calls need on their way.
    `nowhere`: what no memory ever holds.
    """
    first, sizes = _needs(graph, views, sharing, scratch, work)
    block_of = {n: b for b in blocks for n in range(b[0], b[1] + 1)}
    taken: list[tuple[int, int, int, int]] = []  # offset, end, first, last
    places: dict[Var, Owned | Scratch] = {}
    total = 0
    for v in nowhere:
        first.pop(v, None)
    for v in sorted(first, key=lambda v: -sizes[v]):
        size = -(-max(sizes[v], 1) // ALIGN) * ALIGN
        start, stop = first[v], max(sharing.last_use.get(v, first[v]), first[v])
        # A block runs its calls again for every piece: what it touches is alive all through it.
        start, stop = block_of.get(start, (start, 0))[0], block_of.get(stop, (0, stop))[1]
        offset = 0
        for o, end, a, b in taken:
            if a <= stop and start <= b and offset < end and o < offset + size:
                offset = end
        bisect.insort(taken, (offset, offset + size, start, stop))
        places[v] = Scratch(offset) if v in scratch else Owned(offset)
        total = max(total, offset + size)
    return places, total


def _needs(
    graph: Graph, views: Views, sharing: Sharing, scratch: Collection[Var], work: Mapping[Node, Sequence[Var]]
) -> tuple[dict[Var, int], dict[Var, int]]:
    """The first call that writes each value that needs memory, and its bytes."""
    first: dict[Var, int] = {}
    sizes: dict[Var, int] = {}
    for n, node in enumerate(graph.nodes):
        for v in node.outputs:
            if isinstance(sharing.places.get(v), Joined):
                first.setdefault(sharing.home(v), n)
            elif v not in sharing.places and v not in views.of:
                first.setdefault(v, n)
                sizes[v] = CHUNK * v.dtype.itemsize if v in scratch else v.nbytes
        for v in work.get(node, ()):
            first[v], sizes[v] = n, v.nbytes
    return first, sizes
