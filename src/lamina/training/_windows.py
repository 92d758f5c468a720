"""Windows of data that is read once, in its order: what a step that predicts has on the device at a time.

All of the data would have to arrive before the first batch could be computed, and every length of it would be a program of
its own; windows are of one batch or of sixteen, filled up with zeros at the end. Where samples do not depend on each other the
batches of a window are joined to one: a product of many rows is faster than many of few.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina import tree

BATCHES = 16


def windows(data: Any, rows: Any, start: int, stop: int) -> Iterator[tuple[Any, Any, int]]:
    """(arrays, rows of them, how many of these count) for `rows[start:stop]`.

    Args:
        data: nested structure of arrays `(samples, ...)`, or None.
        rows: places `(batches, batch size)` that ascend by 1, or a pair of these and how many samples of each batch count.
    """
    places, counts = rows if isinstance(rows, tuple) else (rows, None)
    total, size = places.shape
    batches = 1 if total == 1 else BATCHES
    own = np.arange(batches * size, dtype=np.int32).reshape(batches, size)
    whole: Any = (
        own if counts is None else (own, np.full(batches, size, counts.dtype))
    )  # the same object for most windows
    for first in range(start, stop, batches):
        number = min(batches, stop - first)
        begin = int(places[first, 0])
        arrays = tree.map_structure(
            lambda a, at=begin: None if a is None else _filled(a[at : at + batches * size], batches * size), data
        )
        is_whole = counts is None or (counts[first : first + number] == size).all()
        yield arrays, whole if is_whole else (own, _filled(counts[first : first + number], batches)), number


def joined(data: Any, size: int, start: int, stop: int, together: int) -> Iterator[Any]:
    """The batches `start ... stop` of `size` samples, `together` of them at a time as one batch, filled up with zeros."""
    length = together * size
    for begin in range(start * size, stop * size, length):
        yield tree.map_structure(lambda a, at=begin: None if a is None else _filled(a[at : at + length], length), data)


def _filled(part: np.ndarray, length: int) -> np.ndarray:
    if len(part) == length:
        return part
    whole = np.zeros((length, *part.shape[1:]), part.dtype)
    whole[: len(part)] = part
    return whole
