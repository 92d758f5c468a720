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
    """float32, standard normal, by the transform of Box and Muller (1958), both of whose numbers are used."""
    keys, (start, total) = words((2,), seed, samples=None), engine.random.rows(shape[0] if shape else 1)
    an_image = math.prod(shape[1:])
    count = total * an_image
    half = (count + 1) // 2
    if not shape or total == shape[0]:
        radius, angle = _polar(ops.arange(half, dtype="int32"), half, keys)
        both = ops.concatenate([ops.multiply(radius, ops.cos(angle)), ops.multiply(radius, ops.sin(angle))])
        return ops.reshape(both[:count], tuple(shape))
    # The numbers of some rows: each is one of the two of its pair.
    places = ops.add(ops.arange(shape[0] * an_image, dtype="int32"), start * an_image)
    is_first = ops.less(places, half)
    radius, angle = _polar(ops.where(is_first, places, ops.subtract(places, half)), half, keys)
    return ops.reshape(ops.multiply(radius, ops.where(is_first, ops.cos(angle), ops.sin(angle))), tuple(shape))


def _polar(pairs: Any, count: int, keys: Any) -> tuple[Any, Any]:
    """Radius and angle of the pairs of that number, of `count` in all."""
    radius = ops.sqrt(ops.multiply(-2.0, ops.log(ops.subtract(1.0, _hashed(pairs, keys)))))
    return radius, ops.multiply(2 * np.pi, _hashed(ops.add(pairs, count), keys))


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
