"""Floats of 16 bits: sums are added up in 32 bits and rounded once, eagerly and in programs; and their limits."""

import numpy as np
import pytest

from lamina import GradientTape, Variable, ops
from lamina.engines import engine


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("shape, axis", [((4000, 3), 0), ((3, 4000), 1), ((4000,), None), ((40, 100, 3), (0, 1))])
def test_a_sum_does_not_stand_still(dtype, shape, axis):
    ones = ops.ones(shape, dtype)
    for total in (ops.sum(ones, axis=axis), engine.compile(lambda x: ops.sum(x * 1, axis=axis))(ones)):
        assert ops.standardize_dtype(total.dtype) == dtype
        np.testing.assert_array_equal(ops.convert_to_numpy(ops.cast(total, "float32")), 4000)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_running_sum_does_not_stand_still(dtype, axis):
    ones = ops.ones((4000, 2) if axis == 0 else (2, 4000), dtype)
    for total in (ops.cumsum(ones, axis=axis), engine.compile(lambda x: ops.cumsum(x * 1, axis=axis))(ones)):
        assert ops.standardize_dtype(total.dtype) == dtype
        assert ops.convert_to_numpy(ops.cast(total, "float32")).max() == 4000


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_the_gradient_of_what_was_broadcast_does_not_stand_still(dtype):
    bias = Variable(np.zeros(3), dtype=dtype)
    with GradientTape() as tape:
        loss = ops.sum(ops.cast(ops.ones((4000, 3), dtype) + bias, "float32"))
    np.testing.assert_array_equal(ops.convert_to_numpy(ops.cast(tape.gradient(loss, bias), "float32")), 4000)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_infinity_becomes_the_largest_finite_number(dtype):
    x = ops.cast(np.array([np.inf, -np.inf, np.nan, 1.0], "float32"), dtype)
    for found in (ops.nan_to_num(x), engine.compile(ops.nan_to_num)(x)):
        numbers = ops.convert_to_numpy(ops.cast(found, "float32"))
        assert np.isfinite(numbers).all()
        np.testing.assert_array_equal(
            numbers, [*np.multiply({"float16": 65504.0, "bfloat16": 2.0**128 - 2.0**120}[dtype], [1, -1]), 0, 1]
        )
