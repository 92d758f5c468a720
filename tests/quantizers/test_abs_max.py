"""Quantisation by the largest magnitude, against its definition in NumPy."""

import numpy as np
import pytest

from lamina import ops, quantizers


def by_definition(x, axis, low=-127, high=127):
    scale = high / (np.abs(x).max(axis=axis, keepdims=True) + 1e-7)
    return np.clip(np.round(x * scale), low, high), scale


X = np.random.default_rng(0).normal(size=(3, 4, 5)).astype("float32")


@pytest.mark.parametrize("axis", [-1, 0, (0, 2), [1, 2]])
@pytest.mark.parametrize("to_numpy", [False, True])
def test_levels_and_scale(axis, to_numpy):
    levels, scale = quantizers.abs_max_quantize(X, axis, to_numpy=to_numpy)
    expected, factor = by_definition(X, tuple(axis) if isinstance(axis, list) else axis)
    assert (ops.dtype(levels), ops.dtype(scale)) == ("int8", "float32")
    np.testing.assert_allclose(ops.convert_to_numpy(scale), factor, rtol=1e-6)
    np.testing.assert_array_equal(ops.convert_to_numpy(levels), expected)


def test_levels_of_four_bits():
    levels, _ = quantizers.AbsMaxQuantizer(axis=0, value_range=(-8, 7))(X)
    np.testing.assert_array_equal(ops.convert_to_numpy(levels), by_definition(X, 0, -8, 7)[0])


def test_zeros_stay_zeros():
    levels, scale = quantizers.AbsMaxQuantizer()(np.zeros((2, 3), "float32"))
    assert not ops.convert_to_numpy(levels).any()
    assert np.isfinite(ops.convert_to_numpy(scale)).all()


def test_levels_that_int8_does_not_hold_are_refused():
    with pytest.raises(ValueError, match="value_range"):
        quantizers.AbsMaxQuantizer(value_range=(-127, 128))
