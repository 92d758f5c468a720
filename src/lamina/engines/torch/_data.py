"""Data of the user on the device."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from lamina import tree

from ._tensors import DEVICE, from_host, tensor

_SHARE = 0.5  # of the free memory of a device that data may take
_AHEAD = 2  # batches on their way to the device


def resident(x: Any) -> Any:
    """An array where compiled steps gather from; on the CPU over the user's own memory."""
    x = from_host(x) if isinstance(x, np.ndarray) else tensor(x)
    return x.contiguous() if isinstance(x, torch.Tensor) else x


def can_hold(arrays: Sequence[Any]) -> bool:
    """Whether the device has room for these arrays."""
    if DEVICE.type != "cuda":
        return True
    free, _ = torch.cuda.mem_get_info(DEVICE)
    return sum(int(a.nbytes) for a in arrays if a is not None) < _SHARE * free


def prefetch(batches: Iterable[Any]) -> Iterator[Any]:
    """The batches of an iterator, on their way to the device before they are asked for."""
    if DEVICE.type != "cuda":
        yield from batches
        return
    waiting: deque[Any] = deque()
    for batch in batches:
        waiting.append(tree.map_structure(_sent, batch))
        if len(waiting) > _AHEAD:
            yield waiting.popleft()
    yield from waiting


def _sent(x: Any) -> Any:
    if not isinstance(x, np.ndarray) or x.dtype.kind not in "biuf":
        return x
    return torch.from_numpy(np.ascontiguousarray(x)).pin_memory().to(DEVICE, non_blocking=True)
