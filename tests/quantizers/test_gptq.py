"""GPTQ: its column updates are those of the closed form, and the error of outputs is what it lessens."""

import numpy as np
import pytest

from lamina.quantizers import GPTQConfig
from lamina.quantizers._calibration import Statistics, grid, to_levels
from lamina.quantizers._gptq import gptq

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 12)) @ RNG.normal(size=(12, 12))
W = RNG.normal(size=(12, 7))


def statistics(x=X):
    found = Statistics(x.shape[1])
    for part in np.array_split(x, 3):
        found.add(part)
    return found


def floats(kept):
    return (kept.levels - kept.zero[kept.groups]) * kept.scale[kept.groups]


def nearest(weight, bits, size):
    parts = [weight[i : i + size] for i in range(0, len(weight), size)]
    grids = [grid(p.min(0), p.max(0), bits) for p in parts]
    return np.concatenate([(to_levels(p, s, z, bits) - z) * s for p, (s, z) in zip(parts, grids)])


def error(weight, x=X):
    return np.square(x @ (weight - W)).sum()


def by_definition(weight, hessian, bits):
    """Optimal brain quantisation in the given order: after each row the rest moves to the minimum that is left."""
    weight, scale, zero = weight.copy(), *grid(weight.min(0), weight.max(0), bits)
    for i in range(len(weight)):
        inverse = np.linalg.inv(hessian[i:, i:])
        rounded = (to_levels(weight[i], scale, zero, bits) - zero) * scale
        off = (weight[i] - rounded) / inverse[0, 0]
        weight[i:] -= np.outer(inverse[:, 0], off)
        weight[i] = rounded
    return weight


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_one_group_is_optimal_brain_quantisation(bits):
    config = GPTQConfig(None, None, weight_bits=bits, group_size=-1, hessian_damping=0.01)
    hessian = 2 * X.T @ X / len(X)
    hessian += 0.01 * np.mean(np.diag(hessian)) * np.eye(12)
    np.testing.assert_allclose(floats(gptq(W, statistics(), config)), by_definition(W, hessian, bits), atol=1e-8)


@pytest.mark.parametrize("order", [False, True])
@pytest.mark.parametrize("size", [4, 5, -1])
def test_outputs_are_nearer_than_by_rounding(size, order):
    config = GPTQConfig(None, None, weight_bits=4, group_size=size, activation_order=order)
    kept = gptq(W, statistics(), config)
    assert error(floats(kept)) < 0.7 * error(nearest(W, 4, 12 if size == -1 else size))
    assert kept.levels.min() >= 0 and kept.levels.max() <= 15
    assert len(kept.scale) == (1 if size == -1 else -(-12 // size))
    expected = np.zeros(12) if size == -1 else np.arange(12) // size
    assert sorted(kept.groups) == sorted(expected)


def test_inputs_that_never_come_cost_nothing():
    x = X.copy()
    x[:, 3] = 0
    kept = gptq(W, statistics(x), GPTQConfig(None, None, weight_bits=8, group_size=-1))
    np.testing.assert_array_equal(floats(kept)[3], 0)
    assert error(floats(kept), x) < 1e-3 * np.square(x @ W).sum()


def test_independent_inputs_are_rounded_to_the_nearest():
    found = Statistics(12)
    found.add(np.eye(12))
    kept = gptq(W, found, GPTQConfig(None, None, group_size=6))
    np.testing.assert_allclose(floats(kept), nearest(W, 4, 6))


def test_symmetric_levels_lie_about_the_middle():
    kept = gptq(W, statistics(), GPTQConfig(None, None, group_size=-1, symmetric=True))
    np.testing.assert_array_equal(kept.zero, 8)
