"""Convolution of any rank, and its two gradients, which are convolutions again: the three are closed under vjp.

Layout: x `(batch, *spatial, channels)`, kernel `(*window, channels // groups, filters)`. `padding` is a pair (before, after)
for each spatial axis. The windows of a few samples at a time are copied side by side (im2col) into a buffer that stays in
the cache, so that the work is one matrix product; a window of one position needs no copy. With one channel a group
(depthwise) there is nothing to multiply as matrices, and the places of the window are gone through one by one.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from .._graph import Spec
from .._primitive import Primitive
from .._products import bind_product
from .._threads import over_tiles

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
    itemsize: int

    @classmethod
    def of(
        cls, batch: int, spatial: Ints, channels: int, window: Ints, filters: int, itemsize: int, budget: int = 0,
        *, strides: Ints, padding: Pairs, dilation: Ints, groups: int,
    ) -> "Geometry":  # fmt: skip
        new = cls(spatial, channels, window, filters, strides, padding, dilation, groups, 1, itemsize)
        each = max(1, new.positions * new.wide * channels * itemsize)
        return new._replace(samples=max(1, min(batch, max(COLUMN_BYTES, budget) // each)))

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
        rows = self.samples * self.positions
        columns = 0 if self.is_matrix else rows * (self.filters if self.depthwise else self.wide * self.channels)
        return Spec((padded,), dtype), Spec((columns,), dtype)

    def tiles(self, batch: int) -> Iterator[slice]:
        for start in range(0, batch, self.samples):
            yield slice(start, min(start + self.samples, batch))

    def pad_views(self, x: np.ndarray, work: np.ndarray) -> tuple[np.ndarray, tuple | None]:
        """The padded samples, and what has to be copied for them at each run: `(border, target, source)`."""
        if not self.is_padded:
            return x, None
        padded = carve(work, (len(x), *self.padded, self.channels))
        return padded, (padded, padded[self.inside], x)

    def windows(self, x: np.ndarray) -> np.ndarray:
        """A view `(batch, *sizes, *window, channels)` of padded x."""
        step = x.strides
        shape = (x.shape[0], *self.sizes, *self.window, x.shape[-1])
        moves = tuple(s * t for s, t in zip(self.strides, step[1:-1]))
        places = tuple(d * t for d, t in zip(self.dilation, step[1:-1]))
        return np.lib.stride_tricks.as_strided(x, shape, (step[0], *moves, *places, step[-1]))

    def column_views(self, x: np.ndarray, work: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The matrix of windows `(rows, window * channels)` (with groups, one each), and the copy that fills it."""
        rank, n = len(self.window), len(x)
        view, rows = self.windows(x), n * self.positions
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

    def rows(self, y: np.ndarray) -> np.ndarray:
        """Samples `(n, *sizes, filters)` as the rows of a matrix, with groups one for each."""
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


def fill_padded(views: tuple | None) -> None:
    if views is not None:
        border, target, source = views
        border.fill(0)
        np.copyto(target, source)


# --- the convolution --------------------------------------------------------------------------------------------------

conv = Primitive("conv")


def _geometry(x: Any, kernel: Any, **how: Any) -> Geometry:
    return Geometry.of(
        x.shape[0], x.shape[1:-1], x.shape[-1], kernel.shape[:-2], kernel.shape[-1], x.dtype.itemsize, **how
    )


@conv.forward
def _conv(x: np.ndarray, kernel: np.ndarray, out: np.ndarray | None = None, **how: Any) -> np.ndarray:
    shape = _conv_shape(x, kernel, **how).shape
    out = np.empty(shape, x.dtype) if out is None else out
    each = _geometry(x[:1], kernel, **how)
    over_tiles(
        lambda a, b: conv.fill([x[a:b], kernel], [out[a:b]], **how), len(x), each.positions * each.wide * x[:1].nbytes
    )
    return out


@conv.shape
def _conv_shape(x: Any, kernel: Any, strides: Ints, padding: Pairs, dilation: Ints, groups: int) -> Spec:
    sizes = output_sizes(x.shape[1:-1], kernel.shape[:-2], strides, padding, dilation)
    return Spec((x.shape[0], *sizes, kernel.shape[-1]), x.dtype)


conv.workspace(lambda x, kernel, **how: _geometry(x, kernel, **how).workspace(x.dtype))


