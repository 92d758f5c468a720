"""Convolution of any rank, and its two gradients, which are convolutions again: the three are closed under vjp.

Layout: x `(batch, *spatial, channels)`, kernel `(*window, channels // groups, filters)`. `padding` is a pair (before, after)
for each spatial axis. The windows of a few samples at a time are copied side by side (im2col) into a buffer that stays in
the cache, so that the work is one matrix product; a window of one position needs no copy. With one channel a group
(depthwise) there is nothing to multiply as matrices, and the places of the window are gone through one by one.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._cut import FIRST, SUM, Cut, Known
from .._emit import Emit
from .._graph import Node, Spec
from .._primitive import Bound, Cost, Primitive
from .._products import SMALL, bind_product
from .._threads import over_tiles
from ..layout import contiguous_strides
from ._conv_emit import (
    can_convolve,
    can_input_grad,
    can_kernel_grad,
    emit_conv,
    emit_correlation,
    emit_input_grad,
    emit_kernel_grad,
)
from ._conv_phases import room_for_padded
from ._depthwise import bind_depthwise, bind_depthwise_input_grad, bind_depthwise_kernel_grad
from ._windows import Geometry, Ints, Pairs, carve, fill_padded, output_sizes, split_last


def _cut_samples(node: Node, known: Known, batch: int) -> Cut | None:
    """The first operand and the result hold the samples, the kernel is read whole."""
    return Cut([FIRST, None], [FIRST]) if known[0] == FIRST else None


# --- the convolution --------------------------------------------------------------------------------------------------


def _geometry(x: Any, kernel: Any, **how: Any) -> Geometry:
    return Geometry.of(
        x.shape[0], x.shape[1:-1], x.shape[-1], kernel.shape[:-2], kernel.shape[-1], x.dtype.itemsize, **how
    )


def _conv(x: np.ndarray, kernel: np.ndarray, out: np.ndarray | None = None, **how: Any) -> np.ndarray:
    shape = _conv_shape(x, kernel, **how).shape
    out = np.empty(shape, x.dtype) if out is None else out
    each = _geometry(x[:1], kernel, **how)
    over_tiles(
        lambda a, b: conv.fill([x[a:b], kernel], [out[a:b]], **how), len(x), each.positions * each.wide * x[:1].nbytes
    )
    return out


def _conv_shape(x: Any, kernel: Any, strides: Ints, padding: Pairs, dilation: Ints, groups: int) -> Spec:
    sizes = output_sizes(x.shape[1:-1], kernel.shape[:-2], strides, padding, dilation)
    return Spec((x.shape[0], *sizes, kernel.shape[-1]), x.dtype)


def _bind_conv(inputs: Any, outputs: Any, work: Any, **how: Any) -> Callable[[], None]:
    (x, kernel), (out,) = inputs, outputs
    g = _geometry(x, kernel, **how)
    if g.is_matrix:
        return bind_product(x.reshape(-1, g.channels), g.matrix(kernel), out.reshape(-1, g.filters))
    if g.depthwise:
        return bind_depthwise(g, x, kernel, out, work)
    tiles = []
    for tile in g.tiles(len(x)):
        if tile.first:
            padded, pad = g.pad_views(x[tile.samples], work[0])
        columns, target, source = g.column_views(padded, tile.lines, work[1])
        product = bind_product(columns, g.matrix(kernel), g.rows(out, tile))
        tiles.append((pad if tile.first else None, target, source, product))

    def run() -> None:
        for pad, target, source, product in tiles:
            fill_padded(pad)
            np.copyto(target, source)
            product()

    return run


conv = Primitive(
    "conv",
    forward=_conv,
    shape=_conv_shape,
    vjp=(
        lambda g, y, x, kernel, **how: conv_input_grad(g, kernel, spatial=x.shape[1:-1], **how),
        lambda g, y, x, kernel, **how: conv_kernel_grad(x, g, window=kernel.shape[:-2], **how),
    ),
    cut=_cut_samples,
    cost=Cost(lambda x, kernel, **how: math.prod(_conv_shape(x, kernel, **how).shape) * math.prod(kernel.shape[:-1])),
    bound=Bound(bind=_bind_conv, workspace=lambda x, kernel, **how: _geometry(x, kernel, **how).workspace(x.dtype)),
    emit=Emit(
        loops=lambda f, inputs, outputs, work, **how: emit_conv(f, _geometry(*inputs, **how), inputs, outputs, work),
        takes_work=True,
        can=lambda kind, inputs, outputs, **how: can_convolve(kind, _geometry(*inputs, **how), *inputs, *outputs),
    ),
)

# --- its transpose in x: also the transposed convolution --------------------------------------------------------------


def _input_geometry(g: Any, kernel: Any, spatial: Ints, groups: int, **how: Any) -> Geometry:
    return Geometry.of(
        g.shape[0], spatial, kernel.shape[-2] * groups, kernel.shape[:-2], kernel.shape[-1], g.dtype.itemsize,
        groups=groups, **how,
    )  # fmt: skip


def _conv_input_grad(g: np.ndarray, kernel: np.ndarray, out: np.ndarray | None = None, **how: Any) -> np.ndarray:
    out = np.empty(_conv_input_grad_shape(g, kernel, **how).shape, g.dtype) if out is None else out
    over_tiles(
        lambda a, b: conv_input_grad.fill([g[a:b], kernel], [out[a:b]], **how),
        len(g), math.prod(kernel.shape[:-1]) * how["groups"] * math.prod(g.shape[1:-1]) * g.dtype.itemsize,
    )  # fmt: skip
    return out


def _conv_input_grad_shape(g: Any, kernel: Any, spatial: Ints, groups: int, **_: Any) -> Spec:
    return Spec((g.shape[0], *spatial, kernel.shape[-2] * groups), g.dtype)


def _correlation(
    g: Any, kernel: Any, spatial: Ints, strides: Ints, padding: Pairs, dilation: Ints, groups: int
) -> dict[Any, Any]:
    """The same as a convolution of the gradient with the flipped kernel, where that is no more arithmetic; else {}.

    It reads windows where the other way adds to them, which takes less time.
    """
    window = kernel.shape[:-2]
    around = tuple((d * (k - 1) - a, d * (k - 1) - b) for d, k, (a, b) in zip(dilation, window, padding))
    simple = groups == 1 and all(s == 1 for s in strides) and all(a >= 0 and b >= 0 for a, b in around)
    if not simple or math.prod(window) == 1 or math.prod(spatial) > 1.15 * math.prod(g.shape[1:-1]):
        return {}
    return {"strides": strides, "padding": around, "dilation": dilation, "groups": 1}


def _turned(kernel: Any) -> Spec:
    """The kernel of the correlation."""
    return Spec((*kernel.shape[:-2], kernel.shape[-1], kernel.shape[-2]), kernel.dtype)


def _input_grad_workspace(g: Any, kernel: Any, **how: Any) -> tuple[Spec, ...]:
    turned = Spec((math.prod(kernel.shape),), g.dtype)
    if flipped := _correlation(g, kernel, **how):
        return *_geometry(g, _turned(kernel), **flipped).workspace(g.dtype), turned
    geometry = _input_geometry(g, kernel, **how)
    padded, products = geometry.workspace(g.dtype)
    return Spec((max(*padded.shape, room_for_padded(geometry)),), g.dtype), products, turned


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
    if g.depthwise:
        return bind_depthwise_input_grad(g, grad, kernel, out, work)
    turned = None
    if g.groups == 1 and not g.narrow:
        turned = np.swapaxes(kernel.reshape(g.wide, g.channels, g.filters), -1, -2)
        matrix = carve(work[2], turned.shape)
    tiles = []
    for tile in g.tiles(len(grad)):
        if tile.first:
            whole, finish = g.unpad_views(out[tile.samples], work[0])
        places = [p[:, tile.lines] for p in g.places(whole)]
        if g.groups > 1:
            places = [split_last(p, g.groups) for p in places]
        columns, by_place = _place_columns(g, places[0].shape[:-1] if g.groups == 1 else places[0].shape[:-2], work[1])
        product = bind_product(g.rows(grad, tile), matrix, columns)
        tiles.append(
            (whole if tile.first else None, finish if tile.last else None, product, list(zip(places, by_place)))
        )

    def run() -> None:
        if turned is not None:
            np.copyto(matrix, turned)
        for whole, finish, product, pairs in tiles:
            product()
            if whole is not None:
                whole.fill(0)
            for place, column in pairs:
                np.add(place, column, out=place)
            if finish is not None:
                np.copyto(*finish)

    return run


def _place_columns(g: Geometry, sizes: Ints, work: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Room for the products, and for each place in the window its part `(*sizes, channels)`; sizes begin with samples."""
    rows, each = math.prod(sizes), g.channels // g.groups
    if g.narrow:
        target = carve(work, (g.wide, g.channels, *sizes))
        return target.reshape(-1, rows).T, [np.moveaxis(t, 0, -1) for t in target]
    if g.groups == 1:  # place by place, so that what is added stands in long rows
        target = carve(work, (g.wide, *sizes, g.channels))
        return target.reshape(g.wide, rows, -1), list(target)
    target = carve(work, (g.groups, *sizes, g.wide, each))
    return target.reshape(g.groups, rows, -1), [np.moveaxis(target[..., k, :], 0, -2) for k in range(g.wide)]


