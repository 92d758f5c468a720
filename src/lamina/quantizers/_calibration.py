"""What calibration keeps of the inputs of a layer, and the levels of a group of weights."""

from typing import NamedTuple

import numpy as np


class Statistics:
    """Sums over the inputs, `(n, rows)`, that a layer multiplies by its weight, `(rows, columns)`.

    The squared error of the outputs, for an error D of the weight, is the sum of `D · (gram D)`: nothing else of the inputs is
    needed.
    """

    def __init__(self, rows: int):
        self.gram = np.zeros((rows, rows))
        self.magnitude = np.zeros(rows)
        self.count = 0

    def add(self, inputs: np.ndarray) -> None:
        x = np.asarray(inputs, "float64")
        self.gram += x.T @ x
        self.magnitude += np.abs(x).sum(0)
        self.count += len(x)


class Levels(NamedTuple):
    """A weight in levels: `(levels - zero[group_of_row]) * scale[group_of_row]`, divided by `row_scale` if there is one."""

    levels: np.ndarray  # (rows, columns), from 0 on
    scale: np.ndarray  # (groups, columns)
    zero: np.ndarray  # (groups, columns)
    groups: np.ndarray  # (rows,)
    row_scale: np.ndarray | None = None


def grid(least: np.ndarray, largest: np.ndarray, bits: int, symmetric: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Scale and zero point of evenly spaced levels over a range, which is widened to hold zero."""
    least, largest = np.minimum(least, 0), np.maximum(largest, 0)
    if symmetric:
        largest = np.maximum(-least, largest)
        least = -largest
    scale = (largest - least) / (2**bits - 1)
    scale = np.where(scale > 0, scale, 1.0)
    zero = np.full_like(scale, 2 ** (bits - 1)) if symmetric else np.round(-least / scale)
    return scale, zero


def to_levels(weight: np.ndarray, scale: np.ndarray, zero: np.ndarray, bits: int) -> np.ndarray:
    """The nearest levels."""
    return np.clip(np.round(weight / scale) + zero, 0, 2**bits - 1)


def group_starts(rows: int, group_size: int) -> range:
    """The first rows of the groups."""
    return range(0, rows, rows if group_size == -1 else group_size)
