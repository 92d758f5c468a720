"""Which axes are meant: counted from the start, and refused where the tensor has none such."""

from collections.abc import Mapping, Sequence
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


_AXES = ("axis", "axis1", "axis2", "source", "destination", "axes")


def refuse_axis(where: str, arguments: Mapping[str, Any], tensors: Sequence[str], adds_axis: bool) -> None:
    """Raises ValueError if an axis among the arguments of an op is none of its first tensor.

    Args:
        where: name of the op.
        arguments: by name, those that were given.
        tensors: names of those that are tensors; with several of them `axes` means something else.
        adds_axis: whether the result has one axis more, which `axis` may be.
    """
    first = next((arguments[name] for name in tensors if name in arguments), None)
    if isinstance(first, (list, tuple)) and first and hasattr(first[0], "shape"):
        first = first[0]
    shape = getattr(first, "shape", None)
    if shape is None:
        return
    rank = len(shape) + adds_axis
    for name in _AXES[: -1 if len(tensors) > 1 else None]:
        given = arguments.get(name)
        for axis in given if isinstance(given, (list, tuple)) else (given,):
            if isinstance(axis, (int, np.integer)) and not -rank <= axis < rank:
                raise ValueError(f"{where}: {name} {axis} is out of range for shape {tuple(shape)}.") from None
