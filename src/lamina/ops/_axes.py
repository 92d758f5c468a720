"""Which axes are meant: counted from the start, and refused where the tensor has none such."""

from typing import Any

import numpy as np


def one_axis(axis: Any, x: Any, where: str) -> int:
    """The axis counted from the start. Raises ValueError if `x` has no such axis."""
    rank = len(x.shape)
    if not -rank <= axis < rank:
        raise ValueError(f"{where}: axis {axis} is out of range for shape {tuple(x.shape)}.")
    return int(axis) % rank


def all_axes(axis: Any, x: Any, where: str) -> tuple[int, ...]:
    """The axes of an int, several, or None (all), as a tuple. Raises ValueError for one that `x` does not have."""
    if axis is None:
        return tuple(range(len(x.shape)))
    axes = (axis,) if isinstance(axis, (int, np.integer)) else axis
    return tuple(one_axis(a, x, where) for a in axes)
