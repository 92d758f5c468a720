"""Offsets in the arena for everything that needs memory of its own."""

import bisect
import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from .._graph import Graph, Node, Var
from ._blocks import Block
from ._places import ALIGN, CHUNK, Joined, Owned, Scratch, aligned_bytes
from ._sharing import Sharing
from ._views import Views


class _Range(NamedTuple):
    """Bytes of a value, from `offset` in it on, and the calls from the first to the last of which they are needed."""

    offset: int
    size: int
    first: int
    last: int


def pack(
    graph: Graph, views: Views, sharing: Sharing, blocks: Sequence[Block], scratch: Collection[Var],
    work: Mapping[Node, Sequence[Var]], nowhere: Collection[Var] = (),
    in_pieces: bool = True,
) -> tuple[dict[Var, Owned | Scratch], int, dict[int, tuple[int, int]]]:  # fmt: skip
    """The place of each value, and the bytes of the arena: largest first, at the lowest offset that is free. Also, where blocks
    run piece by piece, for each by its first call the longest range of the arena that nobody needs meanwhile.

    Two values may have the same bytes if they are never alive together. Where a part of a concatenation is computed in place,
    its bytes of the whole are alive from then on, and others may have them until then. `work`: what calls need on their way.
    `nowhere`: what no memory ever holds.
    """
    needs = _needs(graph, views, sharing, scratch, work)
    for v in nowhere:
        needs.pop(v, None)
    block_of = {n: b for b in blocks for n in range(b[0], b[1] + 1)}
    taken: list[tuple[int, int, int, int]] = []  # offset, end, first, last
    places: dict[Var, Owned | Scratch] = {}
    total = 0
    for v in sorted(needs, key=lambda v: -needs[v][0].size):
        # A block runs its calls again for every piece: what it touches is alive all through it.
        ranges = [
            r._replace(first=block_of.get(r.first, (r.first, 0))[0], last=block_of.get(r.last, (0, r.last))[1])
            for r in needs[v]
        ]
        offset = _lowest(ranges, taken)
        for r in ranges:
            bisect.insort(taken, (offset + r.offset, offset + r.offset + r.size, r.first, r.last))
        places[v] = Scratch(offset) if v in scratch else Owned(offset)
        total = max(total, offset + aligned_bytes(ranges[0].size))
    free = {
        first: _longest_gap([t for t in taken if t[2] <= last and first <= t[3]], total)
        for first, last in (blocks if in_pieces else ())
    }
    return places, total, free


def _lowest(ranges: Sequence[_Range], taken: Sequence[tuple[int, int, int, int]]) -> int:
    """The lowest offset of a value at which none of its ranges meets what is taken, which is sorted."""
    offset, moved = 0, True
    while moved:
        moved = False
        for within, size, first, last in ranges:
            for start, end, a, b in taken:
                if a <= last and first <= b and offset + within < end and start < offset + within + size:
                    offset, moved = aligned_bytes(end - within), len(ranges) > 1  # one range has met all in one pass
    return offset


def _longest_gap(taken: Sequence[tuple[int, int, int, int]], total: int) -> tuple[int, int]:
    """Start and end of what lies between ranges that are sorted, or behind them."""
    ends = list(itertools.accumulate((aligned_bytes(end) for _, end, *_ in taken), max, initial=0))
    starts = [start // ALIGN * ALIGN for start, *_ in taken]
    return max(zip(ends, [*starts, total]), key=lambda gap: gap[1] - gap[0])


def _needs(
    graph: Graph, views: Views, sharing: Sharing, scratch: Collection[Var], work: Mapping[Node, Sequence[Var]]
) -> dict[Var, list[_Range]]:
    """What of each value that needs memory is needed when: all of it, and parts that are there before."""
    wholes: dict[Var, _Range] = {}
    parts: dict[Var, list[_Range]] = {}
    for n, node in enumerate(graph.nodes):
        for v in node.outputs:
            if isinstance(sharing.places.get(v), Joined):
                home, offset = _joined(sharing, v)
                parts.setdefault(home, []).append(_Range(offset, v.nbytes, n, sharing.last_use[home]))
            elif v not in sharing.places and v not in views.of:
                size = CHUNK * v.dtype.itemsize if v in scratch else v.nbytes
                wholes[v] = _Range(0, max(size, 1), n, max(sharing.last_use.get(v, n), n))
        for v in work.get(node, ()):
            wholes[v] = _Range(0, max(v.nbytes, 1), n, n)
    return {v: [r, *parts.get(v, ())] for v, r in wholes.items()}


def _joined(sharing: Sharing, v: Var) -> tuple[Var, int]:
    """The value in whose memory a part lies, and the byte of it where it begins."""
    offset = 0
    while isinstance(place := sharing.places.get(v), Joined):
        v, offset = place.into, offset + place.offset
    return v, offset
