"""Recurrent layers over a whole sequence."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax


def simple_rnn(
    x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any = None, reverse: bool = False, sequences: bool = True
) -> Any:
    """tanh(x·kernel + h·recurrent + bias) over the steps of x."""

    def step(carry: Any, a: Any) -> Any:
        return (jnp.tanh(a + carry[0] @ recurrent),)

    return _run(step, x, (h0,), kernel, bias, reverse, sequences)[0]


def lstm(
    x: Any,
    h0: Any,
    c0: Any,
    kernel: Any,
    recurrent: Any,
    bias: Any = None,
    reverse: bool = False,
    sequences: bool = True,
) -> tuple[Any, Any]:
    """LSTM with gates i, f, c, o side by side on the last axis of the weights."""

    def step(carry: Any, a: Any) -> Any:
        h, c = carry
        i, f, g, o = jnp.split(a + h @ recurrent, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return jax.nn.sigmoid(o) * jnp.tanh(c), c

    states, (_, c) = _run(step, x, (h0, c0), kernel, bias, reverse, sequences)
    return states, c


def gru(
    x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any = None, reverse: bool = False, sequences: bool = True
) -> Any:
    """GRU with gates z, r, h, the reset gate applied after the product, bias `(2, 3 units)`."""
    first, second = (None, None) if bias is None else (bias[0], bias[1])

    def step(carry: Any, a: Any) -> Any:
        (h,) = carry
        b = h @ recurrent
        (az, ar, ah), (bz, br, bh) = (
            jnp.split(a, 3, axis=-1),
            jnp.split(b if second is None else b + second, 3, axis=-1),
        )
        z = jax.nn.sigmoid(az + bz)
        return (z * h + (1 - z) * jnp.tanh(ah + jax.nn.sigmoid(ar + br) * bh),)

    return _run(step, x, (h0,), kernel, first, reverse, sequences)[0]


def _run(
    step: Callable[..., Any], x: Any, start: tuple[Any, ...], kernel: Any, bias: Any, reverse: bool, sequences: bool
) -> tuple[Any, tuple[Any, ...]]:
    """The states `(batch, steps, units)` or the last one, and the last carry. `step(carry, x·kernel + bias)` gives a carry."""

    def project(rows: Any) -> Any:
        rows = rows @ kernel
        return rows if bias is None else rows + bias

    rows = jnp.swapaxes(x, 0, 1)
    rows = jnp.flip(rows, 0) if reverse else rows
    # One product for all steps is best, except on a CPU where reading its wide rows takes longer than narrow products.
    in_steps = jax.default_backend() == "cpu" and 4 * x.shape[-1] <= kernel.shape[-1]
    rows = rows if in_steps else project(rows)

    def body(carry: tuple[Any, ...], row: Any) -> Any:
        carry = step(carry, project(row) if in_steps else row)
        return carry, carry[0] if sequences else None

    carry, states = lax.scan(body, start, rows)
    return (jnp.swapaxes(states, 0, 1) if sequences else carry[0]), carry
