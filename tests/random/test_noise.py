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


@pytest.mark.parametrize("shape", [(2, 3), (3, 2, 2), (5,), ()])
def test_numbers_are_those_of_the_definition(shape):
    keys = ops.convert_to_numpy(words((2,), 7)).tolist()
    an_image = math.prod(shape[1:])
    half, expected = (an_image + 1) // 2, []
    for image in range(shape[0] if shape else 1):
        uniform = [[hashed(2 * (image * half + pair) + k, keys) for k in (0, 1)] for pair in range(half)]
        radius, turns = [math.sqrt(-2 * math.log(1 - u)) for u, _ in uniform], [2 * math.pi * u for _, u in uniform]
        both = [r * f(a) for f in (math.cos, math.sin) for r, a in zip(radius, turns)]
        expected += both[:an_image]
    found = ops.convert_to_numpy(noise(shape, 7))
    assert found.shape == shape and found.dtype == np.float32
    np.testing.assert_allclose(found.ravel(), expected, atol=1e-5)


@pytest.mark.parametrize("shape", [(20, 2001), (100, 21, 19)])
def test_pixels_and_images_are_independent(shape):
    x = ops.convert_to_numpy(noise(shape, 3)).astype("float64").reshape(shape[0], -1)
    flat, n = x.ravel(), x.size
    assert abs(flat.mean()) < 4 / n**0.5 and abs(flat.var() - 1) < 4 * (2 / n) ** 0.5
    for lag in (1, 2, x.shape[1] // 2, (x.shape[1] + 1) // 2, x.shape[1]):
        assert abs((flat[lag:] * flat[:-lag]).mean()) < 4.5 / (n - lag) ** 0.5


def test_they_are_normal_and_independent():
    one, other = (ops.convert_to_numpy(noise((200_000,), seed)).astype("float64") for seed in (1, 2))
    shares = [np.mean(one < x) - 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in np.linspace(-3, 3, 25)]
    assert np.abs(shares).max() < 0.005
    for a, b in ((one, other), (one[1:], one[:-1]), (one[:100_000], one[100_000:])):
        assert abs(np.corrcoef(a, b)[0, 1]) < 0.015
