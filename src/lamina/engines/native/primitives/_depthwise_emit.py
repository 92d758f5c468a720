"""Convolutions with one channel a group in machine code: at each position all places of the window, channel by channel."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ._parts import fill
from ._windows import Geometry
from ._windows_emit import padded, windows, with_borders, without_borders

MOST = 128  # products written one after the other


def can_emit(g: Geometry, dtype: np.dtype) -> bool:
    """Whether there is such a form: windows must not be too large, and sums not be kept in 16 bits."""
    return dtype.name in ("float32", "float64") and g.depthwise and 0 not in g.sizes and g.wide * _many(g) <= MOST


def _many(g: Geometry) -> int:
    """Filters of each channel."""
    return g.filters // g.channels


def _taps(g: Geometry, kernel: Any) -> Any:
    """The kernel as `(*window, channels, filters of each)`."""
    *lead, last = kernel.strides[:-2] + kernel.strides[-1:]
    return kernel._replace(shape=(*g.window, g.channels, _many(g)), strides=(*lead, last * _many(g), last))


def _by_channel(g: Geometry, y: Any) -> Any:
    """Results as `(samples, *sizes, channels, filters of each)`."""
    *lead, last = y.strides
    return y._replace(shape=(*y.shape[:-1], g.channels, _many(g)), strides=(*lead, last * _many(g), last))


def _places(f: Any, g: Geometry) -> list[tuple[Any, ...]]:
    return [tuple(f.index(k) for k in place) for place in np.ndindex(*g.window)]


def _tiles(f: Any, g: Geometry, x: Any, y: Any) -> Iterator[tuple[Any, Any]]:
    for start, n in f.spans(x.shape[0], g.samples):
        yield f.part(x, 0, start, n), _by_channel(g, f.part(y, 0, start, n))


def _windows(g: Geometry, whole: Any) -> Any:
    return windows(whole, g.window, g.strides, g.dilation, g.sizes)


def emit_depthwise(f: Any, g: Geometry, inputs: Sequence[Any], outputs: Sequence[Any], work: Sequence[Any]) -> None:
    """out = the convolution of x."""
    (x, kernel), (out,) = inputs, outputs
    taps, places = _taps(g, kernel), _places(f, g)
    for samples, result in _tiles(f, g, x, out):
        view = _windows(g, padded(f, samples, g.padding, work[0], 0))
        with f.loops(result.shape[:-2], independent=False) as i, f.loops(result.shape[-2:]) as (c, k):
            total = f.number(0, out.dtype)
            for place in places:
                total = f.multiply_add(f.load(view, (*i, *place, c)), f.load(taps, (*place, c, k)), total)
            f.store(total, result, (*i, c, k))


def emit_depthwise_input_grad(
    f: Any, g: Geometry, inputs: Sequence[Any], outputs: Sequence[Any], work: Sequence[Any]
) -> None:
    """out = the gradient of the samples, added place by place."""
    (grad, kernel), (out,) = inputs, outputs
    taps, places = _taps(g, kernel), _places(f, g)
    for samples, result in _tiles(f, g, out, grad):
        whole = with_borders(samples, g.padding, work[0])
        fill(f, whole, 0)
        view = _windows(g, whole)
        with f.loops(result.shape[:-2], independent=False) as i, f.loops(result.shape[-2:-1]) as (c,):
            numbers = [(f.index(k), f.load(result, (*i, c, f.index(k)))) for k in range(_many(g))]
            for place in places:
                total = f.load(view, (*i, *place, c))
                for k, number in numbers:
                    total = f.multiply_add(number, f.load(taps, (*place, c, k)), total)
                f.store(total, view, (*i, *place, c))
        without_borders(f, whole, samples, g.padding)


def emit_depthwise_kernel_grad(
    f: Any, g: Geometry, inputs: Sequence[Any], outputs: Sequence[Any], work: Sequence[Any]
) -> None:
    """out = the gradient of the kernel, from the samples and the gradient of the results."""
    (x, grad), (out,) = inputs, outputs
    taps, places = _taps(g, out), _places(f, g)
    fill(f, taps, 0)
    for samples, result in _tiles(f, g, x, grad):
        view = _windows(g, padded(f, samples, g.padding, work[0], 0))
        with f.loops(result.shape[:-2], independent=False) as i, f.loops(result.shape[-2:]) as (c, k):
            number = f.load(result, (*i, c, k))
            for place in places:
                total = f.multiply_add(f.load(view, (*i, *place, c)), number, f.load(taps, (*place, c, k)))
                f.store(total, taps, (*place, c, k))
