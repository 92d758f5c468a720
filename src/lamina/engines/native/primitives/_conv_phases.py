"""The gradient of a convolution's samples as convolutions of the gradient of its results.

Of the samples' positions every `stride`-th one, from each of the first few on (a phase), meets the same places of the
window: that is a convolution whose window has those places only. With a stride of 1 there is one phase.
"""

import itertools
import math
from typing import Any, NamedTuple

from ._conv_direct import emit_direct, is_direct
from ._parts import carve, fill
from ._windows import Geometry, Ints, Pairs
from ._windows_emit import padded

# Times the arithmetic, with the zeros around, that this may be: the other way, which adds to windows, is slower by as much.
MOST_MORE = 1.5


class Phase(NamedTuple):
    """On one axis: the first position and how many, the first place of the turned window and how many, and which position
    of the padded gradient the first one meets."""

    start: int
    positions: int
    place: int
    places: int
    meets: int


def around(g: Geometry) -> Pairs:
    """How many zeros the gradient of the results needs before and after it, on each axis."""
    return tuple(
        (max(0, -min(p.meets for p in each)), max(0, max(p.meets + p.positions + p.places - 1 for p in each) - size))
        for each, size in zip(_phases(g, tuple((0, 0) for _ in g.window)), g.sizes)
    )


def _phases(g: Geometry, room: Pairs) -> list[list[Phase]]:
    """Of each axis, where so many zeros stand before and after the gradient."""
    found = []
    for n, k, s, (a, _), (zeros, _) in zip(g.spatial, g.window, g.strides, g.padding, room):
        axis = []
        for r in range(min(s, n)):
            first = (r + a) % s
            places = len(range(first, k, s))
            meets = zeros + (r + a) // s - max(places - 1, 0)
            axis.append(Phase(r, len(range(r, n, s)), k - 1 - first - s * (places - 1), places, meets))
        found.append(axis)
    return found


def room_for_padded(g: Geometry) -> int:
    """Elements that one sample of the gradient of the results has with its zeros; 0 where this way does not hold."""
    if not _is_simple(g):
        return 0
    return math.prod(n + a + b for n, (a, b) in zip(g.sizes, around(g))) * g.filters


def has_phases(f: Any, g: Geometry, kernel: Any, out: Any) -> bool:
    """Whether this way holds and is the faster one."""
    if not _is_simple(g) or math.prod(g.spatial) > MOST_MORE * math.prod(n * s for n, s in zip(g.sizes, g.strides)):
        return False
    turned = carve(kernel, (*g.window, g.filters, g.channels))
    return all(
        is_direct(f, _geometry_of(g, phases), turned, out)
        for phases in itertools.product(*_phases(g, around(g))) if all(p.places for p in phases)
    )  # fmt: skip


def _is_simple(g: Geometry) -> bool:
    return g.groups == 1 and all(g.spatial) and all(d == 1 for d in g.dilation)


def _geometry_of(g: Geometry, phases: tuple[Phase, ...]) -> Geometry:
    ones, none = tuple(1 for _ in phases), tuple((0, 0) for _ in phases)
    window = tuple(p.places for p in phases)
    read = tuple(p.positions + p.places - 1 for p in phases)
    return Geometry(read, g.filters, window, g.channels, ones, none, ones, 1, 1, read[0])


def emit_phases(f: Any, g: Geometry, grad: Any, turned: Any, out: Any, work: Any) -> None:
    """out = the gradient of the samples, from that of the results and the kernel turned around (`_conv_emit.turned_around`)."""
    room = around(g)
    for n, _ in f.spans(grad.shape[0], 1):
        whole, target = padded(f, f.part(grad, 0, n, 1), room, work, 0), f.part(out, 0, n, 1)
        for phases in itertools.product(*_phases(g, room)):
            mine = _every(f, target, 1, g.strides, tuple(p.start for p in phases), tuple(p.positions for p in phases))
            if not all(p.places for p in phases):
                fill(f, mine, 0)
                continue
            kernel = _every(f, turned, 0, g.strides, tuple(p.place for p in phases), tuple(p.places for p in phases))
            read = whole._replace(
                pointer=f.address(whole, (f.index(0), *(f.index(p.meets) for p in phases), f.index(0)))
            )
            emit_direct(f, _geometry_of(g, phases), read, kernel, mine)


def _every(f: Any, x: Any, axis: int, steps: Ints, starts: Ints, counts: Ints) -> Any:
    """x with, on the axes from that one on, so many entries from a start on in steps."""
    after = axis + len(steps)
    indices = (*(f.index(0) for _ in range(axis)), *map(f.index, starts), *(f.index(0) for _ in x.shape[after:]))
    strides = (*x.strides[:axis], *(s * t for s, t in zip(steps, x.strides[axis:after])), *x.strides[after:])
    return x._replace(
        pointer=f.address(x, indices), shape=(*x.shape[:axis], *counts, *x.shape[after:]), strides=strides
    )
