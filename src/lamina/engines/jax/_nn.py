"""Kernels beyond `jax.numpy`."""

import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ._rnn import gru as gru
from ._rnn import lstm as lstm
from ._rnn import simple_rnn as simple_rnn


def _float(x: Any) -> Any:
    x = jnp.asarray(x)
    return x if jnp.issubdtype(x.dtype, jnp.inexact) else x.astype(np.float32)


def made_by(name: str, y: Any, **params: Any) -> None:
    """None: a tensor here does not tell how it was made."""


def relu(x: Any) -> Any:
    """max(x, 0), with gradient 0 at 0."""
    return jax.nn.relu(x)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)), without overflow."""
    return jax.nn.sigmoid(_float(x))


def softplus(x: Any) -> Any:
    """log(1 + exp(x)), without overflow."""
    return jax.nn.softplus(_float(x))


def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x) over its sum along an axis, without overflow."""
    return jax.nn.softmax(_float(x), axis)


def log_softmax(x: Any, axis: int = -1) -> Any:
    """The logarithm of softmax, without overflow."""
    return jax.nn.log_softmax(_float(x), axis)


def erf(x: Any) -> Any:
    """The error function."""
    return lax.erf(_float(x))


def erfinv(x: Any) -> Any:
    """Its inverse."""
    return lax.erf_inv(_float(x))


def lgamma(x: Any) -> Any:
    """The logarithm of the absolute value of the gamma function."""
    return lax.lgamma(_float(x))


def digamma(x: Any) -> Any:
    """The derivative of lgamma."""
    return lax.digamma(_float(x))


def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Any, Any]:
    """The k largest entries of the last axis and their positions (int32)."""
    if not 0 <= k <= x.shape[-1]:
        raise ValueError(f"top_k: k must be between 0 and {x.shape[-1]}, the size of the last axis; got {k}.")
    values, places = lax.top_k(x, k)
    return values, places.astype(np.int32)


def bitcast(x: Any, dtype: Any) -> Any:
    """The bytes of `x` read as another dtype; the last axis shrinks or grows with its size."""
    return x.view(dtype)


def take_rows(x: Any, places: Any) -> Any:
    """`x[places]` for places known to lie within the first axis."""
    return jnp.asarray(x).at[jnp.asarray(places)].get(mode="promise_in_bounds")


def scatter(x: Any, indices: Any, updates: Any, mode: str = "set") -> Any:
    """`x` with updates at `indices` `(..., k)` on the first k axes; mode set, add, multiply, max or min."""
    x, indices = jnp.asarray(x), jnp.asarray(indices)
    places = tuple(indices[..., i] for i in range(indices.shape[-1]))
    updates = jnp.broadcast_to(
        jnp.asarray(updates).astype(x.dtype), (*indices.shape[:-1], *x.shape[indices.shape[-1] :])
    )
    if mode == "multiply":
        return _multiplied(x, updates, places)
    return getattr(x.at[places], mode)(updates)


@jax.custom_vjp
def _multiplied(x: Any, updates: Any, places: Any) -> Any:
    """`x` with its entries at `places` times the updates. JAX has no gradient for places that occur twice."""
    return x.at[places].multiply(updates)


def _multiplied_forward(x: Any, updates: Any, places: Any) -> Any:
    return _multiplied(x, updates, places), (x, updates, places)


def _multiplied_backward(kept: Any, g: Any) -> Any:
    x, updates, places = kept
    is_zero = updates == 0
    factors = jnp.ones_like(x).at[places].multiply(jnp.where(is_zero, 1, updates))
    zeros = jnp.zeros(x.shape, np.int32).at[places].add(is_zero.astype(np.int32))
    # The product without one factor: a quotient, unless that factor is zero.
    others = jnp.where(is_zero, factors[places], factors[places] / jnp.where(is_zero, 1, updates))
    alone = zeros[places] == is_zero
    return g * jnp.where(zeros == 0, factors, 0), jnp.where(alone, (g * x)[places] * others, 0), None


_multiplied.defvjp(_multiplied_forward, _multiplied_backward)


def segment_sum(data: Any, segment_ids: Any, num_segments: int) -> Any:
    """Sums of rows with equal ids; ids out of range are dropped."""
    ids = jnp.asarray(segment_ids)
    ids = jnp.where(ids < 0, num_segments, ids)
    return jax.ops.segment_sum(jnp.asarray(data), ids, num_segments)


def _starts(starts: Any, rank: int) -> list[Any]:
    return [starts[i] for i in range(rank)]


def dynamic_slice(x: Any, starts: Any, sizes: Sequence[int]) -> Any:
    """The window of `sizes` at `starts` (which may be traced), moved inside if it sticks out."""
    return lax.dynamic_slice(x, _starts(starts, x.ndim), tuple(int(n) for n in sizes), allow_negative_indices=False)


def dynamic_update_slice(x: Any, update: Any, starts: Any) -> Any:
    """`x` with `update` written at `starts`."""
    x = jnp.asarray(x)
    update = jnp.asarray(update).astype(x.dtype)
    return lax.dynamic_update_slice(x, update, _starts(starts, x.ndim), allow_negative_indices=False)


def _sizes(value: Any, rank: int) -> tuple[int, ...]:
    return (int(value),) * rank if isinstance(value, (int, np.integer)) else tuple(int(v) for v in value)


