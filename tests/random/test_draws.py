"""Random tensors: functions of the seed, with the moments and bounds of their distributions."""

import math

import numpy as np
import pytest

from lamina import ops, random

N = 20_000
DRAWS = {
    "uniform": lambda seed: random.uniform((N,), -1.0, 3.0, seed=seed),
    "normal": lambda seed: random.normal((N,), 1.0, 2.0, seed=seed),
    "truncated_normal": lambda seed: random.truncated_normal((N,), 1.0, 2.0, seed=seed),
    "randint": lambda seed: random.randint((N,), 2, 7, seed=seed),
    "categorical": lambda seed: random.categorical(np.log([[0.2, 0.5, 0.3]]), N, seed=seed)[0],
    "gamma": lambda seed: random.gamma((N,), 2.5, seed=seed),
    "beta": lambda seed: random.beta((N,), 2.0, 3.0, seed=seed),
    "binomial": lambda seed: random.binomial((N,), 6.0, 0.3, seed=seed),
    "dropout": lambda seed: random.dropout(np.ones((N,), "float32"), 0.25, seed=seed),
    "shuffle": lambda seed: random.shuffle(np.arange(N), seed=seed),
}
# Mean and variance. The variance of a standard normal cut at two is 1 - 4 φ(2) / (2 Φ(2) - 1).
CUT = 1 - 4 * math.exp(-2) / math.sqrt(2 * math.pi) / math.erf(math.sqrt(2))
MOMENTS = {
    "uniform": (1.0, 16 / 12),
    "normal": (1.0, 4.0),
    "truncated_normal": (1.0, 4 * CUT),
    "randint": (4.0, 2.0),
    "categorical": (1.1, 0.49),
    "gamma": (2.5, 2.5),
    "beta": (0.4, 0.04),
    "binomial": (1.8, 1.26),
    "dropout": (1.0, 1 / 3),
}
BOUNDS = {
    "uniform": (-1, 3),
    "truncated_normal": (-3, 5),
    "randint": (2, 6),
    "categorical": (0, 2),
    "gamma": (0, np.inf),
    "beta": (0, 1),
    "binomial": (0, 6),
    "dropout": (0, 4 / 3),
}


class Counter:
    """A generator as a SeedGenerator is one: each call of next() gives a new pair."""

    def __init__(self):
        self.count = 0

    def next(self):
        self.count += 1
        return np.array([7, self.count], np.uint32)


@pytest.mark.parametrize("name", DRAWS)
def test_same_seed_same_numbers(name):
    draw = DRAWS[name]
    np.testing.assert_array_equal(draw(3), draw(3))
    assert (draw(3) != draw(4)).any()
    generator = Counter()
    first, second = draw(generator), draw(generator)
    assert (first != second).any()
    np.testing.assert_array_equal(first, draw(Counter()))


@pytest.mark.parametrize("name", MOMENTS)
def test_moments(name):
    mean, variance = MOMENTS[name]
    x = np.asarray(DRAWS[name](11), float)
    assert x.mean() == pytest.approx(mean, abs=5 * math.sqrt(variance / N))
    assert x.var() == pytest.approx(variance, rel=0.08)


@pytest.mark.parametrize("name", BOUNDS)
def test_bounds(name):
    low, high = BOUNDS[name]
    x = np.asarray(DRAWS[name](5), float)
    assert x.min() >= low and x.max() <= high + 1e-6


def test_shuffle_keeps_the_rows():
    x = np.arange(12).reshape(4, 3)
    assert sorted(random.shuffle(x, seed=1)[:, 0].tolist()) == [0, 3, 6, 9]
    assert sorted(random.shuffle(x, axis=1, seed=1)[0].tolist()) == [0, 1, 2]


def test_dropout():
    x = np.ones((4, 6, 2), "float16")
    y = random.dropout(x, 0.5, noise_shape=(4, 1, 2), seed=1)
    assert ops.dtype(y) == "float16" and (y == y[:, :1]).all() and set(np.unique(y)) == {0.0, 2.0}
    np.testing.assert_array_equal(random.dropout(x, 0.0, seed=1), x)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_dtypes(dtype):
    for draw in (random.uniform, random.normal, random.truncated_normal):
        assert ops.dtype(draw((3,), dtype=dtype, seed=1)) == dtype
    assert ops.dtype(random.randint((3,), 0, 9, "uint8", seed=1)) == "uint8"


def test_wrong_arguments():
    with pytest.raises(ValueError, match="floating"):
        random.normal((2,), dtype="int32")
    with pytest.raises(ValueError, match="minval must be below"):
        random.randint((2,), 5, 5)
    with pytest.raises(ValueError, match=r"\(batch, classes\)"):
        random.categorical([0.1, 0.2], 3)
    with pytest.raises(ValueError, match="rate"):
        random.dropout(np.ones(3), 1.5)
    with pytest.raises(ValueError, match="seed must be"):
        random.uniform((2,), seed="one")


@pytest.mark.parametrize("rate", [0.0004, 0.1, 0.5, 0.75, 0.9996])
def test_dropout_drops_as_many_as_it_says(rate):
    n = 200_001
    kept = np.asarray(random.dropout(np.ones(n, "float32"), rate, seed=1))
    spread = 5 * np.sqrt(rate * (1 - rate) / n)
    assert abs(np.mean(kept == 0) - rate) < spread
    np.testing.assert_allclose(kept[kept > 0], 1 / (1 - rate), rtol=1e-6)
    # Neighbours are drawn from the same bits of the generator, and must not depend on each other.
    gone = kept == 0
    assert abs(np.mean(gone[1:] & gone[:-1]) - rate**2) < spread


@pytest.mark.parametrize(
    "draw",
    [
        lambda: random.normal(-1), lambda: random.uniform((2, -1)), lambda: random.truncated_normal((-(10**12),)),
        lambda: random.randint((-1,), 0, 2), lambda: random.gamma((-1,), 1.0), lambda: ops.ones(-1), lambda: ops.full((-1,), 2),
    ],
)  # fmt: skip
def test_negative_sizes_are_named(draw):
    with pytest.raises(ValueError, match="shape must hold no negative sizes; got"):
        draw()
    with pytest.raises(ValueError, match="num_samples must be an integer, zero or above; got -1"):
        random.categorical([[0.1, 0.2]], -1)
