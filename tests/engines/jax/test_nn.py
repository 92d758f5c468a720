"""Kernels that are not JAX's own."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lamina.engines import jax as engine
from lamina.engines.jax import _nn

CASES = [
    ((2, 6, 6, 3), (2, 2), (2, 2), ((0, 0), (0, 0))),
    ((2, 7, 5, 3), (2, 2), (2, 2), ((0, 0), (0, 0))),  # rows and columns that no window reaches
    ((2, 7, 5, 3), (2, 2), (2, 2), ((0, 1), (1, 0))),
    ((2, 9, 9, 2), (3, 3), (2, 2), ((1, 1), (0, 1))),  # windows that overlap
    ((2, 9, 9, 2), (2, 2), (3, 3), ((0, 0), (0, 0))),  # and that leave gaps
    ((3, 12, 2), (3,), (1,), ((1, 1),)),
    ((2, 4, 4, 4, 2), (2, 2, 2), (2, 2, 2), ((0, 0),) * 3),
    ((1, 13, 13, 2), (6, 6), (3, 3), ((0, 0), (0, 0))),  # too large to be written out
]


@pytest.mark.parametrize(("shape", "window", "strides", "padding"), CASES)
def test_gradient_of_max_pool_is_that_of_xla(shape, window, strides, padding):
    rng = np.random.default_rng(0)
    x = jnp.asarray(rng.normal(size=shape))
    y = engine.nn.max_pool(x, window, strides, padding)
    weights = jnp.asarray(rng.normal(size=y.shape))

    def total(pool):
        return lambda x: (pool(x, window, strides, padding) ** 2 * weights).sum()

    found, wanted = (jax.grad(total(pool)) for pool in (engine.nn.max_pool, _nn._max_pool_plain))
    np.testing.assert_allclose(found(x), wanted(x))
    second, wanted_second = (jax.grad(lambda x, f=f: (f(x) ** 2).sum())(x) for f in (found, wanted))
    np.testing.assert_allclose(second, wanted_second)


def test_of_equals_the_first_gets_the_gradient():
    x = jnp.zeros((1, 4, 1))
    found = jax.grad(lambda x: engine.nn.max_pool(x, (2,), (2,), ((0, 0),)).sum())(x)
    assert found.ravel().tolist() == [1, 0, 1, 0]


def test_max_pool_of_integers():
    x = jnp.arange(8, dtype=jnp.int32).reshape(1, 8, 1)
    assert engine.nn.max_pool(x, (3,), (2,), ((1, 0),)).ravel().tolist() == [1, 3, 5, 7]


@pytest.mark.parametrize("features", [2, 40])  # the input's product inside the steps, and before them
def test_lstm_is_its_definition(features):
    rng = np.random.default_rng(1)
    x, h, c = rng.normal(size=(3, 5, features)), rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    kernel, recurrent, bias = rng.normal(size=(features, 16)), rng.normal(size=(4, 16)), rng.normal(size=16)
    states, last = engine.nn.lstm(x, h, c, kernel, recurrent, bias, reverse=True)
    wanted = []
    for t in range(4, -1, -1):
        i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent + bias, 4, axis=1)
        i, f, o = (1 / (1 + np.exp(-v)) for v in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        wanted.append(h)
    np.testing.assert_allclose(states, np.stack(wanted, 1), rtol=1e-6)
    np.testing.assert_allclose(last, c, rtol=1e-6)
