"""The axes that a layer normalises over."""

from typing import Any


def read_axes(axis: Any, owner: str) -> list[int]:
    """`axis`, an int or a list of ints, as a list. Raises TypeError for anything else."""
    axes = [axis] if isinstance(axis, int) else axis
    if not isinstance(axes, (list, tuple)) or not all(isinstance(a, int) for a in axes):
        raise TypeError(f"{owner}: axis must be an int or a list of ints; got {axis!r}.")
    return list(axes)


def check_axes(axes: list[int], shape: tuple[Any, ...], owner: str) -> None:
    """Raises ValueError for an axis that a tensor of `shape` does not have."""
    for axis in axes:
        if not -len(shape) <= axis < len(shape):
            raise ValueError(f"{owner}: axis {axis} is outside an input of shape {tuple(shape)}.")