def conv(x: Any, kernel: Any, strides: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """Convolution of any rank: x `(batch, *spatial, channels)`, kernel `(*window, channels // groups, filters)`."""
    rank = x.ndim - 2
    last, window = tuple(range(1, rank + 1)), tuple(range(rank))
    numbers = lax.ConvDimensionNumbers((0, rank + 1, *last), (rank + 1, rank, *window), (0, rank + 1, *last))
    return lax.conv_general_dilated(
        x, kernel, _sizes(strides, rank), padding, rhs_dilation=_sizes(dilation, rank), dimension_numbers=numbers,
        feature_group_count=groups,
    )  # fmt: skip


def conv_transpose(x: Any, kernel: Any, spatial: Any, strides: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """The transpose of `conv` in its input, which has the sizes `spatial`."""
    given = jax.ShapeDtypeStruct((x.shape[0], *spatial, kernel.shape[-2] * groups), x.dtype)
    forward = functools.partial(conv, kernel=kernel, strides=strides, padding=padding, dilation=dilation, groups=groups)
    return jax.linear_transpose(forward, given)(x)[0]


def _window(x: Any, window: Any, strides: Any, padding: Any) -> tuple[Any, Any, Any]:
    rank = x.ndim - 2
    return (1, *_sizes(window, rank), 1), (1, *_sizes(strides, rank), 1), ((0, 0), *padding, (0, 0))


def max_pool(x: Any, window: Any, strides: Any, padding: Any) -> Any:
    """The largest entry of each window; padding counts as lowest. The gradient goes to the first of the largest."""
    x, rank = jnp.asarray(x), x.ndim - 2
    window, strides = _sizes(window, rank), _sizes(strides, rank)
    pairs = tuple((int(a), int(b)) for a, b in padding)
    return (_max_pool if math.prod(window) <= _MOST_UNROLLED else _max_pool_plain)(x, window, strides, pairs)


_MOST_UNROLLED = 25  # entries of a window up to which the gradient is written out entry by entry


def _lowest(dtype: Any) -> np.ndarray:
    lowest: Any = -np.inf if jnp.issubdtype(dtype, jnp.floating) else jnp.iinfo(dtype).min
    return np.asarray(lowest, dtype)


def _max_pool_plain(x: Any, window: Any, strides: Any, pairs: Any) -> Any:
    return lax.reduce_window(x, _lowest(x.dtype), lax.max, *_window(x, window, strides, pairs))


@functools.partial(jax.custom_vjp, nondiff_argnums=(1, 2, 3))
def _max_pool(x: Any, window: Any, strides: Any, pairs: Any) -> Any:
    return _max_pool_plain(x, window, strides, pairs)


def _max_pool_forward(x: Any, window: Any, strides: Any, pairs: Any) -> Any:
    y = _max_pool_plain(x, window, strides, pairs)
    return y, (x, y)


def _max_pool_backward(window: Any, strides: Any, pairs: Any, kept: Any, g: Any) -> Any:
    """Slices and comparisons: many times faster than XLA's own gradient of a pooling, which scatters."""
    x, y = kept
    x = lax.pad(x, _lowest(x.dtype), ((0, 0, 0), *((a, b, 0) for a, b in pairs), (0, 0, 0)))
    reach = [(n - 1) * s + 1 for n, s in zip(y.shape[1:-1], strides)]
    taken: Any = False
    parts = []
    for place in itertools.product(*map(range, window)):
        stops = (x.shape[0], *(p + r for p, r in zip(place, reach)), x.shape[-1])
        won = (lax.slice(x, (0, *place, 0), stops, (1, *strides, 1)) == y) & ~jnp.asarray(taken)
        taken = won | taken
        parts.append((place, jnp.where(won, g, 0)))
    if window == strides:
        total = _tiled([part for _, part in parts], window, x.shape)
    else:
        total = 0
        for place, part in parts:
            around = [(p, n - p - r, s - 1) for p, n, r, s in zip(place, x.shape[1:-1], reach, strides)]
            total = total + lax.pad(part, np.zeros((), g.dtype), ((0, 0, 0), *around, (0, 0, 0)))
    inside = (slice(None), *(slice(a, n - b) for (a, b), n in zip(pairs, x.shape[1:-1])), slice(None))
    return (total[inside],)


def _tiled(parts: list[Any], window: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    """The entries of windows that lie side by side, put together; zeros where no window reaches."""
    rank, (batch, *sizes, channels) = len(window), parts[0].shape
    stacked = jnp.reshape(jnp.stack(parts), (*window, batch, *sizes, channels))
    order = [rank, *(axis for i in range(rank) for axis in (rank + 1 + i, i)), 2 * rank + 1]
    whole = jnp.reshape(jnp.transpose(stacked, order), (batch, *(n * k for n, k in zip(sizes, window)), channels))
    rest = [(0, n - m, 0) for n, m in zip(shape, whole.shape)]
    return lax.pad(whole, np.zeros((), whole.dtype), rest)


_max_pool.defvjp(_max_pool_forward, _max_pool_backward)


def window_sum(x: Any, window: Any, strides: Any, padding: Any) -> Any:
    """The sum of each window; padding counts as zero."""
    return lax.reduce_window(x, np.zeros((), x.dtype), lax.add, *_window(x, window, strides, padding))
