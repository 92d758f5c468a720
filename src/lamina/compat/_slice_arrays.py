"""`keras.engine.training.slice_arrays`, which was `slice_X` in Keras 1."""

from typing import Any

import numpy as np


def slice_arrays(arrays: Any, start: Any = None, stop: int | None = None) -> Any:
    """The samples from `start` to `stop`, or those at the places `start`, of an array or of each array in a list."""
    if arrays is None:
        return [None]
    chosen = slice(start, stop) if start is None or np.ndim(start) == 0 else np.asarray(start)
    if isinstance(arrays, list):
        return [None if x is None else x[chosen] for x in arrays]
    return arrays[chosen]
