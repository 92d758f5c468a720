"""Functions that stand in the written file: NumPy alone, each known only by what is said in it.

A file takes over the source of those that its model needs, without the annotations.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from lamina.engines.native.primitives._special import rational_erf

Array = np.ndarray


def as_input(x: Any, name: str, shape: tuple[int | None, ...], dtype: str) -> Array:
    """`x` as the model takes it; None in `shape` stands for any size."""
    x = np.asarray(x, dtype)
    if x.ndim == len(shape) - 1 and shape[-1] == 1:
        x = x[..., np.newaxis]
    if x.ndim != len(shape) or any(n not in (None, m) for n, m in zip(shape, x.shape)):
        raise ValueError(f"{name}: expected an array of shape {shape}, None for any size; got {x.shape}.")
    return x


# --- windows over (batch, *spatial, channels) -------------------------------------------------------------------------


def places(x: Array, window: tuple, strides: tuple, dilation: tuple) -> list[Array]:
    """For each place in the window, what stands there in all windows."""
    sizes = [(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(x.shape[1:], window, strides, dilation)]
    return [
        x[
            (
                slice(None),
                *(slice(p * d, p * d + s * (n - 1) + 1, s) for p, n, s, d in zip(at, sizes, strides, dilation)),
            )
        ]
        for at in np.ndindex(*window)
    ]


def around(x: Array, padding: tuple, value: float) -> Array:
    """`x` with room around its spatial axes."""
    if not any(a or b for a, b in padding):
        return x
    return np.pad(x, ((0, 0), *padding, (0, 0)), constant_values=value)


def conv(x: Array, kernel: Array, strides: tuple, padding: tuple, dilation: tuple, groups: int) -> Array:
    """A convolution of any rank; the kernel is (*window, channels // groups, filters)."""
    window, filters = kernel.shape[:-2], kernel.shape[-1]
    found = places(around(x, padding, 0), window, strides, dilation)
    if groups == 1:
        columns = found[0] if len(found) == 1 else np.concatenate(found, axis=-1)
        product = np.matmul(columns.reshape(-1, columns.shape[-1]), kernel.reshape(-1, filters))
        return product.reshape(*columns.shape[:-1], filters)
    taps = kernel.reshape(-1, kernel.shape[-2], groups, filters // groups)
    total = 0
    for part, tap in zip(found, taps):
        if len(tap) == 1:  # one channel a group: nothing to multiply as matrices
            total = total + part[..., np.newaxis] * tap[0]
        else:
            rows = part.reshape(*part.shape[:-1], groups, 1, -1)
            total = total + np.matmul(rows, np.swapaxes(tap, 0, 1))[..., 0, :]
    return total.reshape(*total.shape[:-2], filters)


def conv_transpose(
    g: Array, kernel: Array, spatial: tuple, strides: tuple, padding: tuple, dilation: tuple, groups: int
) -> Array:
    """The transpose of `conv` in its input: each entry of `g` is spread over its window."""
    window, channels, filters = kernel.shape[:-2], kernel.shape[-2], kernel.shape[-1]
    whole = np.zeros((len(g), *(n + a + b for n, (a, b) in zip(spatial, padding)), channels * groups), g.dtype)
    taps = kernel.reshape(-1, channels, groups, filters // groups)
    parts = g.reshape(*g.shape[:-1], groups, 1, filters // groups)
    for place, tap in zip(places(whole, window, strides, dilation), taps):
        place += np.matmul(parts, np.moveaxis(tap, 0, -1)).reshape(place.shape)
    return whole[(slice(None), *(slice(a, a + n) for n, (a, _) in zip(spatial, padding)))]


def max_pool(x: Array, window: tuple, strides: tuple, padding: tuple) -> Array:
    """The largest entry of each window."""
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    first, *others = places(around(x, padding, lowest), window, strides, (1,) * len(window))
    for place in others:
        first = np.maximum(first, place)
    return first


def window_sum(x: Array, window: tuple, strides: tuple, padding: tuple) -> Array:
    """The sum of each window."""
    first, *others = places(around(x, padding, 0), window, strides, (1,) * len(window))
    for place in others:
        first = first + place
    return first


# --- sequences (batch, steps, features) -------------------------------------------------------------------------------


def in_order(x: Array, mask: Array | None, reverse: bool) -> Iterator[tuple[Array, Any]]:
    """Step by step what the layer reads, and where it counts: a column of booleans, or None."""
    for t in range(x.shape[1])[:: -1 if reverse else 1]:
        yield x[:, t], None if mask is None else mask[:, t, np.newaxis]


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), without overflow."""
    half = x.dtype.type(0.5)
    return np.tanh(x * half) * half + half


def simple_rnn(
    x: Array, h: Array, kernel: Array, recurrent: Array, bias: Array, mask: Array | None = None,
    reverse: bool = False, sequences: bool = True,
) -> Array:  # fmt: skip
    """A simple recurrent layer: all states, or the last one."""
    states = []
    for row, counts in in_order(np.matmul(x, kernel) + bias, mask, reverse):
        new = np.tanh(row + np.matmul(h, recurrent))
        h = new if counts is None else np.where(counts, new, h)
        states.append(h)
    return np.stack(states, axis=1) if sequences else h


def lstm(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array, mask: Array | None = None,
    reverse: bool = False, sequences: bool = True,
) -> tuple[Array, Array]:  # fmt: skip
    """Long short-term memory: all states, or the last one; and the last cell. Gates: input, forget, cell, output."""
    states = []
    for row, counts in in_order(np.matmul(x, kernel) + bias, mask, reverse):
        i, f, g, o = np.split(row + np.matmul(h, recurrent), 4, axis=-1)
        cell = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        new = sigmoid(o) * np.tanh(cell)
        c = cell if counts is None else np.where(counts, cell, c)
        h = new if counts is None else np.where(counts, new, h)
        states.append(h)
    return (np.stack(states, axis=1) if sequences else h), c


def gru(
    x: Array, h: Array, kernel: Array, recurrent: Array, bias: Array, mask: Array | None = None,
    reverse: bool = False, sequences: bool = True,
) -> Array:  # fmt: skip
    """Gated recurrent units, the reset gate after the product: all states, or the last one. Gates: update, reset, candidate."""
    states = []
    for row, counts in in_order(np.matmul(x, kernel) + bias[0], mask, reverse):
        update, reset, candidate = np.split(row, 3, axis=-1)
        of_update, of_reset, of_candidate = np.split(np.matmul(h, recurrent) + bias[1], 3, axis=-1)
        z = sigmoid(update + of_update)
        candidate = np.tanh(candidate + sigmoid(reset + of_reset) * of_candidate)
        new = z * h + (1 - z) * candidate
        h = new if counts is None else np.where(counts, new, h)
        states.append(h)
    return np.stack(states, axis=1) if sequences else h


def scan(
    body: Callable[..., Sequence[Any]], carry: Sequence[Any], sequences: Sequence[Any], fixed: Sequence[Any],
    length: int, reverse: bool,
) -> list[Any]:  # fmt: skip
    """`carry, row = body(carry, rows, fixed)` over the first axis of the sequences: the last carry, and the rows stacked."""
    carry, rows = list(carry), []
    for i in range(length)[:: -1 if reverse else 1]:
        results = body(*carry, *(s[i] for s in sequences), *fixed)
        carry, row = list(results[: len(carry)]), results[len(carry) :]
        rows.append(row)
    rows = rows[:: -1 if reverse else 1]
    return [*carry, *(np.stack(column) for column in zip(*rows))]


def branch(
    predicate: Any, yes: Callable[..., list[Any]], no: Callable[..., list[Any]], of_yes: list[Any], of_no: list[Any]
) -> list[Any]:
    """What one of two functions gives."""
    return yes(*of_yes) if predicate else no(*of_no)


def repeat_while(
    condition: Callable[..., Any], body: Callable[..., Any], state: Sequence[Any], of_condition: Sequence[Any],
    of_body: Sequence[Any], limit: int | None,
) -> list[Any]:  # fmt: skip
    """`state = body(state)` while the condition holds, `limit` times at most."""
    state, count = list(state), 0
    while (limit is None or count < limit) and condition(*state, *of_condition)[0]:
        state, count = list(body(*state, *of_body)), count + 1
    return state


# --- strings and vocabularies -----------------------------------------------------------------------------------------


def look_up(x: Array, keys: Array, indices: Array, default: int | None) -> Array:
    """The index of each entry of `x` among the sorted keys; `default` for what is not there."""
    near = np.minimum(np.searchsorted(keys, x), len(keys) - 1)
    known = keys[near] == x
    if default is None and not known.all():
        raise ValueError(f"{np.unique(x[~known])[:5].tolist()} are not in the vocabulary.")
    return np.where(known, indices[near], default or 0)


def tokens(text: str, lower: bool, strip: bool, split: str, widths: tuple[int, ...] | None) -> list[str]:
    """The tokens of a text, or runs of `widths` of them joined by blanks."""
    text = text.lower() if lower else text
    if strip:
        text = "".join(c for c in text if c not in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
    found = text.split() if split == "whitespace" else list(text)
    if widths is None:
        return found
    return [" ".join(found[i : i + n]) for n in widths for i in range(len(found) - n + 1)]


def words(texts: Array, keys: Array, indices: Array, default: int, length: int, how: tuple) -> Array:
    """The indices of the tokens of each text, cut or filled up with "" to `length`."""
    rows = [tokens(text, *how)[:length] for text in texts.ravel().tolist()]
    filled = np.array([row + [""] * (length - len(row)) for row in rows], dtype=str).reshape(-1, length)
    return look_up(filled, keys, indices, default)


def word_counts(texts: Array, keys: Array, indices: Array, default: int, depth: int, how: tuple) -> Array:
    """How often each index is among the tokens of a text; those outside of `depth` count as nothing."""
    counts = np.zeros((len(texts), depth), np.float32)
    for row, text in zip(counts, texts.ravel().tolist()):
        found = look_up(np.array(tokens(text, *how) or [""], dtype=str), keys, indices, default)
        np.add.at(row, found[(found >= 0) & (found < depth)], 1)
    return counts


# --- functions that NumPy lacks -----------------------------------------------------------------------------------------


def softmax(x: Array, axis: int) -> Array:
    """exp(x) over its sum, without overflow."""
    power = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return power / np.sum(power, axis=axis, keepdims=True)


def log_softmax(x: Array, axis: int) -> Array:
    """The logarithm of softmax."""
    less = x - np.max(x, axis=axis, keepdims=True)
    return less - np.log(np.sum(np.exp(less), axis=axis, keepdims=True))


def erf(x: Array) -> Array:
    """The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x."""
    if x.dtype == np.float64:
        return np.vectorize(math.erf, otypes=[x.dtype])(x)
    out, s, p, q = np.empty_like(x), *(np.empty(x.shape, np.float32) for _ in range(3))
    rational_erf(x, s, p, q, out)
    return out


def recurrence(a: Array, b: Array, axis: int) -> Array:
    """y[i] = a[i] * y[i - 1] + b[i] along an axis."""
    y = np.array(b)
    rows_a, rows_y = np.moveaxis(a, axis, 0), np.moveaxis(y, axis, 0)
    for i in range(1, len(rows_y)):
        rows_y[i] += rows_a[i] * rows_y[i - 1]
    return y


def scatter(x: Array, updates: Array, indices: tuple, combine: Any = None) -> Array:
    """`x` with the updates written at the indices, or combined with what is there."""
    x = np.array(x)
    if combine is None:
        x[indices] = updates
    else:
        combine.at(x, indices, updates)
    return x


def window_at(starts: Array, sizes: tuple, shape: tuple) -> tuple[slice, ...]:
    """The window of these sizes that begins at `starts`, moved so that it fits."""
    first = [max(0, min(int(s), n - size)) for s, size, n in zip(starts, sizes, shape)]
    return tuple(slice(s, s + size) for s, size in zip(first, sizes))


def dynamic_slice(x: Array, starts: Array, sizes: tuple) -> Array:
    """A window of `x`."""
    return x[window_at(starts, sizes, x.shape)]


def dynamic_update_slice(x: Array, update: Array, starts: Array) -> Array:
    """`x` with a window written over."""
    x = np.array(x)
    x[window_at(starts, update.shape, x.shape)] = update
    return x


def put_into_zeros(g: Array, shape: tuple, index: tuple) -> Array:
    """Zeros with `g` at the index."""
    out = np.zeros(shape, g.dtype)
    out[index] = g
    return out


def add_at(g: Array, indices: Array, axis: int, size: int) -> Array:
    """Zeros with `size` slices along the axis, those of `g` added at the indices."""
    out = np.zeros((*g.shape[:axis], size, *g.shape[axis + indices.ndim :]), g.dtype)
    np.add.at(out, (*(slice(None),) * axis, indices), g)
    return out
