"""Convolution of any rank, and its two gradients, which are convolutions again: the three are closed under vjp.

Layout: x `(batch, *spatial, channels)`, kernel `(*window, channels // groups, filters)`. `padding` is a pair (before, after)
for each spatial axis. The windows of x are copied side by side (im2col), so that the work is one matrix product.
"""

import math
from typing import Any

import numpy as np

from .._graph import Spec
from .._primitive import Primitive
from .._threads import over_tiles

Ints = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]


def output_sizes(spatial: Ints, window: Ints, strides: Ints, padding: Pairs, dilation: Ints) -> Ints:
    """Positions of the window along each spatial axis."""
    return tuple(
        (n + a + b - (d * (k - 1) + 1)) // s + 1
        for n, k, s, (a, b), d in zip(spatial, window, strides, padding, dilation)
    )


def _padded(x: np.ndarray, padding: Pairs, fill: float = 0.0) -> np.ndarray:
    if not any(a or b for a, b in padding):
        return x
    shape = (x.shape[0], *(n + a + b for n, (a, b) in zip(x.shape[1:], padding)), x.shape[-1])
    out = np.full(shape, fill, x.dtype)
    out[(slice(None), *(slice(a, a + n) for n, (a, _) in zip(x.shape[1:], padding)))] = x
    return out


def _windows(x: np.ndarray, window: Ints, strides: Ints, dilation: Ints, sizes: Ints) -> np.ndarray:
    """A view `(batch, *sizes, *window, channels)` of padded x."""
    step = x.strides
    shape = (x.shape[0], *sizes, *window, x.shape[-1])
    moves = tuple(s * t for s, t in zip(strides, step[1:-1])) + tuple(d * t for d, t in zip(dilation, step[1:-1]))
    return np.lib.stride_tricks.as_strided(x, shape, (step[0], *moves, step[-1]), writeable=False)