@conv.bind
def _bind_conv(inputs: Any, outputs: Any, work: Any, **how: Any) -> Callable[[], None]:
    (x, kernel), (out,) = inputs, outputs
    g = _geometry(x, kernel, **how)
    if g.is_matrix:
        return bind_product(x.reshape(-1, g.channels), g.matrix(kernel), out.reshape(-1, g.filters))
    tiles = []
    for part in g.tiles(len(x)):
        padded, pad = g.pad_views(x[part], work[0])
        if g.depthwise:
            many = split_last(out[part], g.groups)
            tiles.append((pad, many, carve(work[1], many.shape), [p[..., None] for p in g.places(padded)]))
        else:
            columns, target, source = g.column_views(padded, work[1])
            tiles.append((pad, target, source, bind_product(columns, g.matrix(kernel), g.rows(out[part]))))
    if g.depthwise:
        taps = list(kernel.reshape(g.wide, g.channels, -1))

        def run_depthwise() -> None:
            for pad, total, product_, places in tiles:
                fill_padded(pad)
                np.multiply(places[0], taps[0], out=total)
                for place, tap in zip(places[1:], taps[1:]):
                    np.multiply(place, tap, out=product_)
                    np.add(total, product_, out=total)

        return run_depthwise

    def run() -> None:
        for pad, target, source, product in tiles:
            fill_padded(pad)
            np.copyto(target, source)
            product()

    return run


conv.multiplications = lambda x, kernel, **how: (
    math.prod(_conv_shape(x, kernel, **how).shape) * math.prod(kernel.shape[:-1])
)
conv.vjp(0)(lambda g, y, x, kernel, **how: conv_input_grad(g, kernel, spatial=x.shape[1:-1], **how))
conv.vjp(1)(lambda g, y, x, kernel, **how: conv_kernel_grad(x, g, window=kernel.shape[:-2], **how))

# --- its transpose in x: also the transposed convolution --------------------------------------------------------------

conv_input_grad = Primitive("conv_input_grad")


def _input_geometry(g: Any, kernel: Any, spatial: Ints, groups: int, **how: Any) -> Geometry:
    return Geometry.of(
        g.shape[0], spatial, kernel.shape[-2] * groups, kernel.shape[:-2], kernel.shape[-1], g.dtype.itemsize,
        groups=groups, **how,
    )  # fmt: skip


@conv_input_grad.forward
def _conv_input_grad(g: np.ndarray, kernel: np.ndarray, out: np.ndarray | None = None, **how: Any) -> np.ndarray:
    out = np.empty(_conv_input_grad_shape(g, kernel, **how).shape, g.dtype) if out is None else out
    over_tiles(
        lambda a, b: conv_input_grad.fill([g[a:b], kernel], [out[a:b]], **how),
        len(g), math.prod(kernel.shape[:-1]) * how["groups"] * math.prod(g.shape[1:-1]) * g.dtype.itemsize,
    )  # fmt: skip
    return out


@conv_input_grad.shape
def _conv_input_grad_shape(g: Any, kernel: Any, spatial: Ints, groups: int, **_: Any) -> Spec:
    return Spec((g.shape[0], *spatial, kernel.shape[-2] * groups), g.dtype)


def _correlation(
    g: Any, kernel: Any, spatial: Ints, strides: Ints, padding: Pairs, dilation: Ints, groups: int
) -> dict:
    """The same as a convolution of the gradient with the flipped kernel, where that is no more arithmetic; else {}.

    It reads windows where the other way adds to them, which takes less time.
    """
    window = kernel.shape[:-2]
    around = tuple((d * (k - 1) - a, d * (k - 1) - b) for d, k, (a, b) in zip(dilation, window, padding))
    simple = groups == 1 and all(s == 1 for s in strides) and all(a >= 0 and b >= 0 for a, b in around)
    if not simple or math.prod(window) == 1 or math.prod(spatial) > 1.15 * math.prod(g.shape[1:-1]):
        return {}
    return {"strides": strides, "padding": around, "dilation": dilation, "groups": 1}


