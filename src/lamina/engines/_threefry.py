"""Threefry-2x32: words that depend on a key and a place alone, the same on every engine.

Source: Salmon, Moraes, Dror, Shaw, Parallel random numbers: as easy as 1, 2, 3, 2011.
"""

from collections.abc import Callable
from typing import Any

_TURNS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA


def threefry(key: tuple[Any, Any], place: Any, wrap: Callable[[Any], Any] = lambda words: words) -> tuple[Any, Any]:
    """Twenty rounds on the block `(place, 0)`: two words for each place.

    Args:
        key: two words.
        place: array of words. All are unsigned 32-bit integers, or wider ones that `wrap` cuts to 32 bits.
    """
    keys = (*key, key[0] ^ key[1] ^ _PARITY)
    x, y = wrap(place + keys[0]), wrap(place * 0 + keys[1])
    for block in range(5):
        for turn in _TURNS[block % 2]:
            x = wrap(x + y)
            y = (wrap(y << turn) | (y >> (32 - turn))) ^ x
        x = wrap(x + keys[(block + 1) % 3])
        y = wrap(y + keys[(block + 2) % 3] + (block + 1))
    return x, y
