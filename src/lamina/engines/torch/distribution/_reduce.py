"""Sums over the processes, as an operator that stands in traced graphs."""

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import distributed

from .._part import local
from .._tensors import recordings

_library = torch.library.Library("lamina", "FRAGMENT")
_library.define("sum_over_processes(Tensor x) -> Tensor")


def _sum(x: torch.Tensor) -> torch.Tensor:
    total = x.clone()
    if not recordings:  # the others may record nothing at this step
        distributed.all_reduce(total)
    return total


_library.impl("sum_over_processes", _sum, "CompositeExplicitAutograd")
_library.impl("sum_over_processes", torch.empty_like, "Meta")
sum_over_processes: Any = torch.ops.lamina.sum_over_processes


def mean(tensors: list[Any]) -> list[Any]:
    """Means over the parts of a batch (gradients, say), None among them, as means over all of it."""
    part = local.part
    if part is None:
        return tensors
    known = [x * part.weight for x in tensors if x is not None]
    supply = iter(sums(known))
    return [None if x is None else next(supply) for x in tensors]


def sums(tensors: list[torch.Tensor]) -> list[torch.Tensor]:
    """Sums over the processes; those of one dtype are sent together."""
    found: list[Any] = [None] * len(tensors)
    places = sorted(range(len(tensors)), key=lambda i: str(tensors[i].dtype))
    by_dtype: Callable[[int], str] = lambda i: str(tensors[i].dtype)  # noqa: E731
    for _, group in itertools.groupby(places, by_dtype):
        own = list(group)
        flat = torch.cat([tensors[i].reshape(-1) for i in own]) if len(own) > 1 else tensors[own[0]]
        total = sum_over_processes(flat)
        parts = total.split([tensors[i].numel() for i in own]) if len(own) > 1 else [total]
        for i, x in zip(own, parts):
            found[i] = x.reshape(tensors[i].shape)
    return found
