"""Fake quantisation: levels by the definition, gradients as of clipping."""

import numpy as np
import pytest

import lamina
from lamina import ops, quantizers


def by_definition(x, low, high, bits, narrow):
    """The range moved so that zero is a level; the nearest level; the range."""
    first, last = int(narrow), 2**bits - 1
    scale = (high - low) / (last - first)
    zero = np.round(np.clip(first - low / scale, first, last))
    levels = np.clip(np.round(x / scale) + zero, first, last)
    return (levels - zero) * scale, (first - zero) * scale, (last - zero) * scale


X = np.linspace(-3.03, 5.01, 41).astype("float32")


@pytest.mark.parametrize("bits, narrow", [(8, False), (8, True), (4, False), (2, False)])
@pytest.mark.parametrize("low, high", [(-1.0, 2.0), (0.0, 3.0), (0.5, 3.5), (-2.0, -0.1)])
def test_levels(bits, narrow, low, high):
    found = ops.convert_to_numpy(quantizers.fake_quant_with_min_max_vars(X, low, high, bits, narrow))
    np.testing.assert_allclose(found, by_definition(X, low, high, bits, narrow)[0], atol=1e-5)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_a_range_for_each_index_of_an_axis(axis):
    x = np.random.default_rng(0).normal(size=(3, 3, 3)).astype("float32")
    low, high = np.array([-1.0, -0.5, 0.0], "float32"), np.array([1.0, 2.0, 0.5], "float32")
    found = np.moveaxis(
        ops.convert_to_numpy(quantizers.fake_quant_with_min_max_vars(x, low, high, 4, axis=axis)), axis, 0
    )
    for i, part in enumerate(np.moveaxis(x, axis, 0)):
        np.testing.assert_allclose(found[i], by_definition(part, low[i], high[i], 4, False)[0], atol=1e-5)


def test_gradients_are_those_of_clipping():
    low, high = lamina.Variable(-1.0), lamina.Variable(2.0)
    x = lamina.Variable(X)
    with lamina.GradientTape() as tape:
        loss = ops.sum(quantizers.fake_quant_with_min_max_vars(x, low, high, 4))
    dx, dlow, dhigh = (ops.convert_to_numpy(g) for g in tape.gradient(loss, [x, low, high]))
    _, lowest, highest = by_definition(X, -1.0, 2.0, 4, False)
    np.testing.assert_array_equal(dx, (X > lowest) & (X < highest))
    assert (float(dlow), float(dhigh)) == (np.sum(X < lowest), np.sum(X > highest))


@pytest.mark.parametrize("axis", [None, -1])
def test_on_symbolic_tensors(axis):
    y = quantizers.fake_quant_with_min_max_vars(lamina.KerasTensor((2, None, 4)), -3.0, 3.0, axis=axis)
    assert (y.shape, y.dtype) == ((2, None, 4), "float32")
