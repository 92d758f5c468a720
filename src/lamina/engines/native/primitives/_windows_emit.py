"""Windows of samples side by side in machine code (see `_windows`): borders, windows, the matrix of them."""

from collections.abc import Sequence
from typing import Any

from ..layout import contiguous_strides
from ._parts import carve, fill, turned
from ._windows import Geometry, Ints, Pairs


def inside(f: Any, whole: Any, spatial: Ints, padding: Pairs) -> Any:
    """The samples within their borders."""
    indices = (f.index(0), *(f.index(before) for before, _ in padding))
    shape = (whole.shape[0], *spatial, whole.shape[-1])
    return whole._replace(pointer=f.address(whole, indices), shape=shape)


def padded(f: Any, x: Any, padding: Pairs, work: Any, border: float) -> Any:
    """The samples with room around them, made in `work`; where none is asked for, as they are."""
    whole = with_borders(x, padding, work)
    if whole is not x:
        fill(f, whole, border)
        f.copy(x, inside(f, whole, x.shape[1:-1], padding))
    return whole


def with_borders(x: Any, padding: Pairs, work: Any) -> Any:
    """Room in `work` for the samples and what is around them; where nothing is, the samples themselves."""
    if not any(a or b for a, b in padding):
        return x
    sizes = tuple(n + a + b for n, (a, b) in zip(x.shape[1:-1], padding))
    return carve(work, (x.shape[0], *sizes, x.shape[-1]))


def without_borders(f: Any, whole: Any, x: Any, padding: Pairs) -> None:
    """Copies what `with_borders` gave room for to the samples."""
    if whole is not x:
        f.copy(inside(f, whole, x.shape[1:-1], padding), x)


def windows(x: Any, window: Ints, strides: Ints, dilation: Ints, sizes: Ints) -> Any:
    """The padded samples as `(samples, *sizes, *window, channels)`."""
    first, *middle, last = x.strides
    moves = (s * t for s, t in zip(strides, middle))
    places = (d * t for d, t in zip(dilation, middle))
    return x._replace(shape=(x.shape[0], *sizes, *window, x.shape[-1]), strides=(first, *moves, *places, last))


def columns(f: Any, g: Geometry, whole: Any, line: Any, lines: int, work: Any) -> Any:
    """The matrix of the windows of `lines` lines from `line` on, `(rows, window * channels)`, copied into `work`."""
    view = f.part(windows(whole, g.window, g.strides, g.dilation, g.sizes), 1, line, lines)
    if not g.narrow:
        f.copy(view, carve(work, view.shape))
        return as_columns(g, view.shape, work)
    rank = len(g.window)
    order = (*range(1 + rank, 2 + 2 * rank), *range(1 + rank))
    target = carve(work, tuple(view.shape[k] for k in order))
    f.copy(view._replace(shape=target.shape, strides=tuple(view.strides[k] for k in order)), target)
    return as_columns(g, view.shape, work)


def as_columns(g: Geometry, shape: Sequence[int], work: Any) -> Any:
    """How the copied windows `(samples, *sizes, *window, channels)` lie as a matrix."""
    wide, rows = g.wide * g.channels, 1
    for n in shape[: 1 + len(g.window)]:
        rows *= n
    if g.narrow:
        return turned(carve(work, (wide, rows)))
    return work._replace(shape=(rows, wide), strides=contiguous_strides((rows, wide), work.dtype))
