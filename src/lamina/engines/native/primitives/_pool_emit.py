"""Pooling in machine code: each window is gone through once, all channels of a position side by side."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ._parts import fill
from ._windows import Ints, Pairs
from ._windows_emit import padded, windows, with_borders, without_borders

WIDEST = 32  # places of a window that are written out one by one


def can_pool(kind: Any, inputs: Any, outputs: Any, window: Ints, **_: Any) -> bool:
    """Whether the window is small enough to be written out."""
    return math.prod(window) <= WIDEST and all(0 not in x.shape for x in (*inputs, *outputs))


def _places(f: Any, whole: Any, window: Ints, strides: Ints, sizes: Ints) -> list[Any]:
    """For each place of the window, the entries there of all windows, `(samples, *sizes, channels)`."""
    rank = len(window)
    view = windows(whole, window, strides, (1,) * rank, sizes)
    shape = (*view.shape[: 1 + rank], view.shape[-1])
    steps = (*view.strides[: 1 + rank], view.strides[-1])
    first = (f.index(0),) * (1 + rank)
    return [
        view._replace(pointer=f.address(view, (*first, *map(f.index, place))), shape=shape, strides=steps)
        for place in np.ndindex(*window)
    ]


def emit_combine(
    f: Any, combine: Callable[[Any, Any], Any], border: float, inputs: Sequence[Any], outputs: Sequence[Any],
    work: Sequence[Any], window: Ints, strides: Ints, padding: Pairs,
) -> None:  # fmt: skip
    """out = the entries of each window combined, from the first to the last; borders hold `border`."""
    (x,), (out,) = inputs, outputs
    for start, n in f.spans(x.shape[0], _samples(x, padding, work[0])):
        whole = padded(f, f.part(x, 0, start, n), padding, work[0], border)
        result = f.part(out, 0, start, n)
        places = _places(f, whole, window, strides, out.shape[1:-1])
        with f.loops(result.shape) as i:
            total = f.load(places[0], i)
            for place in places[1:]:
                total = combine(total, f.load(place, i))
            f.store(total, result, i)


def _samples(x: Any, padding: Pairs, work: Any) -> int:
    """How many there is room for."""
    return work.shape[0] if any(a or b for a, b in padding) else x.shape[0]


def emit_spread(
    f: Any, inputs: Sequence[Any], outputs: Sequence[Any], work: Sequence[Any], window: Ints, strides: Ints,
    padding: Pairs, **_: Any,
) -> None:  # fmt: skip
    """out = each entry added to all places of its window."""
    (g,), (out,) = inputs, outputs
    for start, n in f.spans(out.shape[0], _samples(out, padding, work[0])):
        target = f.part(out, 0, start, n)
        whole = with_borders(target, padding, work[0])
        fill(f, whole, 0)
        grad = f.part(g, 0, start, n)
        for place in _places(f, whole, window, strides, g.shape[1:-1]):
            with f.loops(grad.shape) as i:
                f.store(f.add(f.load(place, i), f.load(grad, i)), place, i)
        without_borders(f, whole, target, padding)


def emit_max_grad(
    f: Any, lowest: float, inputs: Sequence[Any], outputs: Sequence[Any], work: Sequence[Any], window: Ints,
    strides: Ints, padding: Pairs,
) -> None:  # fmt: skip
    """out = each entry of g at the first place of its window that is the largest."""
    (g, x, y), (out,) = inputs, outputs
    sizes = y.shape[1:-1]
    apart = all(s >= k for s, k in zip(strides, window))  # no place is written twice
    covered = apart and all(s == k and n * s == m for s, k, n, m in zip(strides, window, sizes, x.shape[1:-1]))
    for start, n in f.spans(x.shape[0], _samples(x, padding, work[0])):
        shown = padded(f, f.part(x, 0, start, n), padding, work[0], lowest)
        target = f.part(out, 0, start, n)
        whole = with_borders(target, padding, work[1])
        if not covered:
            fill(f, whole, 0)
        grad, largest = (f.part(v, 0, start, n) for v in (g, y))
        places = [_places(f, v, window, strides, sizes) for v in (shown, whole)]
        with (
            f.loops(grad.shape[:-1], independent=False) as position,
            f.loop(grad.shape[-1], independent=True) as channel,
        ):
            i = (*position, channel)
            rest, most, none = f.load(grad, i), f.load(largest, i), f.number(0, g.dtype)
            for k, (place, into) in enumerate(zip(*places)):
                mine = rest
                if k < len(places[0]) - 1:  # what no other place has taken belongs to the last
                    is_mine = f.compare("equal", f.load(place, i), most)
                    mine, rest = f.choose(is_mine, rest, none), f.choose(is_mine, none, rest)
                f.store(mine if apart else f.add(f.load(into, i), mine), into, i)
        without_borders(f, whole, target, padding)
