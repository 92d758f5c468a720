"""Normal numbers of uniform ones, judged by the quantile function of Python's library."""

from statistics import NormalDist

import numpy as np
import pytest

from lamina.engines.native.primitives._normal import normal_of_uniform
from lamina.engines.native.primitives._pieces import PIECE
from lamina.engines.native.primitives._random import normal, random_uniform

from .one_call import results

UNIT = 2.0**-24
# Both ends, the places where the tails begin (|2 u - 1| = sqrt(1 - exp(-5))), and many between.
TAIL = (1 - np.sqrt(1 - np.exp(-5))) / 2
PLACES = np.unique(
    np.concatenate([
        np.arange(2000), 2**24 - 1 - np.arange(2000), np.linspace(0, 2**24 - 1, 20_001),
        *(round(t / UNIT) + np.arange(-500, 500) for t in (TAIL, 1 - TAIL)),
    ]).astype(np.int64)
)  # fmt: skip
UNIFORM = (PLACES * UNIT).astype(np.float32)
QUANTILES = np.array([NormalDist().inv_cdf((k + 0.5) * UNIT) for k in PLACES.tolist()])


def test_they_are_the_quantiles_of_the_middles():
    got = normal_of_uniform.forward(UNIFORM)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, QUANTILES, rtol=2e-6, atol=1e-9)
    mirrored = (1 - UNIT - UNIFORM.astype(float)).astype("float32")
    np.testing.assert_array_equal(got, -normal_of_uniform.forward(mirrored))


def test_any_part_of_them_is_that_part():
    whole = normal_of_uniform.forward(UNIFORM)
    for part in (slice(3, 20), slice(PIECE - 5, PIECE + 7), slice(None, None, 3)):
        np.testing.assert_array_equal(normal_of_uniform.forward(UNIFORM[part]), whole[part])
    out = UNIFORM.copy()
    assert normal_of_uniform.forward(out, out=out) is out
    np.testing.assert_array_equal(out, whole)


def test_in_machine_code(with_machine_code):
    pytest.importorskip("llvmlite")
    (got,), written = results(normal_of_uniform, {}, [UNIFORM])
    assert written == 1
    np.testing.assert_allclose(got, QUANTILES, rtol=2e-6, atol=1e-9)


def test_draws_have_the_moments_of_the_normal_distribution():
    """The first four, each within five of its standard errors."""
    n = 400_000
    x = np.asarray(normal(np.array([3, 5], np.uint32), (n,)), float)
    for power, moment, spread in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs((x**power).mean() - moment) < 5 * np.sqrt(spread / n)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_seed_is_a_draw(dtype):
    seed = np.array([3, 5], np.uint32)
    first, again = (np.asarray(normal(seed, (4, 3), dtype)) for _ in range(2))
    assert first.dtype == dtype and first.shape == (4, 3)
    np.testing.assert_array_equal(first, again)
    if dtype == "float32":
        uniform = random_uniform.forward(seed, shape=(4, 3), dtype=np.dtype(dtype))
        np.testing.assert_array_equal(first, normal_of_uniform.forward(uniform))