@conv_input_grad.workspace
def _input_grad_workspace(g: Any, kernel: Any, **how: Any) -> tuple[Spec, ...]:
    turned = Spec((math.prod(kernel.shape),), g.dtype)
    flipped = _correlation(g, kernel, **how)
    if flipped:
        shape = Spec((*kernel.shape[:-2], kernel.shape[-1], kernel.shape[-2]), g.dtype)
        return *_geometry(g, shape, **flipped).workspace(g.dtype), turned
    return *_input_geometry(g, kernel, **how).workspace(g.dtype), turned


@conv_input_grad.bind
def _bind_input_grad(inputs: Any, outputs: Any, work: Any, **how: Any) -> Callable[[], None]:
    (grad, kernel), (out,) = inputs, outputs
    if flipped := _correlation(grad, kernel, **how):
        source = np.swapaxes(np.flip(kernel, tuple(range(kernel.ndim - 2))), -1, -2)
        other = carve(work[2], source.shape)
        correlate = _bind_conv([grad, other], [out], work[:2], **flipped)

        def run_flipped() -> None:
            np.copyto(other, source)
            correlate()

        return run_flipped
    g = _input_geometry(grad, kernel, **how)
    matrix = np.swapaxes(g.matrix(kernel), -1, -2)
    if g.is_matrix:
        return bind_product(grad.reshape(-1, g.filters), matrix, out.reshape(-1, g.channels))
    turned = None
    if g.groups == 1 and not g.narrow:
        turned = np.swapaxes(kernel.reshape(g.wide, g.channels, g.filters), -1, -2)
        matrix = carve(work[2], turned.shape)
    tiles = []
    for part in g.tiles(len(grad)):
        target = out[part]
        whole = carve(work[0], (len(target), *g.padded, g.channels)) if g.is_padded else target
        finish = (target, whole[g.inside]) if g.is_padded else None
        places = g.places(whole)
        if g.depthwise:
            many = split_last(grad[part], g.groups)
            tiles.append((whole, finish, many, carve(work[1], many.shape), places))
        else:
            columns, by_place = _place_columns(g, len(target), work[1])
            if g.groups > 1:
                places = [split_last(p, g.groups) for p in places]
            tiles.append(
                (whole, finish, bind_product(g.rows(grad[part]), matrix, columns), list(zip(places, by_place)))
            )
    if g.depthwise:
        taps = list(kernel.reshape(g.wide, g.channels, -1))

        def run_depthwise() -> None:
            for whole, finish, many, product_, places in tiles:
                whole.fill(0)
                for place, tap in zip(places, taps):
                    np.multiply(many, tap, out=product_)
                    np.add(place, product_[..., 0] if tap.shape[-1] == 1 else product_.sum(-1), out=place)
                if finish is not None:
                    np.copyto(*finish)

        return run_depthwise

    def run() -> None:
        if turned is not None:
            np.copyto(matrix, turned)
        for whole, finish, product, pairs in tiles:
            product()
            whole.fill(0)
            for place, column in pairs:
                np.add(place, column, out=place)
            if finish is not None:
                np.copyto(*finish)

    return run


