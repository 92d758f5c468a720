"""Where variables live: one tensor for life, updated in place."""

from contextlib import nullcontext
from typing import Any

import torch

from ._tensors import DEVICE, eagerly, is_traced, tensor


def new_storage(value: Any) -> torch.Tensor:
    """A copy of `value` that a variable may own."""
    with nullcontext() if is_traced(value) else eagerly(), torch.no_grad():
        return tensor(value).detach().to(DEVICE).clone(memory_format=torch.contiguous_format)


def storage_view(storage: torch.Tensor) -> torch.Tensor:
    """What readers of a variable get."""
    return storage


def apart(x: Any, others: list[Any]) -> Any:
    """`x`, copied if it may lie in the memory of one of the others. What autograd follows is one with its variable."""
    if not isinstance(x, torch.Tensor) or is_traced(x) or x.requires_grad:
        return x
    if any(isinstance(y, torch.Tensor) and not is_traced(y) and shares_storage(x, y) for y in others):
        return x.clone()
    return x


def write(storage: torch.Tensor, value: Any) -> None:
    """Copies `value` into a variable's storage."""
    with torch.no_grad():
        storage.copy_(tensor(value))


def shares_storage(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether one of the tensors is a part of the other."""
    return a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()