def _emit_input_grad(f: Any, inputs: Any, outputs: Any, work: Any, **how: Any) -> None:
    grad, kernel = inputs
    if flipped := _correlation(grad, kernel, **how):
        emit_correlation(f, _geometry(grad, _turned(kernel), **flipped), inputs, outputs, work)
    else:
        emit_input_grad(f, _input_geometry(grad, kernel, **how), inputs, outputs, work)


def _can_input_grad(kind: Any, inputs: Any, outputs: Any, **how: Any) -> bool:
    (grad, kernel), (out,) = inputs, outputs
    if flipped := _correlation(grad, kernel, **how):
        other = _turned(kernel)
        lies_so = kernel._replace(shape=other.shape, strides=contiguous_strides(other.shape, other.dtype))
        return can_convolve(kind, _geometry(grad, other, **flipped), grad, lies_so, out)
    return can_input_grad(kind, _input_geometry(grad, kernel, **how), grad, kernel, out)


conv_input_grad = Primitive(
    "conv_input_grad",
    forward=_conv_input_grad,
    shape=_conv_input_grad_shape,
    vjp=(
        lambda gg, y, g, kernel, spatial, **how: conv(gg, kernel, **how),
        lambda gg, y, g, kernel, spatial, **how: conv_kernel_grad(gg, g, window=kernel.shape[:-2], **how),
    ),
    cut=_cut_samples,
    cost=Cost(lambda g, kernel, **_: math.prod(g.shape) * math.prod(kernel.shape[:-1])),
    bound=Bound(bind=_bind_input_grad, workspace=_input_grad_workspace),
    emit=Emit(loops=_emit_input_grad, takes_work=True, can=_can_input_grad),
)

