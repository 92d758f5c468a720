"""Random numbers in machine code are those of NumPy, to the bit."""

import numpy as np
import pytest

from lamina.engines.native.primitives._random import random_bernoulli, random_uniform
from lamina.engines.native.primitives._reduction import argmax, argmin

from .one_call import results

pytest.importorskip("llvmlite")
pytestmark = pytest.mark.usefixtures("with_machine_code")
SEEDS = [np.array([7, 3], np.uint32), np.array([2**32 - 1, 2**31], np.uint32), np.array([-5, 2**40], np.int64)]


@pytest.mark.parametrize("seed", SEEDS, ids=str)
@pytest.mark.parametrize("shape", [(), (1,), (15,), (4, 4), (17,), (3, 5, 41), (71, 73)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_uniform(seed, shape, dtype):
    how = {"shape": shape, "dtype": np.dtype(dtype)}
    (got,), written = results(random_uniform, how, [seed])
    assert written == 1
    np.testing.assert_array_equal(got, random_uniform.forward(seed, **how))


@pytest.mark.parametrize("seed", SEEDS, ids=str)
@pytest.mark.parametrize("shape", [(), (1,), (15,), (4, 4), (17,), (3, 5, 41), (71, 73)])
@pytest.mark.parametrize("chance", [0.001, 0.2, 0.5, 0.999])
def test_bernoulli(seed, shape, chance):
    how = {"shape": shape, "dtype": np.dtype(bool), "chance": chance}
    (got,), written = results(random_bernoulli, how, [seed])
    assert written == 1
    np.testing.assert_array_equal(got, random_bernoulli.forward(seed, **how))


def test_what_sixteen_bits_cannot_tell_stays_with_numpy():
    how = {"shape": (8,), "dtype": np.dtype(bool), "chance": 1e-5}
    assert results(random_bernoulli, how, [SEEDS[0]])[1] == 0


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
def test_the_first_of_the_best_is_found_and_the_first_nan(axis, dtype):
    x = np.random.default_rng(0).integers(0, 3, (4, 5, 6)).astype(dtype)
    if dtype == "float32":
        x[1, 2:4, 3] = np.nan
        x[2, :, 1] = -np.inf
    for primitive, function in ((argmax, np.argmax), (argmin, np.argmin)):
        (got,), written = results(primitive, {"axis": axis}, [x])
        assert written == 1
        np.testing.assert_array_equal(got, function(x, axis=axis))
