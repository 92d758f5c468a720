"""The data that preprocessing layers learn from."""

from collections.abc import Iterator
from typing import Any

import numpy as np


def batches_of(data: Any, steps: int | None = None) -> Iterator[np.ndarray]:
    """The batches of an array, a list of rows or of batches, a PyDataset or another iterable; of pairs only the inputs."""
    if hasattr(data, "to_numpy"):
        data = data.to_numpy()
    if hasattr(data, "__array__") or (isinstance(data, (list, tuple)) and not _holds_batches(data)):
        yield np.asarray(data)
        return
    if hasattr(data, "__getitem__") and hasattr(data, "__len__"):
        entries: Any = (data[i] for i in range(len(data)))
    else:
        entries = iter(data)
    for step, entry in enumerate(entries):
        if steps is not None and step >= steps:
            return
        yield np.asarray(entry[0] if isinstance(entry, tuple) else entry)


def _holds_batches(data: Any) -> bool:
    """Whether a list is one of batches, arrays or pairs of arrays, rather than of rows."""
    first = data[0] if data else None
    first = first[0] if isinstance(first, tuple) and first else first
    return hasattr(first, "__array__") and np.ndim(first) > 0
