"""Picking by places, and sorting, by NumPy's names."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from ._dtypes import UNSIGNED
from ._shapes import axes_of
from ._tensors import DEVICE, in_int64, is_traced, tensor


def _non_negative(places: torch.Tensor, size: int) -> torch.Tensor:
    places = places if places.dtype in (torch.int32, torch.int64) else places.to(torch.int64)
    return torch.where(places < 0, places + size, places)


def take(x: Any, indices: Any, axis: int | None = None) -> torch.Tensor:
    """Rows of an axis. Raises IndexError for places outside, where they have a value."""
    is_constant = isinstance(indices, (np.ndarray, int, np.integer))
    x, places = tensor(x), indices
    if axis is None:
        x, axis = x.reshape(-1), 0
    if not -x.ndim <= axis < x.ndim:
        raise IndexError(f"axis {axis} of a tensor with {x.ndim} axes")
    axis %= x.ndim
    size = x.shape[axis]
    if is_constant:
        found = np.asarray(indices)
        if found.size and not -size <= found.min() <= found.max() < size:
            raise IndexError(f"places from {found.min()} to {found.max()} on an axis of size {size}")
        places = tensor(np.where(found < 0, found + size, found))
    else:
        places = _non_negative(tensor(indices), size)
        if DEVICE.type == "cpu" and not is_traced(places) and places.numel():
            low, high = (int(v) for v in torch.aminmax(places))
            if low < 0 or high >= size:
                raise IndexError(f"places from {low} to {high} on an axis of size {size}")
    if axis == 0 and x.ndim == 2 and x.is_floating_point():
        return F.embedding(places, x)
    flat = in_int64(lambda values: torch.index_select(values, axis, places.reshape(-1)), x)
    return flat.reshape((*x.shape[:axis], *places.shape, *x.shape[axis + 1 :]))


def take_along_axis(x: Any, indices: Any, axis: int | None = -1) -> torch.Tensor:
    """Raises IndexError for places outside, where they have a value."""
    x, places = tensor(x), tensor(indices)
    places = _non_negative(places, x.shape[axis] if axis is not None else x.numel()).to(torch.int64)
    try:
        return in_int64(lambda values: torch.take_along_dim(values, places, axis), x)
    except RuntimeError as error:
        if "out of bounds" in str(error):
            raise IndexError(str(error)) from None
        raise


def sort(x: Any, axis: int | None = -1) -> torch.Tensor:
    x = tensor(x)
    x, axis = (x.reshape(-1), 0) if axis is None else (x, axis)
    axes_of(axis, x.ndim)
    return in_int64(lambda values: torch.sort(values, axis).values, x)


def argsort(x: Any, axis: int = -1, stable: bool = True) -> torch.Tensor:
    x = tensor(x)
    axes_of(axis, x.ndim)
    return torch.argsort(x.to(torch.int64) if x.dtype in UNSIGNED else x, dim=axis, stable=True)