def _place_columns(g: Geometry, n: int, work: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Room for the products, and for each place in the window its part `(n, *sizes, channels)`."""
    rows, each = n * g.positions, g.channels // g.groups
    if g.narrow:
        target = carve(work, (g.wide, g.channels, n, *g.sizes))
        return target.reshape(-1, rows).T, [np.moveaxis(t, 0, -1) for t in target]
    if g.groups == 1:  # place by place, so that what is added stands in long rows
        target = carve(work, (g.wide, n, *g.sizes, g.channels))
        return target.reshape(g.wide, rows, -1), list(target)
    target = carve(work, (g.groups, n, *g.sizes, g.wide, each))
    return target.reshape(g.groups, rows, -1), [np.moveaxis(target[..., k, :], 0, -2) for k in range(g.wide)]


conv_input_grad.multiplications = lambda g, kernel, **_: math.prod(g.shape) * math.prod(kernel.shape[:-1])
conv_input_grad.vjp(0)(lambda gg, y, g, kernel, spatial, **how: conv(gg, kernel, **how))
conv_input_grad.vjp(1)(
    lambda gg, y, g, kernel, spatial, **how: conv_kernel_grad(gg, g, window=kernel.shape[:-2], **how)
)

# --- its gradient in the kernel ---------------------------------------------------------------------------------------

conv_kernel_grad = Primitive("conv_kernel_grad")


def _kernel_geometry(x: Any, grad: Any, window: Ints, groups: int, **how: Any) -> Geometry:
    # Each part of the sum is written once more: parts of a large kernel are made from more samples.
    kernel_bytes = math.prod(window) * (x.shape[-1] // groups) * grad.shape[-1] * x.dtype.itemsize
    return Geometry.of(
        x.shape[0], x.shape[1:-1], x.shape[-1], window, grad.shape[-1], x.dtype.itemsize, 4 * kernel_bytes,
        groups=groups, **how,
    )  # fmt: skip


@conv_kernel_grad.forward
def _conv_kernel_grad(x: np.ndarray, grad: np.ndarray, out: np.ndarray | None = None, **how: Any) -> np.ndarray:
    spec = _conv_kernel_grad_shape(x, grad, **how)
    out = np.empty(spec.shape, x.dtype) if out is None else out

    def tile(start: int, stop: int) -> np.ndarray:
        part = np.empty_like(out)
        conv_kernel_grad.fill([x[start:stop], grad[start:stop]], [part], **how)
        return part

    each = math.prod(how["window"]) * x.shape[-1] * math.prod(grad.shape[1:-1]) * x.dtype.itemsize
    parts = over_tiles(tile, len(x), each)
    np.add.reduce(parts, 0, out=out)
    return out


@conv_kernel_grad.shape
def _conv_kernel_grad_shape(x: Any, g: Any, window: Ints, groups: int, **_: Any) -> Spec:
    return Spec((*window, x.shape[-1] // groups, g.shape[-1]), x.dtype)


@conv_kernel_grad.workspace
def _kernel_grad_workspace(x: Any, grad: Any, **how: Any) -> tuple[Spec, ...]:
    g = _kernel_geometry(x, grad, **how)
    shape = (g.wide, g.channels // g.groups, g.filters)
    return (*g.workspace(x.dtype), Spec(shape, x.dtype))


@conv_kernel_grad.bind
def _bind_kernel_grad(inputs: Any, outputs: Any, work: Any, **how: Any) -> Callable[[], None]:
    (x, grad), (out,) = inputs, outputs
    g = _kernel_geometry(x, grad, **how)
    total, part = g.matrix(out), g.matrix(work[2])
    if g.is_matrix:
        return bind_product(x.reshape(-1, g.channels).T, grad.reshape(-1, g.filters), total)
    if g.depthwise:
        return _bind_depthwise_kernel_grad(g, x, grad, out, work)
    tiles = []
    for tile in g.tiles(len(x)):
        padded, pad = g.pad_views(x[tile], work[0])
        columns, target, source = g.column_views(padded, work[1])
        product = bind_product(np.swapaxes(columns, -1, -2), g.rows(grad[tile]), part if tiles else total)
        tiles.append((pad, target, source, product))

    def run() -> None:
        for k, (pad, target, source, product) in enumerate(tiles):
            fill_padded(pad)
            np.copyto(target, source)
            product()
            if k:
                np.add(total, part, out=total)

    return run


def _bind_depthwise_kernel_grad(
    g: Geometry, x: np.ndarray, grad: np.ndarray, out: np.ndarray, work: Any
) -> Callable[[], None]:
    taps = out.reshape(g.wide, g.filters)
    tiles = []
    for tile in g.tiles(len(x)):
        padded, pad = g.pad_views(x[tile], work[0])
        many = split_last(grad[tile], g.groups)
        products = carve(work[1], many.shape)
        places = [p[..., None] for p in g.places(padded)]
        ones = np.ones((1, products.size // g.filters), products.dtype)
        tiles.append((pad, many, products, products.reshape(-1, g.filters), ones, places))

    def run() -> None:
        taps.fill(0)
        for pad, many, products, rows, ones, places in tiles:
            fill_padded(pad)
            for tap, place in zip(taps, places):
                np.multiply(place, many, out=products)
                tap += (ones @ rows)[0]

    return run


conv_kernel_grad.multiplications = lambda x, grad, window, groups, **_: (
    math.prod(grad.shape) * math.prod(window) * x.shape[-1] // groups
)
conv_kernel_grad.vjp(0)(lambda gk, y, x, g, window, **how: conv_input_grad(g, gk, spatial=x.shape[1:-1], **how))
conv_kernel_grad.vjp(1)(lambda gk, y, x, g, window, **how: conv(x, gk, **how))
