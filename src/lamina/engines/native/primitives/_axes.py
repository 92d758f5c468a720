"""Axes as callers name them, and as rules take them: non-negative ints."""

from typing import Any

import numpy as np

Axes = tuple[int, ...]


def axis_of(axis: Any, ndim: int) -> int:
    """One axis. Raises AxisError (a ValueError) out of range."""
    return np.lib.array_utils.normalize_axis_index(int(axis), ndim)


def axes_of(axes: Any, ndim: int) -> Axes:
    """One or several, in the order given."""
    return tuple(axis_of(i, ndim) for i in (axes if np.iterable(axes) else (axes,)))


def normal_axes(axes: Any, ndim: int) -> Axes:
    """One or several in ascending order, each once; None means all."""
    return tuple(range(ndim)) if axes is None else tuple(sorted(set(axes_of(axes, ndim))))
