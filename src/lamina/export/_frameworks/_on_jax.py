"""What stands in the NumPy file's function for NumPy, on JAX: its own functions for loops, windows and writing at indices.

Loaded when a model is exported so, since it needs jax.
"""

from typing import Any

import jax
from jax import lax
from jax import numpy as np


def conv(x: Any, kernel: Any, strides: Any, padding: Any, dilation: Any, groups: Any) -> Any:
    letters = "DHW"[-len(strides) :]
    return lax.conv_general_dilated(
        x, kernel, strides, padding, rhs_dilation=dilation, feature_group_count=groups,
        dimension_numbers=(f"N{letters}C", f"{letters}IO", f"N{letters}C"),
    )  # fmt: skip


def conv_transpose(g: Any, kernel: Any, spatial: Any, **how: Any) -> Any:
    spec = jax.ShapeDtypeStruct((g.shape[0], *spatial, kernel.shape[-2] * how["groups"]), g.dtype)
    return jax.linear_transpose(lambda x: conv(x, kernel, **how), spec)(g)[0]


def windows(x: Any, start: Any, join: Any, window: Any, strides: Any, padding: Any) -> Any:
    room = ((0, 0), *padding, (0, 0))
    return lax.reduce_window(x, start, join, (1, *window, 1), (1, *strides, 1), room)


def max_pool(x: Any, **how: Any) -> Any:
    lowest = -np.inf if np.issubdtype(x.dtype, np.floating) else np.iinfo(x.dtype).min
    return windows(x, np.asarray(lowest, x.dtype), lax.max, **how)


def window_sum(x: Any, **how: Any) -> Any:
    return windows(x, np.asarray(0, x.dtype), lax.add, **how)


def scan(body: Any, carry: Any, sequences: Any, fixed: Any, length: Any, reverse: Any) -> Any:
    def step(state: Any, rows: Any) -> Any:
        results = body(*state, *rows, *fixed)
        return list(results[: len(state)]), list(results[len(state) :])

    last, rows = lax.scan(step, list(carry), list(sequences), length, reverse)
    return [*last, *rows]


def over_steps(cell: Any, state: Any, rows: Any, mask: Any, reverse: Any, sequences: Any) -> Any:
    """The states of all steps, or the last; and the last state of all kinds."""

    def step(state: Any, row: Any) -> Any:
        new = cell(state, row[0])
        if mask is not None:
            new = [np.where(row[1][:, None], a, b) for a, b in zip(new, state)]
        return new, new[0] if sequences else None

    moving = (np.moveaxis(rows, 1, 0), None if mask is None else np.moveaxis(mask, 1, 0))
    moving = tuple(m if m is None or not reverse else np.flip(m, 0) for m in moving)
    last, states = lax.scan(step, list(state), moving)
    return (np.moveaxis(states, 0, 1) if sequences else last[0]), last


def simple_rnn(x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any, mask: Any = None, **how: Any) -> Any:
    return over_steps(lambda s, row: [np.tanh(row + s[0] @ recurrent)], [h], x @ kernel + bias, mask, **how)[0]


def lstm(x: Any, h: Any, c: Any, kernel: Any, recurrent: Any, bias: Any, mask: Any = None, **how: Any) -> Any:
    def cell(state: Any, row: Any) -> Any:
        i, f, g, o = np.split(row + state[0] @ recurrent, 4, axis=-1)
        c = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * np.tanh(g)
        return [jax.nn.sigmoid(o) * np.tanh(c), c]

    states, last = over_steps(cell, [h, c], x @ kernel + bias, mask, **how)
    return states, last[1]


def gru(x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any, mask: Any = None, **how: Any) -> Any:
    def cell(state: Any, row: Any) -> Any:
        z, r, n = np.split(row, 3, axis=-1)
        mz, mr, mn = np.split(state[0] @ recurrent + bias[1], 3, axis=-1)
        z, r = jax.nn.sigmoid(z + mz), jax.nn.sigmoid(r + mr)
        return [z * state[0] + (1 - z) * np.tanh(n + r * mn)]

    return over_steps(cell, [h], x @ kernel + bias[0], mask, **how)[0]


def branch(predicate: Any, yes: Any, no: Any, of_yes: Any, of_no: Any) -> Any:
    return lax.cond(np.reshape(predicate, ()), lambda: list(yes(*of_yes)), lambda: list(no(*of_no)))


def repeat_while(condition: Any, body: Any, state: Any, of_condition: Any, of_body: Any, limit: Any) -> Any:
    def test(carry: Any) -> Any:
        more = np.reshape(condition(*carry[1], *of_condition)[0], ())
        return more if limit is None else more & (carry[0] < limit)

    start = [np.asarray(s) for s in state]
    return lax.while_loop(test, lambda c: (c[0] + 1, list(body(*c[1], *of_body))), (0, start))[1]


def scatter(x: Any, updates: Any, indices: Any, combine: Any = None) -> Any:
    at = np.asarray(x).at[indices]
    how = {None: "set", np.add: "add", np.multiply: "multiply", np.maximum: "max", np.minimum: "min"}[combine]
    return getattr(at, how)(updates)


def add_at(g: Any, indices: Any, axis: Any, size: Any) -> Any:
    out = np.zeros((*g.shape[:axis], size, *g.shape[axis + indices.ndim :]), g.dtype)
    return out.at[(*(slice(None),) * axis, indices)].add(g)


def put_into_zeros(g: Any, shape: Any, index: Any) -> Any:
    return np.zeros(shape, g.dtype).at[index].set(g)


def dynamic_slice(x: Any, starts: Any, sizes: Any) -> Any:
    return lax.dynamic_slice(x, [starts[i] for i in range(len(sizes))], sizes)


def dynamic_update_slice(x: Any, update: Any, starts: Any) -> Any:
    return lax.dynamic_update_slice(x, update, [starts[i] for i in range(x.ndim)])


def recurrence(a: Any, b: Any, axis: Any) -> Any:
    def join(first: Any, second: Any) -> Any:
        return first[0] * second[0], first[1] * second[0] + second[1]

    return lax.associative_scan(join, (a, b), axis=axis)[1]


NAMESPACE = {
    "np": np, "conv": conv, "conv_transpose": conv_transpose, "max_pool": max_pool, "window_sum": window_sum, "scan": scan,
    "simple_rnn": simple_rnn, "lstm": lstm, "gru": gru, "branch": branch, "repeat_while": repeat_while, "scatter": scatter,
    "add_at": add_at, "put_into_zeros": put_into_zeros, "dynamic_slice": dynamic_slice,
    "dynamic_update_slice": dynamic_update_slice, "recurrence": recurrence, "erf": jax.scipy.special.erf,
    "sigmoid": jax.nn.sigmoid,
}  # fmt: skip
