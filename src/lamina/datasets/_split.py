"""Samples mixed by a seed and cut in two, as Keras's loaders do."""

from typing import Any

import numpy as np


def check_test_split(test_split: Any, where: str) -> None:
    """Raises ValueError unless `0 <= test_split < 1`."""
    if not isinstance(test_split, (int, float)) or not 0 <= test_split < 1:
        raise ValueError(f"{where}: test_split must be a fraction, 0 or above and below 1; got {test_split!r}.")


def mixed(seed: int, *arrays: np.ndarray) -> list[np.ndarray]:
    """The arrays in one random order."""
    order = np.arange(len(arrays[0]))
    np.random.RandomState(seed).shuffle(order)
    return [array[order] for array in arrays]


def cut(x: Any, y: Any, test_split: float) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """(x_train, y_train), (x_test, y_test), the test samples from the end."""
    at = int(len(x) * (1 - test_split))
    return (x[:at], y[:at]), (x[at:], y[at:])
