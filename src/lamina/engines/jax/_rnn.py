"""Recurrent layers over a whole sequence, with a gradient that multiplies weights once.

A scan differentiated by JAX adds up the gradient of the recurrent weights step by step. Here the steps backwards give only the
gradients of the products h·R; those of the weights are one large product over all steps afterwards.
"""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax


def simple_rnn(
    x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any = None, reverse: bool = False, sequences: bool = True
) -> Any:
    """tanh(x·kernel + h·recurrent + bias) over the steps of x."""
    states, _ = _recurrence(_simple_cell, _projected(x, kernel, bias, reverse), h0, (), recurrent, None)
    return _as_asked(states, sequences)


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
    states, c = _recurrence(_lstm_cell, _projected(x, kernel, bias, reverse), h0, c0, recurrent, None)
    return _as_asked(states, sequences), c


def gru(
    x: Any, h0: Any, kernel: Any, recurrent: Any, bias: Any = None, reverse: bool = False, sequences: bool = True
) -> Any:
    """GRU with gates z, r, h, the reset gate applied after the product, bias `(2, 3 units)`."""
    first, second = (None, None) if bias is None else (bias[0], bias[1])
    states, _ = _recurrence(_gru_cell, _projected(x, kernel, first, reverse), h0, (), recurrent, second)
    return _as_asked(states, sequences)


def _projected(x: Any, kernel: Any, bias: Any, reverse: bool) -> Any:
    """x·kernel + bias for all steps in one product, `(steps, batch, ...)` in the order of processing."""
    batch, steps, features = x.shape
    z = jnp.reshape(x, (batch * steps, features)) @ kernel
    z = jnp.swapaxes(jnp.reshape(z if bias is None else z + bias, (batch, steps, kernel.shape[1])), 0, 1)
    return jnp.flip(z, 0) if reverse else z


def _as_asked(states: Any, sequences: bool) -> Any:
    return jnp.swapaxes(states, 0, 1) if sequences else states[-1]


# A cell takes the projected input a, the product b of the state (with its bias, if it has one), the state h, and what it
# carries besides, c; it gives the new state and the new c.


def _simple_cell(a: Any, b: Any, h: Any, c: Any) -> tuple[Any, Any]:
    return jnp.tanh(a + b), c


def _lstm_cell(a: Any, b: Any, h: Any, c: Any) -> tuple[Any, Any]:
    i, f, g, o = jnp.split(a + b, 4, axis=-1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def _gru_cell(a: Any, b: Any, h: Any, c: Any) -> tuple[Any, Any]:
    (az, ar, ah), (bz, br, bh) = jnp.split(a, 3, axis=-1), jnp.split(b, 3, axis=-1)
    z = jax.nn.sigmoid(az + bz)
    return z * h + (1 - z) * jnp.tanh(ah + jax.nn.sigmoid(ar + br) * bh), c


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def _recurrence(cell: Callable, a: Any, h0: Any, c0: Any, recurrent: Any, bias: Any) -> tuple[Any, Any]:
    """All states `(steps, batch, units)`, and the last c."""
    return _forward(cell, a, h0, c0, recurrent, bias)[0]


def _forward(cell: Callable, a: Any, h0: Any, c0: Any, recurrent: Any, bias: Any) -> tuple[Any, Any]:
    def step(carry: Any, row: Any) -> Any:
        h, c = carry
        b = h @ recurrent
        b = b if bias is None else b + bias
        new = cell(row, b, h, c)
        return new, (new[0], b, c)

    (_, c), (states, products, cs) = lax.scan(step, (h0, c0), a)
    return (states, c), (a, products, jnp.concatenate([h0[None], states[:-1]]), cs, recurrent, bias)


def _backward(cell: Callable, kept: Any, upstream: Any) -> Any:
    a, products, hs, cs, recurrent, bias = kept
    by_states, by_c = upstream
    turned = recurrent.T

    def step(carry: Any, row: Any) -> Any:
        by_h, by_c = carry
        *inputs, g = row
        by_a, by_b, by_h, by_c = jax.vjp(cell, *inputs)[1]((by_h + g, by_c))
        return (by_h + by_b @ turned, by_c), (by_a, by_b)

    start = (jnp.zeros_like(hs[0]), by_c)
    (by_h0, by_c0), (by_a, by_b) = lax.scan(step, start, (a, products, hs, cs, by_states), reverse=True)
    by_recurrent = jnp.einsum("tbu,tbz->uz", hs, by_b)
    return by_a, by_h0, by_c0, by_recurrent, None if bias is None else by_b.sum((0, 1))


_recurrence.defvjp(_forward, _backward)