# --- its gradient in the kernel ---------------------------------------------------------------------------------------


def _kernel_geometry(x: Any, grad: Any, window: Ints, groups: int, **how: Any) -> Geometry:
    # Each part of the sum is written once more: parts of a large kernel are made from more samples.
    kernel_size = math.prod(window) * (x.shape[-1] // groups) * grad.shape[-1]
    g = Geometry.of(
        x.shape[0], x.shape[1:-1], x.shape[-1], window, grad.shape[-1], x.dtype.itemsize,
        4 * kernel_size * x.dtype.itemsize, groups=groups, **how,
    )  # fmt: skip
    few = SMALL // max(1, g.positions * kernel_size)
    return g._replace(samples=min(g.samples, few)) if few else g


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


def _conv_kernel_grad_shape(x: Any, g: Any, window: Ints, groups: int, **_: Any) -> Spec:
    return Spec((*window, x.shape[-1] // groups, g.shape[-1]), x.dtype)


def _kernel_grad_workspace(x: Any, grad: Any, **how: Any) -> tuple[Spec, ...]:
    g = _kernel_geometry(x, grad, **how)
    shape = (g.wide, g.channels // g.groups, g.filters)
    return (*g.workspace(x.dtype), Spec(shape, x.dtype))


def _bind_kernel_grad(inputs: Any, outputs: Any, work: Any, **how: Any) -> Callable[[], None]:
    (x, grad), (out,) = inputs, outputs
    g = _kernel_geometry(x, grad, **how)
    total, part = g.matrix(out), g.matrix(work[2])
    if g.is_matrix:
        return bind_product(x.reshape(-1, g.channels).T, grad.reshape(-1, g.filters), total)
    if g.depthwise:
        return bind_depthwise_kernel_grad(g, x, grad, out, work)
    tiles: list[tuple[Any, ...]] = []
    for tile in g.tiles(len(x)):
        if tile.first:
            padded, pad = g.pad_views(x[tile.samples], work[0])
        columns, target, source = g.column_views(padded, tile.lines, work[1])
        product = bind_product(np.swapaxes(columns, -1, -2), g.rows(grad, tile), part if tiles else total)
        tiles.append((pad if tile.first else None, target, source, product))

    def run() -> None:
        for k, (pad, target, source, product) in enumerate(tiles):
            fill_padded(pad)
            np.copyto(target, source)
            product()
            if k:
                np.add(total, part, out=total)

    return run


conv_kernel_grad = Primitive(
    "conv_kernel_grad",
    forward=_conv_kernel_grad,
    shape=_conv_kernel_grad_shape,
    vjp=(
        lambda gk, y, x, g, window, **how: conv_input_grad(g, gk, spatial=x.shape[1:-1], **how),
        lambda gk, y, x, g, window, **how: conv(x, gk, **how),
    ),
    cut=lambda node, known, batch: Cut([FIRST, FIRST], [SUM]),
    cost=Cost(lambda x, grad, window, groups, **_: math.prod(grad.shape) * math.prod(window) * x.shape[-1] // groups),
    bound=Bound(bind=_bind_kernel_grad, workspace=_kernel_grad_workspace),
    emit=Emit(
        loops=lambda f, inputs, outputs, work, **how: emit_kernel_grad(
            f, _kernel_geometry(*inputs, **how), inputs, outputs, work
        ),
        takes_work=True,
        can=lambda kind, inputs, outputs, **how: can_kernel_grad(
            kind, _kernel_geometry(*inputs, **how), *inputs, *outputs
        ),
    ),
)
