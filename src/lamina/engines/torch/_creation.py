"""Tensors from shapes and values, by NumPy's names."""

from typing import Any

import numpy as np
import torch

from ._dtypes import UNSIGNED, torch_dtype
from ._tensors import DEVICE, tensor


def _size(shape: Any) -> tuple[int, ...]:
    return (int(shape),) if isinstance(shape, (int, np.integer)) else tuple(int(n) for n in shape)


def zeros(shape: Any, dtype: Any = "float32") -> torch.Tensor:
    return torch.zeros(_size(shape), dtype=torch_dtype(dtype), device=DEVICE)


def ones(shape: Any, dtype: Any = "float32") -> torch.Tensor:
    return torch.ones(_size(shape), dtype=torch_dtype(dtype), device=DEVICE)


def full(shape: Any, value: Any, dtype: Any = None) -> torch.Tensor:
    if isinstance(value, torch.Tensor):
        return torch.broadcast_to(value.to(torch_dtype(dtype or value.dtype)), _size(shape))
    return torch.full(_size(shape), value, dtype=None if dtype is None else torch_dtype(dtype), device=DEVICE)


def zeros_like(x: Any, dtype: Any = None) -> torch.Tensor:
    return torch.zeros_like(tensor(x), dtype=None if dtype is None else torch_dtype(dtype))


def ones_like(x: Any, dtype: Any = None) -> torch.Tensor:
    return torch.ones_like(tensor(x), dtype=None if dtype is None else torch_dtype(dtype))


def full_like(x: Any, value: Any, dtype: Any = None) -> torch.Tensor:
    x = tensor(x)
    dtype = x.dtype if dtype is None else torch_dtype(dtype)
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return torch.broadcast_to(tensor(value).to(dtype), x.shape)
    if dtype in UNSIGNED:
        return torch.full(x.shape, value, device=x.device).to(dtype)
    return torch.full_like(x, value, dtype=dtype)


def eye(rows: int, columns: int | None = None, k: int = 0, dtype: Any = "float32") -> torch.Tensor:
    return tensor(np.eye(rows, columns, k).astype("float64")).to(torch_dtype(dtype))


def tri(rows: int, columns: int | None = None, k: int = 0, dtype: Any = "float32") -> torch.Tensor:
    return tensor(np.tri(rows, columns, k)).to(torch_dtype(dtype))
