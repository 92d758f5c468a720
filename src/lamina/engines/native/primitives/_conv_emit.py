"""Convolution and its two gradients in machine code: windows are copied side by side and multiplied by BLAS, or, where that is
faster, read where they lie (`_conv_direct`)."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ._conv_direct import emit_direct, emit_direct_kernel_grad, is_direct, is_direct_kernel_grad
from ._conv_phases import emit_phases, has_phases
from ._depthwise_emit import can_emit, emit_depthwise, emit_depthwise_input_grad, emit_depthwise_kernel_grad
from ._parts import carve, fill, matrix, turned
from ._windows import Geometry
from ._windows_emit import as_columns, columns, padded, windows, with_borders, without_borders


def can_convolve(kind: Any, g: Geometry, x: Any, kernel: Any, out: Any) -> bool:
    """Whether `out` can be computed so from samples and a kernel."""
    return can_emit(g, out.dtype) or _can(
        kind, g, x, kernel, out, lambda found, result: (found, matrix(kernel), result)
    )


def can_kernel_grad(kind: Any, g: Geometry, x: Any, grad: Any, out: Any) -> bool:
    return can_emit(g, out.dtype) or _can(
        kind, g, x, out, grad, lambda found, result: (turned(found), result, matrix(out))
    )


def can_input_grad(kind: Any, g: Geometry, grad: Any, kernel: Any, out: Any) -> bool:
    return can_emit(g, out.dtype) or _can(
        kind, g, out, kernel, grad, lambda found, result: (result, turned(matrix(kernel)), found)
    )


def _can(
    kind: Any, g: Geometry, x: Any, kernel: Any, y: Any, product: Callable[[Any, Any], tuple[Any, Any, Any]]
) -> bool:
    """Whether the product can be written of the windows of some samples of `x` and their rows of `y`."""
    if g.groups > 1 or 0 in g.sizes or matrix(kernel) is None:
        return False
    found, result = matrix(x), matrix(y)
    if not g.is_matrix:
        samples, lines = min(g.samples, x.shape[0]), min(g.lines, g.sizes[0])
        found = as_columns(g, (samples, lines, *g.sizes[1:], *g.window, g.channels), x)
        result = matrix(y._replace(shape=(samples, lines, *y.shape[2:])))
    if found is None or result is None or kind.is_shared_out(found.shape[0], found.shape[1], g.filters):
        return False
    return kind.can_multiply(*product(found, result))


def emit_conv(f: Any, g: Geometry, inputs: Sequence[Any], outputs: Sequence[Any], work: Sequence[Any]) -> None:
    """out = the convolution of x."""
    if g.depthwise:
        emit_depthwise(f, g, inputs, outputs, work)
        return
    (x, kernel), (out,) = inputs, outputs
    if g.is_matrix:
        f.product(matrix(x), matrix(kernel), matrix(out))
        return
    if is_direct(f, g, kernel, out):
        for whole, result in _samples(f, g, x, out, work[0]):
            emit_direct(f, g, whole, kernel, result)
        return
    for found, result in _tiles(f, g, x, out, work):
        f.product(found, matrix(kernel), result)


def emit_kernel_grad(f: Any, g: Geometry, inputs: Sequence[Any], outputs: Sequence[Any], work: Sequence[Any]) -> None:
    """out = the gradient of the kernel, from the samples and the gradient of the results."""
    if g.depthwise:
        emit_depthwise_kernel_grad(f, g, inputs, outputs, work)
        return
    (x, grad), (out,) = inputs, outputs
    if g.is_matrix:
        f.product(turned(matrix(x)), matrix(grad), matrix(out))
        return
    fill(f, out, 0)
    if is_direct_kernel_grad(f, g, out, grad):
        for whole, result in _samples(f, g, x, grad, work[0]):
            emit_direct_kernel_grad(f, g, whole, result, out)
        return
    for found, result in _tiles(f, g, x, grad, work):
        f.product(turned(found), result, matrix(out), adds=True)


def emit_input_grad(f: Any, g: Geometry, inputs: Sequence[Any], outputs: Sequence[Any], work: Sequence[Any]) -> None:
    """out = the gradient of the samples: the gradient of each window, added where the window was."""
    if g.depthwise:
        emit_depthwise_input_grad(f, g, inputs, outputs, work)
        return
    (grad, kernel), (out,) = inputs, outputs
    if g.is_matrix:
        f.product(matrix(grad), turned(matrix(kernel)), matrix(out))
        return
    if has_phases(f, g, kernel, out):
        emit_phases(f, g, grad, turned_around(f, kernel, work[2]), out, work[0])
        return
    each = kernel._replace(shape=(g.wide, *kernel.shape[-2:]), strides=(_step(g, kernel), *kernel.strides[-2:]))
    taps = each._replace(shape=each.shape[:1] + each.shape[:0:-1], strides=each.strides[:1] + each.strides[:0:-1])
    for start, n in f.spans(grad.shape[0], g.samples):
        target = f.part(out, 0, start, n)
        whole = with_borders(target, g.padding, work[0])
        fill(f, whole, 0)
        for line, lines in f.spans(g.sizes[0], g.lines):
            result = f.part(f.part(grad, 0, start, n), 1, line, lines)
            sizes = (n, lines, *g.sizes[1:])
            products = carve(work[1], (g.wide, math.prod(sizes), g.channels))
            f.product(matrix(result), taps, products)
            place = f.part(windows(whole, g.window, g.strides, g.dilation, g.sizes), 1, line, lines)
            _add_windows(f, carve(work[1], (*g.window, *sizes, g.channels)), place)
        without_borders(f, whole, target, g.padding)


def _step(g: Geometry, kernel: Any) -> int:
    """Bytes from one place of the window to the next."""
    return matrix(kernel).strides[0] * g.channels


def _add_windows(f: Any, products: Any, place: Any) -> None:
    """Adds `(*window, samples, *sizes, channels)` to windows `(samples, *sizes, *window, channels)`, place by place."""
    rank = (len(products.shape) - 2) // 2
    order = (*range(1 + rank, 1 + 2 * rank), *range(1 + rank), 1 + 2 * rank)
    target = place._replace(shape=products.shape, strides=tuple(place.strides[k] for k in order))
    with f.loops(products.shape) as i:
        f.store(f.add(f.load(target, i), f.load(products, i)), target, i)


def emit_correlation(
    f: Any, flipped: Geometry, inputs: Sequence[Any], outputs: Sequence[Any], work: Sequence[Any]
) -> None:
    """The same gradient as a convolution with the kernel turned around (see `_conv._correlation`)."""
    grad, kernel = inputs
    emit_conv(f, flipped, (grad, turned_around(f, kernel, work[2])), outputs, work[:2])


def turned_around(f: Any, kernel: Any, work: Any) -> Any:
    """The kernel with every axis of its window from the end on, channels and filters changed for one another, in `work`."""
    rank = len(kernel.shape) - 2
    last = tuple(f.index(n - 1) for n in kernel.shape[:rank])
    shape = (*kernel.shape[:rank], *kernel.shape[: rank - 1 : -1])
    strides = (*(-s for s in kernel.strides[:rank]), *kernel.strides[: rank - 1 : -1])
    source = kernel._replace(pointer=f.address(kernel, last), shape=shape, strides=strides)
    other = carve(work, shape)
    f.copy(source, other)
    return other


def _samples(f: Any, g: Geometry, x: Any, y: Any, work: Any) -> Iterator[tuple[Any, Any]]:
    """Some samples at a time, padded, and theirs of `y`; as many each time, so that what is made of them is written once."""
    size = next(n for n in range(min(g.samples, x.shape[0]), 0, -1) if x.shape[0] % n == 0)
    for start, n in f.spans(x.shape[0], size):
        yield padded(f, f.part(x, 0, start, n), g.padding, work, 0), f.part(y, 0, start, n)


def _tiles(f: Any, g: Geometry, x: Any, y: Any, work: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """For some samples, or some lines of one, at a time: the matrix of their windows, and their rows of `y`."""
    for start, n in f.spans(x.shape[0], g.samples):
        whole = padded(f, f.part(x, 0, start, n), g.padding, work[0], 0)
        for line, lines in f.spans(g.sizes[0], g.lines):
            found = columns(f, g, whole, line, lines, work[1])
            yield found, matrix(f.part(f.part(y, 0, start, n), 1, line, lines))
