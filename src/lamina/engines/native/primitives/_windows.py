"""Windows of samples side by side (im2col): the sizes, views and workspaces that convolutions and pooling share."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .._graph import Spec

Ints = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]

COLUMN_BYTES = 1 << 20  # what the copied windows may take, to stay in the L2 cache
NARROW = 16  # windows of fewer elements are laid side by side element by element, not window by window


def output_sizes(spatial: Ints, window: Ints, strides: Ints, padding: Pairs, dilation: Ints) -> Ints:
    """Positions of the window along each spatial axis."""
    return tuple(
        (n + a + b - (d * (k - 1) + 1)) // s + 1
        for n, k, s, (a, b), d in zip(spatial, window, strides, padding, dilation)
    )


class Tile(NamedTuple):
    """Some samples, or some lines of one: what is worked on at a time."""

    samples: slice
    lines: slice
    first: bool  # whether these are the first lines of the samples
    last: bool


class Geometry(NamedTuple):
    """The sizes of a convolution of `spatial` positions and `channels`, and what a few samples of it need."""

    spatial: Ints
    channels: int
    window: Ints
    filters: int
    strides: Ints
    padding: Pairs
    dilation: Ints
    groups: int
    samples: int  # worked on at a time
    lines: int  # positions of the first spatial axis worked on at a time; all of them unless a sample alone is large

    @classmethod
    def of(
        cls, batch: int, spatial: Ints, channels: int, window: Ints, filters: int, itemsize: int, budget: int = 0,
        *, strides: Ints, padding: Pairs, dilation: Ints, groups: int,
    ) -> "Geometry":  # fmt: skip
        new = cls(spatial, channels, window, filters, strides, padding, dilation, groups, 1, 1)
        budget, lines = max(COLUMN_BYTES, budget), max(1, new.sizes[0])
        line = max(1, new.positions // lines * (filters if new.depthwise else new.wide * channels) * itemsize)
        if lines * line <= budget or new.depthwise:
            return new._replace(samples=max(1, min(batch, budget // (lines * line))), lines=lines)
        return new._replace(lines=max(1, budget // line))

    @property
    def sizes(self) -> Ints:
        return output_sizes(self.spatial, self.window, self.strides, self.padding, self.dilation)

    @property
    def positions(self) -> int:
        return math.prod(self.sizes)

    @property
    def wide(self) -> int:
        return math.prod(self.window)

    @property
    def padded(self) -> Ints:
        return tuple(n + a + b for n, (a, b) in zip(self.spatial, self.padding))

    @property
    def is_padded(self) -> bool:
        return any(a or b for a, b in self.padding)

    @property
    def depthwise(self) -> bool:
        return self.groups == self.channels > 1

    @property
    def is_matrix(self) -> bool:
        """Whether the array of inputs is already the matrix of windows."""
        return self.wide == 1 and self.groups == 1 and not self.is_padded and all(s == 1 for s in self.strides)

    @property
    def narrow(self) -> bool:
        return self.groups == 1 and self.wide * self.channels < NARROW

    @property
    def inside(self) -> tuple[slice, ...]:
        """Where the array lies in the padded one."""
        return (slice(None), *(slice(a, a + n) for n, (a, _) in zip(self.spatial, self.padding)))

    def workspace(self, dtype: Any) -> tuple[Spec, ...]:
        """The padded samples, and their windows side by side (or products of the places of a depthwise one)."""
        padded = self.samples * math.prod(self.padded) * self.channels if self.is_padded else 0
        rows = self.samples * self.lines * math.prod(self.sizes[1:])
        columns = 0 if self.is_matrix else rows * (self.filters if self.depthwise else self.wide * self.channels)
        return Spec((padded,), dtype), Spec((columns,), dtype)

    def tiles(self, batch: int) -> Iterator[Tile]:
        lines = max(1, self.sizes[0])
        for start in range(0, batch, self.samples):
            for line in range(0, lines, self.lines):
                stop = min(line + self.lines, lines)
                part = slice(start, min(start + self.samples, batch))
                yield Tile(part, slice(line, stop), line == 0, stop == lines)

    def pad_views(self, x: np.ndarray, work: np.ndarray) -> tuple[np.ndarray, tuple[Any, ...] | None]:
        """The padded samples, and what has to be copied for them at each run: `(border, target, source)`."""
        if not self.is_padded:
            return x, None
        padded = carve(work, (len(x), *self.padded, self.channels))
        return padded, (padded, padded[self.inside], x)

    def unpad_views(self, out: np.ndarray, work: np.ndarray) -> tuple[np.ndarray, tuple[Any, ...] | None]:
        """Where to add up padded samples, and what has to be copied of them to `out` at the end: `(target, source)`."""
        if not self.is_padded:
            return out, None
        whole = carve(work, (len(out), *self.padded, self.channels))
        return whole, (out, whole[self.inside])

    def windows(self, x: np.ndarray) -> np.ndarray:
        """A view `(batch, *sizes, *window, channels)` of padded x."""
        step = x.strides
        shape = (x.shape[0], *self.sizes, *self.window, x.shape[-1])
        moves = tuple(s * t for s, t in zip(self.strides, step[1:-1]))
        places = tuple(d * t for d, t in zip(self.dilation, step[1:-1]))
        return np.lib.stride_tricks.as_strided(x, shape, (step[0], *moves, *places, step[-1]))

    def column_views(self, x: np.ndarray, lines: slice, work: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The matrix of windows `(rows, window * channels)` (with groups, one each), and the copy that fills it."""
        rank, view = len(self.window), self.windows(x)[:, lines]
        rows = math.prod(view.shape[: 1 + rank])
        if self.narrow:
            source = np.moveaxis(view, range(1 + rank, 2 + 2 * rank), range(rank + 1))
            target = carve(work, source.shape)
            return target.reshape(-1, rows).T, target, source
        if self.groups == 1:
            target = carve(work, view.shape)
            return target.reshape(rows, -1), target, view
        each = self.channels // self.groups
        source = np.moveaxis(split_last(view, self.groups), 1 + 2 * rank, 0)
        target = carve(work, source.shape)
        return target.reshape(self.groups, rows, self.wide * each), target, source

    def matrix(self, kernel: np.ndarray) -> np.ndarray:
        """The kernel as `(window * channels, filters)`, with groups one for each."""
        if self.groups == 1:
            return kernel.reshape(-1, self.filters)
        return np.moveaxis(kernel.reshape(-1, self.groups, self.filters // self.groups), 1, 0)

    def rows(self, y: np.ndarray, tile: Tile) -> np.ndarray:
        """Those of the samples `(n, *sizes, filters)` as the rows of a matrix, with groups one for each."""
        y = y[tile.samples, tile.lines]
        if self.groups == 1:
            return y.reshape(-1, self.filters)
        return np.moveaxis(y.reshape(-1, self.groups, self.filters // self.groups), 1, 0)

    def places(self, whole: np.ndarray) -> list[np.ndarray]:
        """For each place in the window, a view of what stands there in all windows of a padded array."""
        return [
            whole[(
                slice(None),
                *(slice(p * d, p * d + s * (n - 1) + 1, s)
                  for p, d, s, n in zip(place, self.dilation, self.strides, self.sizes)),
            )]
            for place in np.ndindex(*self.window)
        ]  # fmt: skip


def carve(work: np.ndarray, shape: Ints) -> np.ndarray:
    """The beginning of a buffer, in that shape."""
    return work[: math.prod(shape)].reshape(shape)


def split_last(x: np.ndarray, groups: int) -> np.ndarray:
    """A view with the last axis as `(groups, channels // groups)`, whatever the strides."""
    each = x.shape[-1] // groups
    strides = (*x.strides[:-1], each * x.strides[-1], x.strides[-1])
    return np.lib.stride_tricks.as_strided(x, (*x.shape[:-1], groups, each), strides)


def fill_padded(views: tuple[Any, ...] | None) -> None:
    if views is not None:
        border, target, source = views
        border.fill(0)
        np.copyto(target, source)
