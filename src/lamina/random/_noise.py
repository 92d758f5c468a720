"""Normal numbers for every pixel of a batch, the same on every engine up to rounding.

Threefry, which `_same` draws by, takes a hundred operations a word. Here it gives two words a draw; they key a hash of each
number's place that takes a dozen.
"""

import math
from typing import Any

import numpy as np

from lamina import ops
from lamina._typing import Shape
from lamina.engines import engine

from ._same import words

# Odd constants of little bias, from Wellons, Prospecting for hash functions, https://nullprogram.com/blog/2018/07/31/,
# as int32, whose products wrap around on every engine.
_FIRST, _SECOND = np.array([0x7FEB352D, 0x846CA68B], "uint32").view("int32")


def noise(shape: Shape, seed: Any = None) -> Any:
    """float32, standard normal, by the transform of Box and Muller (1958), both of whose numbers are used.

    The first axis is that of the images, each of which has its numbers whatever stands beside it in the batch.
    """
    keys, start = words((2,), seed, by_sample=False), engine.random.first_row(shape[0] if shape else 1)
    images, an_image = (shape[0] if shape else 1), math.prod(shape[1:])
    half = (an_image + 1) // 2
    pairs = ops.add(ops.arange(images * half, dtype="int32"), start * half)
    first, second = (_hashed(ops.add(ops.multiply(pairs, 2), k), keys) for k in (0, 1))
    radius, angle = ops.sqrt(ops.multiply(-2.0, ops.log(ops.subtract(1.0, first)))), ops.multiply(2 * np.pi, second)
    parts = (ops.multiply(radius, ops.cos(angle)), ops.multiply(radius, ops.sin(angle)))
    both = ops.concatenate([ops.reshape(part, (images, half)) for part in parts], axis=1)
    return ops.reshape(both[:, :an_image], tuple(shape))


def _hashed(places: Any, keys: Any) -> Any:
    """float32 in [0, 1), by 24 bits of the hash of each place."""
    z = ops.bitwise_xor(places, keys[0])
    z = ops.multiply(ops.bitwise_xor(z, _shifted(z, 16)), _FIRST)
    z = ops.bitwise_xor(ops.bitwise_xor(z, _shifted(z, 15)), keys[1])
    z = ops.multiply(z, _SECOND)
    z = ops.bitwise_xor(z, _shifted(z, 16))
    return ops.multiply(ops.cast(_shifted(z, 8), "float32"), 2.0**-24)


def _shifted(z: Any, places: int) -> Any:
    """A shift to the right that brings in zeros."""
    return ops.bitwise_and(ops.right_shift(z, places), 2 ** (32 - places) - 1)
