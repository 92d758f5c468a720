"""Other shapes of tensors, by NumPy's names."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from ._tensors import in_int64, numpy, tensor


def axes_of(axis: Any, rank: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(rank))
    axes = (axis,) if isinstance(axis, (int, np.integer)) else tuple(axis)
    for a in axes:
        if not -rank <= a < rank:
            raise np.exceptions.AxisError(int(a), rank)
    return tuple(int(a) % rank for a in axes)


def reshape(x: Any, shape: Any) -> torch.Tensor:
    x = tensor(x)
    return x.reshape((shape,) if isinstance(shape, (int, np.integer)) else tuple(int(n) for n in shape))


def ravel(x: Any) -> torch.Tensor:
    return tensor(x).reshape(-1)


def transpose(x: Any, axes: Any = None) -> torch.Tensor:
    x = tensor(x)
    return x.permute(tuple(reversed(range(x.ndim))) if axes is None else tuple(int(a) for a in axes))


def swapaxes(x: Any, a: int, b: int) -> torch.Tensor:
    return torch.swapaxes(tensor(x), a, b)


def moveaxis(x: Any, source: Any, destination: Any) -> torch.Tensor:
    return torch.movedim(tensor(x), source, destination)


def expand_dims(x: Any, axis: Any) -> torch.Tensor:
    x = tensor(x)
    if isinstance(axis, (int, np.integer)):
        if not -x.ndim - 1 <= axis <= x.ndim:
            raise np.exceptions.AxisError(int(axis), x.ndim + 1)
        return x.unsqueeze(int(axis))
    rank = x.ndim + len(axis)
    for a in sorted(a % rank for a in axis):
        x = x.unsqueeze(a)
    return x


def squeeze(x: Any, axis: Any = None) -> torch.Tensor:
    x = tensor(x)
    if axis is None:
        return x.squeeze()
    axes = axes_of(axis, x.ndim)
    if [x.shape[a] for a in axes if x.shape[a] != 1]:
        raise ValueError(f"squeeze: axes {axis} of shape {tuple(x.shape)} do not all have size 1.")
    return x.squeeze(axes)


def broadcast_to(x: Any, shape: Any) -> torch.Tensor:
    return torch.broadcast_to(tensor(x), (shape,) if isinstance(shape, int) else tuple(int(n) for n in shape))


def concatenate(parts: Any, axis: int | None = 0) -> torch.Tensor:
    parts = [tensor(p) for p in parts]
    if axis is None:
        parts, axis = [p.reshape(-1) for p in parts], 0
    axes_of(axis, parts[0].ndim)
    return torch.cat(parts, axis)


def stack(parts: Any, axis: int = 0) -> torch.Tensor:
    return torch.stack([tensor(p) for p in parts], axis)


def flip(x: Any, axis: Any = None) -> torch.Tensor:
    x = tensor(x)
    return in_int64(lambda values: torch.flip(values, axes_of(axis, x.ndim)), x)


def roll(x: Any, shift: Any, axis: Any = None) -> torch.Tensor:
    x = tensor(x)
    if isinstance(axis, (tuple, list)) and isinstance(shift, (int, np.integer)):
        shift = (int(shift),) * len(axis)
    elif isinstance(shift, (tuple, list)) and isinstance(axis, (int, np.integer)):
        axis = (axis,) * len(shift)
    return torch.roll(x, shift, axis)


def repeat(x: Any, repeats: Any, axis: int | None = None) -> torch.Tensor:
    x = tensor(x)
    if axis is None:
        x, axis = x.reshape(-1), 0
    if isinstance(repeats, (int, np.integer)):
        return torch.repeat_interleave(x, int(repeats), axis)
    places = np.repeat(np.arange(x.shape[axis]), np.asarray(repeats))
    return torch.index_select(x, axis, tensor(places))


def tile(x: Any, repeats: Any) -> torch.Tensor:
    return torch.tile(tensor(x), (int(repeats),) if isinstance(repeats, (int, np.integer)) else tuple(repeats))


def pad(x: Any, widths: Any, mode: str = "constant", constant_values: Any = 0) -> torch.Tensor:
    x = tensor(x)
    if mode != "constant":
        return tensor(np.pad(numpy(x), widths, mode=mode))
    if not isinstance(constant_values, (int, float, bool)):
        inside = F.pad(torch.ones_like(x, dtype=torch.bool), _flat_widths(widths))
        return torch.where(inside, F.pad(x, _flat_widths(widths)), tensor(constant_values).to(x.dtype))
    return in_int64(lambda values: F.pad(values, _flat_widths(widths), value=constant_values), x)


def _flat_widths(widths: Any) -> list[int]:
    return [int(n) for pair in reversed(tuple(widths)) for n in pair]
