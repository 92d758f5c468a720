"""Batches on their way to the device."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import jax
import numpy as np

from lamina import tree


def prefetch(batches: Iterable[Any], ahead: int = 2) -> Iterator[Any]:
    """The batches as tensors, `ahead` of them already under way to the device while one is used. On a CPU there is no way to go:
    each is copied, if at all, when its turn comes, so that it is still in the caches."""
    ahead = 0 if jax.default_backend() == "cpu" else ahead
    waiting: deque[Any] = deque()
    source = iter(batches)
    try:
        for batch in source:
            waiting.append(tree.map_structure(_put, batch))
            if len(waiting) > ahead:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        if hasattr(source, "close"):
            source.close()


def resident(x: Any) -> Any:
    """An array of the user's on the device."""
    return _put(x)


def can_hold(arrays: Sequence[Any]) -> bool:
    """Whether the arrays may all lie on the device: not those on disk, nor more than half of the device's memory."""
    if any(isinstance(a, np.memmap) for a in arrays):
        return False
    limit = (jax.local_devices()[0].memory_stats() or {}).get("bytes_limit")
    return limit is None or sum(a.nbytes for a in arrays) < limit / 2


def _put(x: Any) -> Any:
    if isinstance(x, jax.Array) or x is None or getattr(getattr(x, "dtype", None), "kind", "O") in "USO":
        return x
    return jax.device_put(x)