def _columns(x: np.ndarray, window: Ints, strides: Ints, padding: Pairs, dilation: Ints, groups: int) -> np.ndarray:
    """The windows as rows: `(groups, batch * positions, window * channels // groups)`."""
    sizes = output_sizes(x.shape[1:-1], window, strides, padding, dilation)
    x = _padded(x, padding)
    rank, channels = len(window), x.shape[-1]
    if all(k == 1 for k in window) and all(s == 1 for s in strides):
        view = x.reshape(*x.shape[:-1], *window, channels)
    else:
        view = _windows(x, window, strides, dilation, sizes)
    rows, wide = x.shape[0] * int(np.prod(sizes)), int(np.prod(window))
    if groups == 1:
        return view.reshape(1, rows, wide * channels)
    view = view.reshape(*view.shape[:-1], groups, channels // groups)
    view = np.moveaxis(view, 1 + 2 * rank, 0)
    return view.reshape(groups, rows, wide * (channels // groups))


def _kernel_matrices(kernel: np.ndarray, groups: int) -> np.ndarray:
    """The kernel as `(groups, window * channels // groups, filters // groups)`."""
    matrix = kernel.reshape(-1, groups, kernel.shape[-1] // groups)
    return np.moveaxis(matrix, 1, 0)


conv = Primitive("conv", batch="contract")


@conv.forward
def _conv(
    x: np.ndarray, kernel: np.ndarray, strides: Ints, padding: Pairs, dilation: Ints, groups: int, out: Any = None
) -> np.ndarray:
    window = kernel.shape[:-2]
    sizes = output_sizes(x.shape[1:-1], window, strides, padding, dilation)
    out = np.empty((x.shape[0], *sizes, kernel.shape[-1]), x.dtype) if out is None else out
    matrices = _kernel_matrices(kernel, groups)

    def tile(start: int, stop: int) -> None:
        columns = _columns(x[start:stop], window, strides, padding, dilation, groups)
        rows = out[start:stop].reshape(-1, kernel.shape[-1])
        if groups == 1:
            # bfloat16 products are float32
            np.matmul(columns[0], matrices[0], out=rows, casting="same_kind")
        else:
            product = np.matmul(columns, matrices)
            np.copyto(rows, np.moveaxis(product, 0, 1).reshape(rows.shape), casting="same_kind")

    over_tiles(tile, x.shape[0], _bytes_each(x, sizes, window))
    return out


def _bytes_each(x: np.ndarray, sizes: Ints, window: Ints) -> int:
    """The memory of one sample's windows, laid side by side."""
    return math.prod(sizes) * math.prod(window) * x.shape[-1] * x.dtype.itemsize


@conv.shape
def _conv_shape(x: Any, kernel: Any, strides: Ints, padding: Pairs, dilation: Ints, groups: int) -> Spec:
    sizes = output_sizes(x.shape[1:-1], kernel.shape[:-2], strides, padding, dilation)
    return Spec((x.shape[0], *sizes, kernel.shape[-1]), x.dtype)


conv.vjp(0)(lambda g, y, x, kernel, **how: conv_input_grad(g, kernel, spatial=x.shape[1:-1], **how))
conv.vjp(1)(lambda g, y, x, kernel, **how: conv_kernel_grad(x, g, window=kernel.shape[:-2], **how))

# The transpose of conv in x: also the transposed convolution.
conv_input_grad = Primitive("conv_input_grad", batch="contract")


@conv_input_grad.forward
def _conv_input_grad(
    g: np.ndarray, kernel: np.ndarray, spatial: Ints, strides: Ints, padding: Pairs, dilation: Ints, groups: int,
    out: Any = None,
) -> np.ndarray:  # fmt: skip
    window, each, filters = kernel.shape[:-2], kernel.shape[-2], kernel.shape[-1]
    sizes, channels = g.shape[1:-1], groups * each
    out = np.empty((g.shape[0], *spatial, channels), g.dtype) if out is None else out
    matrices = np.swapaxes(_kernel_matrices(kernel, groups), -1, -2)
    padded = tuple(n + a + b for n, (a, b) in zip(spatial, padding))
    inside = tuple(slice(a, a + n) for n, (a, _) in zip(spatial, padding))

    def tile(start: int, stop: int) -> None:
        rows = (stop - start) * math.prod(sizes)
        parts = np.moveaxis(g[start:stop].reshape(rows, groups, filters // groups), 1, 0)
        columns = np.matmul(parts, matrices)  # groups, rows, window * each
        if groups == 1:
            columns = columns.reshape(stop - start, *sizes, *window, channels)
        else:
            columns = np.moveaxis(columns.reshape(groups, rows, -1, each), 0, 2)
            columns = columns.reshape(stop - start, *sizes, *window, channels)
        whole = np.zeros((stop - start, *padded, channels), columns.dtype)
        for place in np.ndindex(*window):
            where = tuple(
                slice(p * d, p * d + s * (n - 1) + 1, s) for p, d, s, n in zip(place, dilation, strides, sizes)
            )
            whole[(slice(None), *where)] += columns[(slice(None),) * (1 + len(sizes)) + place]
        np.copyto(out[start:stop], whole[(slice(None), *inside)], casting="same_kind")

    each_bytes = math.prod(sizes) * math.prod(window) * channels * g.dtype.itemsize
    over_tiles(tile, g.shape[0], each_bytes)
    return out


@conv_input_grad.shape
def _conv_input_grad_shape(g: Any, kernel: Any, spatial: Ints, groups: int, **_: Any) -> Spec:
    return Spec((g.shape[0], *spatial, kernel.shape[-2] * groups), g.dtype)


conv_input_grad.vjp(0)(lambda gg, y, g, kernel, spatial, **how: conv(gg, kernel, **how))
conv_input_grad.vjp(1)(
    lambda gg, y, g, kernel, spatial, **how: conv_kernel_grad(gg, g, window=kernel.shape[:-2], **how)
)

conv_kernel_grad = Primitive("conv_kernel_grad", batch="contract")


@conv_kernel_grad.forward
def _conv_kernel_grad(
    x: np.ndarray,
    g: np.ndarray,
    window: Ints,
    strides: Ints,
    padding: Pairs,
    dilation: Ints,
    groups: int,
    out: Any = None,
) -> np.ndarray:
    filters, each = g.shape[-1], x.shape[-1] // groups

    def tile(start: int, stop: int) -> np.ndarray:
        columns = _columns(x[start:stop], window, strides, padding, dilation, groups)
        parts = np.moveaxis(g[start:stop].reshape(-1, groups, filters // groups), 1, 0)
        return np.matmul(np.swapaxes(columns, -1, -2), parts)  # groups, window * each, filters // groups

    first, *others = over_tiles(tile, x.shape[0], _bytes_each(x, g.shape[1:-1], window))
    for product in others:
        first += product
    return np.moveaxis(first, 0, 1).reshape(*window, each, filters).astype(x.dtype, copy=False)


@conv_kernel_grad.shape
def _conv_kernel_grad_shape(x: Any, g: Any, window: Ints, groups: int, **_: Any) -> Spec:
    return Spec((*window, x.shape[-1] // groups, g.shape[-1]), x.dtype)


conv_kernel_grad.vjp(0)(lambda gk, y, x, g, window, **how: conv_input_grad(g, gk, spatial=x.shape[1:-1], **how))
conv_kernel_grad.vjp(1)(lambda gk, y, x, g, window, **how: conv(x, gk, **how))
