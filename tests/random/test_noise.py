"""Noise that is the same on every engine: against its definition in Python's integers, and against the normal distribution."""

import math

import numpy as np
import pytest

from lamina import ops
from lamina.random._noise import noise
from lamina.random._same import words


def hashed(place, keys):
    mask = 2**32 - 1
    z = place ^ keys[0]
    z = ((z ^ z >> 16) * 0x7FEB352D) & mask
    z = ((z ^ z >> 15 ^ keys[1]) * 0x846CA68B) & mask
    return ((z ^ z >> 16) >> 8) / 2**24


@pytest.mark.parametrize("shape", [(2, 3), (5,), ()])
def test_numbers_are_those_of_the_definition(shape):
    keys = ops.convert_to_numpy(words((2,), 7)).tolist()
    half = (math.prod(shape) + 1) // 2
    uniform = [hashed(place, keys) for place in range(2 * half)]
    radius = [math.sqrt(-2 * math.log(1 - u)) for u in uniform[:half]]
    turns = [2 * math.pi * u for u in uniform[half:]]
    expected = [r * math.cos(a) for r, a in zip(radius, turns)] + [r * math.sin(a) for r, a in zip(radius, turns)]
    found = ops.convert_to_numpy(noise(shape, 7))
    assert found.shape == shape and found.dtype == np.float32
    np.testing.assert_allclose(found.ravel(), expected[: math.prod(shape)], atol=1e-5)


def test_they_are_normal_and_independent():
    one, other = (ops.convert_to_numpy(noise((200_000,), seed)).astype("float64") for seed in (1, 2))
    shares = [np.mean(one < x) - 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in np.linspace(-3, 3, 25)]
    assert np.abs(shares).max() < 0.005
    for a, b in ((one, other), (one[1:], one[:-1]), (one[:100_000], one[100_000:])):
        assert abs(np.corrcoef(a, b)[0, 1]) < 0.015
