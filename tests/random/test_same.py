"""Draws that are the same on every engine: against the published words, and against what they are to be distributed as."""

import numpy as np
import pytest

from lamina import ops
from lamina.random import _same as same
from lamina.random._noise import noise


def array(x):
    return ops.convert_to_numpy(x)


def threefry(key, place):
    """Threefry-2x32 with twenty rounds, in Python's integers, as the paper defines it."""
    mask = 2**32 - 1
    keys = (*key, key[0] ^ key[1] ^ 0x1BD11BDA)
    x, y = (place[0] + keys[0]) & mask, (place[1] + keys[1]) & mask
    turns = (13, 15, 26, 6, 17, 29, 16, 24)
    for i in range(20):
        x = (x + y) & mask
        y = ((y << turns[i % 8]) | (y >> (32 - turns[i % 8]))) & mask
        y ^= x
        if i % 4 == 3:
            n = i // 4 + 1
            x, y = (x + keys[n % 3]) & mask, (y + keys[(n + 1) % 3] + n) & mask
    return x, y


def test_the_definition_gives_the_published_words():
    assert threefry((0, 0), (0, 0)) == (0x6B200159, 0x99BA4EFE)
    assert threefry((2**32 - 1,) * 2, (2**32 - 1,) * 2) == (0x1CB996FC, 0xBB002BE7)
    assert threefry((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3)) == (0xC4923A9C, 0x483DF7A0)


@pytest.mark.parametrize("pair", [(0, 0), (7, 1), (2**32 - 1, 2**31 + 5)])
def test_words_are_those_of_the_definition(pair):
    found = array(same.words((3, 4), np.array(pair, "uint32")))
    expected = [threefry(pair, (place, 0))[0] >> 1 for place in range(12)]
    assert found.dtype == np.int32 and found.ravel().tolist() == expected


def test_uniform_numbers_are_the_upper_bits():
    words, numbers = array(same.words((50,), 3)), array(same.uniform((50,), -1.0, 3.0, seed=3))
    np.testing.assert_allclose(numbers, (words >> 7) * 2.0**-24 * 4 - 1, rtol=1e-6, atol=1e-6)


def test_integers_cover_their_range():
    for found in (same.integers((4000,), 2, 7, 1), same.integers((4000,), ops.array(2), ops.array(7), 1)):
        values, counts = np.unique(array(found), return_counts=True)
        assert values.tolist() == [2, 3, 4, 5, 6] and counts.min() > 700


def test_order_is_a_permutation_that_changes_with_the_seed():
    one, two = array(same.order(30, 1)), array(same.order(30, 2))
    assert sorted(one.tolist()) == list(range(30)) and one.tolist() != two.tolist()


@pytest.mark.parametrize(
    "draw, mean, variance",
    [
        (lambda n: same.uniform((n,), seed=5), 1 / 2, 1 / 12),
        (lambda n: same.normal((n,), 5), 0.0, 1.0),
        (lambda n: same.gamma((n,), 0.3, 5), 0.3, 0.3),
        (lambda n: same.gamma((n,), 4.0, 5), 4.0, 4.0),
        (lambda n: same.beta((n,), 0.2, 0.2, 5), 0.5, 0.25 / 1.4),
        (lambda n: same.beta((n,), 2.0, 3.0, 5), 0.4, 6 / (25 * 6)),
    ],
    ids=["uniform", "normal", "gamma below 1", "gamma", "beta below 1", "beta"],
)
def test_moments(draw, mean, variance):
    numbers = array(draw(20000)).astype("float64")
    error = 5 / np.sqrt(len(numbers))  # five standard errors of the mean
    assert abs(numbers.mean() - mean) < error * np.sqrt(variance)
    assert numbers.var() == pytest.approx(variance, rel=0.1)


def test_a_median_of_gamma_numbers():
    """Of shape 1 they are exponential, whose distribution is known everywhere."""
    numbers = np.sort(array(same.gamma((20000,), 1.0, 9)))
    steps = np.abs((1 - np.exp(-numbers)) - (np.arange(20000) + 0.5) / 20000).max()
    assert steps < 1.63 / np.sqrt(20000)  # Kolmogorov's distance at 1 %


DRAWS = {
    "uniform": lambda shape: same.uniform(shape, seed=5),
    "integers": lambda shape: same.integers(shape, 0, 9, seed=5),
    "normal": lambda shape: same.normal(shape, seed=5),
    "gamma": lambda shape: same.gamma(shape, 0.7, seed=5),
    "beta": lambda shape: same.beta(shape, 0.4, 2.0, seed=5),
    "noise": lambda shape: noise(shape, seed=5),
}


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("rest", [(), (3,), (3, 5, 1)])
def test_rows_of_a_batch_are_those_of_a_smaller_one(name, rest):
    """An image is given the same beside others or none: a batch that is filled up, or cut, has the same numbers."""
    many, few = (array(DRAWS[name]((n, *rest))) for n in (32, 5))
    np.testing.assert_allclose(many[:5], few, rtol=1e-6, atol=1e-6)
