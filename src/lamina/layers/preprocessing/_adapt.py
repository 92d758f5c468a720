"""The data that preprocessing layers learn from."""

from collections.abc import Iterator
from typing import Any

import numpy as np


def batches_of(data: Any, steps: int | None = None) -> Iterator[np.ndarray]:
    """The batches of an array, a list, a PyDataset or another iterable; of a pair (inputs, targets) only the inputs."""
    if hasattr(data, "to_numpy"):
        data = data.to_numpy()
    if isinstance(data, (list, tuple)) or hasattr(data, "__array__"):
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
