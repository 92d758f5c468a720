"""Pooling of any rank over `(batch, *spatial, channels)`: one pass for each place in the window, no copies of windows."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from .._graph import Spec
from .._primitive import Primitive
from .._threads import over_tiles
from ._conv import Ints, Pairs, _padded, output_sizes


def _places(window: Ints, strides: Ints, sizes: Ints) -> Iterator[tuple]:
    """For each place in the window, the index of what stands there in all windows of a padded array."""
    for place in np.ndindex(*window):
        yield (slice(None), *(slice(p, p + s * (n - 1) + 1, s) for p, s, n in zip(place, strides, sizes)))


def _sizes(x: Any, window: Ints, strides: Ints, padding: Pairs) -> Ints:
    return output_sizes(x.shape[1:-1], window, strides, padding, (1,) * len(window))


def _pool_shape(x: Any, window: Ints, strides: Ints, padding: Pairs) -> Spec:
    return Spec((x.shape[0], *_sizes(x, window, strides, padding), x.shape[-1]), x.dtype)


def _inside(whole: np.ndarray, spatial: Ints, padding: Pairs) -> np.ndarray:
    return whole[(slice(None), *(slice(a, a + n) for n, (a, _) in zip(spatial, padding)))]


def _empty_padded(shape: Ints, padding: Pairs, dtype: np.dtype) -> np.ndarray:
    return np.zeros((shape[0], *(n + a + b for n, (a, b) in zip(shape[1:], padding)), shape[-1]), dtype)


# --- sums over windows, and their transpose ---------------------------------------------------------------------------

window_sum = Primitive("window_sum", batch="reduce")


@window_sum.forward
def _window_sum(x: np.ndarray, window: Ints, strides: Ints, padding: Pairs, out: Any = None) -> np.ndarray:
    sizes = _sizes(x, window, strides, padding)
    x = _padded(x, padding)
    out = np.empty((x.shape[0], *sizes, x.shape[-1]), x.dtype) if out is None else out
    out[...] = 0
    for place in _places(window, strides, sizes):
        out += x[place]
    return out


window_sum.shape(_pool_shape)
window_sum.vjp(0)(
    lambda g, y, x, window, strides, padding: window_spread(
        g, spatial=x.shape[1:-1], window=window, strides=strides, padding=padding
    )
)

window_spread = Primitive("window_spread")


@window_spread.forward
def _window_spread(
    g: np.ndarray, spatial: Ints, window: Ints, strides: Ints, padding: Pairs, out: Any = None
) -> np.ndarray:
    whole = _empty_padded((g.shape[0], *spatial, g.shape[-1]), padding, g.dtype)
    for place in _places(window, strides, g.shape[1:-1]):
        whole[place] += g
    return _inside(whole, spatial, padding)


window_spread.shape(lambda g, spatial, window, strides, padding: Spec((g.shape[0], *spatial, g.shape[-1]), g.dtype))
window_spread.vjp(0)(
    lambda gg, y, g, spatial, window, strides, padding: window_sum(gg, window=window, strides=strides, padding=padding)
)

# --- the largest of each window ---------------------------------------------------------------------------------------

max_pool = Primitive("max_pool", batch="reduce")


@max_pool.forward
def _max_pool(x: np.ndarray, window: Ints, strides: Ints, padding: Pairs, out: Any = None) -> np.ndarray:
    sizes = _sizes(x, window, strides, padding)
    out = np.empty((x.shape[0], *sizes, x.shape[-1]), x.dtype) if out is None else out

    def tile(start: int, stop: int) -> None:
        part, largest = _padded(x[start:stop], padding, _lowest(x.dtype)), out[start:stop]
        places = _places(window, strides, sizes)
        np.copyto(largest, part[next(places)])
        for place in places:
            np.maximum(largest, part[place], out=largest)

    over_tiles(tile, x.shape[0], x[:1].nbytes)
    return out


def _lowest(dtype: np.dtype) -> Any:
    return -np.inf if dtype.kind == "f" or dtype.name == "bfloat16" else np.iinfo(dtype).min


max_pool.shape(_pool_shape)
max_pool.vjp(0)(lambda g, y, x, **how: max_pool_grad(g, x, y, **how))

# Sends g to the place of each window's largest entry; of equals, the first gets it.
max_pool_grad = Primitive("max_pool_grad")


@max_pool_grad.forward
def _max_pool_grad(
    g: np.ndarray, x: np.ndarray, y: np.ndarray, window: Ints, strides: Ints, padding: Pairs, out: Any = None
) -> np.ndarray:
    out = np.empty(x.shape, g.dtype) if out is None else out

    def tile(start: int, stop: int) -> None:
        whole = _empty_padded((stop - start, *x.shape[1:]), padding, g.dtype)
        for place, chosen in _chosen(x[start:stop], y[start:stop], window, strides, padding):
            whole[place] += g[start:stop] * chosen
        np.copyto(out[start:stop], _inside(whole, x.shape[1:-1], padding))

    over_tiles(tile, x.shape[0], 2 * x[:1].nbytes)
    return out


def _chosen(x: np.ndarray, y: np.ndarray, window: Ints, strides: Ints, padding: Pairs) -> Iterator[tuple]:
    x = _padded(x, padding, _lowest(x.dtype))
    free = np.ones(y.shape, bool)
    for place in _places(window, strides, y.shape[1:-1]):
        chosen = (x[place] == y) & free
        free &= ~chosen
        yield place, chosen


max_pool_grad.shape(lambda g, x, y, **_: Spec(x.shape, g.dtype))
max_pool_grad.vjp(0)(lambda gg, t, g, x, y, **how: max_pool_pick(gg, x, y, **how))
max_pool_grad.vjp(1)(lambda gg, t, g, x, y, **how: None)
max_pool_grad.vjp(2)(lambda gg, t, g, x, y, **how: None)

max_pool_pick = Primitive("max_pool_pick")  # the entries of `values` where each window of x is largest


@max_pool_pick.forward
def _max_pool_pick(
    values: np.ndarray, x: np.ndarray, y: np.ndarray, window: Ints, strides: Ints, padding: Pairs, out: Any = None
) -> np.ndarray:
    values = _padded(values, padding)
    total = np.zeros(y.shape, values.dtype)
    for place, chosen in _chosen(x, y, window, strides, padding):
        total += values[place] * chosen
    return total


max_pool_pick.shape(lambda values, x, y, **_: Spec(y.shape, values.dtype))
max_pool_pick.vjp(0)(lambda g, t, values, x, y, **how: max_pool_grad(g, x, y, **how))
max_pool_pick.vjp(1)(lambda g, t, values, x, y, **how: None)
max_pool_pick.vjp(2)(lambda g, t, values, x, y, **how: None)
