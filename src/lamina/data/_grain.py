"""The readers' `format="grain"`: data sets of Grain's library (extra `grain`)."""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina._extras import require
from lamina.variables import make_default_seed

from ._elements import as_element, map_leaves
from ._stacking import stacked


def grain_dataset(
    count: int, element: Callable[[int], Any], batch_size: int | None, shuffle: bool, seed: int | None,
    batch: Callable[[list[Any]], Any] = stacked,
) -> Any:  # fmt: skip
    """Grain's data set of `element(0)`, ..., `element(count - 1)`, batched.

    Args:
        count: how many elements there are.
        element: makes one.
        batch_size: elements a batch, None for no batches.
        shuffle: whether their order is mixed.
        seed: int that fixes the order.
        batch: makes a batch of a list of elements.
    Raises ImportError, naming the extra, where Grain is missing.
    """
    require("grain", "grain", 'format="grain"')
    grain = importlib.import_module("grain")

    found = grain.MapDataset.source(range(count))
    if shuffle:
        found = found.shuffle(seed=make_default_seed() if seed is None else seed)
    found = found.map(lambda index: _plain(element(int(index)))).to_iter_dataset()
    return (
        found if batch_size is None else found.batch(batch_size, batch_fn=lambda parts: _plain(_batched(batch, parts)))
    )


def _batched(batch: Callable[[list[Any]], Any], parts: Any) -> Any:
    return batch([as_element(part) for part in parts])


def _plain(element: Any) -> Any:
    return map_leaves(_plain_leaf, as_element(element))


def _plain_leaf(leaf: Any) -> Any:
    """A plain array; a string for one text."""
    return str(leaf) if leaf.dtype.kind == "U" and not leaf.ndim else np.asarray(leaf)
