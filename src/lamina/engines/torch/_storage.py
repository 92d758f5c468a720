"""Where variables live: one tensor for life, updated in place."""

from typing import Any

import torch

from ._tensors import DEVICE, eagerly, tensor


def new_storage(value: Any) -> torch.Tensor:
    """A copy of `value` that a variable may own."""
    with eagerly(), torch.no_grad():
        return tensor(value).detach().to(DEVICE).clone(memory_format=torch.contiguous_format)


def storage_view(storage: torch.Tensor) -> torch.Tensor:
    """What readers of a variable get."""
    return storage


def write(storage: torch.Tensor, value: Any) -> None:
    """Copies `value` into a variable's storage."""
    with torch.no_grad():
        storage.copy_(tensor(value))


def shares_storage(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether one of the tensors is a part of the other."""
    return a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()
