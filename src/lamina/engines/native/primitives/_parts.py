"""Parts of arrays and other ways to read them, for rules of machine code; here an array is a pointer, a shape and strides."""

import math
from typing import Any

from ..layout import contiguous_strides


def at(f: Any, x: Any, *indices: Any) -> Any:
    """x[indices], the rest of its axes whole."""
    n = len(indices)
    return x._replace(pointer=f.address(x, indices), shape=x.shape[n:], strides=x.strides[n:])


def part_at(f: Any, x: Any, index: tuple[Any, ...]) -> Any:
    """x[index], of an int or a slice for each axis."""
    ranges = [
        range(n)[i] if isinstance(i, slice) else range(i % n, i % n + 1) for i, n in zip(index, x.shape, strict=True)
    ]
    kept = [k for k, i in enumerate(index) if isinstance(i, slice)]
    return x._replace(
        pointer=f.address(x, tuple(f.index(r.start) for r in ranges)), shape=tuple(len(ranges[k]) for k in kept),
        strides=tuple(x.strides[k] * ranges[k].step for k in kept),
    )  # fmt: skip


def rows(f: Any, x: Any, start: int, stop: int) -> Any:
    """x[start:stop]."""
    return x._replace(pointer=f.address(x, (f.index(start),)), shape=(stop - start, *x.shape[1:]))


def turned(x: Any) -> Any:
    """The matrix with its axes changed for one another."""
    return x._replace(shape=x.shape[::-1], strides=x.strides[::-1])


def fill(f: Any, x: Any, number: float) -> None:
    with f.loops(x.shape) as i:
        f.store(f.number(number, x.dtype), x, i)


def columns_of(f: Any, x: Any, start: int, stop: int) -> Any:
    """x[:, start:stop] of a matrix."""
    return turned(rows(f, turned(x), start, stop))


def carve(work: Any, shape: tuple[int, ...]) -> Any:
    """The beginning of a workspace, in that shape."""
    return work._replace(shape=shape, strides=contiguous_strides(shape, work.dtype))


def is_in_one_piece(x: Any) -> bool:
    """Whether the elements follow each other in memory, in their order."""
    return bool(x.strides == contiguous_strides(x.shape, x.dtype))


def flat(x: Any) -> Any:
    """The elements of an array that lies in one piece, along one axis."""
    return x._replace(shape=(math.prod(x.shape),), strides=(x.dtype.itemsize,))


def matrix(x: Any) -> Any:
    """The array with all axes but the last as one; None where they do not lie so."""
    if not x.shape[:-1]:
        return x._replace(shape=(1, *x.shape), strides=(0, *x.strides))
    step, size = 0, 1
    for n, stride in zip(x.shape[-2::-1], x.strides[-2::-1]):
        if n == 1:
            continue
        if size > 1 and stride != step * size:
            return None
        step, size = step if size > 1 else stride, size * n
    return x._replace(shape=(math.prod(x.shape[:-1]), x.shape[-1]), strides=(step, x.strides[-1]))
