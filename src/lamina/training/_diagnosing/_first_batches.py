"""`FirstBatches`: the first batch of a stream as it came, and whether those after it are the same."""

from typing import Any

import numpy as np

from lamina import tree
from lamina.data._dataset import Dataset

from .._data import ArrayData, StreamData, unpack_x_y_sample_weight

_MOST_COMPARED = 20_000  # numbers of an array
_FEWEST = 4  # batches that tell something
_MOST_CUT = 512  # samples of a batch; more may be all there are
_USUAL = (8, 16, 32, 64)  # sizes of batches; data of so few samples is rarely given batch by batch


class FirstBatches:
    """Looks at the batches of a source as they come, until one differs from the first.

    Args:
        source: of the training.
        held_out: how many samples are for validation.
    """

    def __init__(self, source: Any, held_out: int):
        self._source, self._held_out = source, held_out
        self._check = getattr(source, "_check", None)
        self._batch: Any = None
        self._first: list[np.ndarray] = []
        self._count = 0
        self._is_looking = isinstance(source, StreamData)
        if self._is_looking:
            source._check = self._note

    def _note(self, batch: Any) -> None:
        if self._check is not None:
            self._check(batch)
        if not self._is_looking:
            return
        parts = _parts(batch)
        if self._batch is None:
            self._batch = batch
            # A data set of ours that repeats one batch was told to.
            self._first = parts if _vary(batch) and not isinstance(self._source.source, Dataset) else []
        self._count += 1
        if not self._first or not _are_equal(parts, self._first):
            self.stop()

    def stop(self) -> None:
        """Looks no more."""
        if self._is_looking:
            self._is_looking, self._source._check = False, self._check

    def alike(self, done: int) -> tuple[int, int]:
        """After an epoch of `done` batches, how many have come that are all the same, and of how many samples; 0 where one
        differed, or where they may be meant to be the same."""
        if not self._is_looking or min(done, self._count) < _FEWEST:
            return 0, 0
        rows = len(self._first[0])
        has_length = self._source.num_batches is not None
        is_cut = (has_length and rows <= _MOST_CUT) or rows < self._held_out or rows in _USUAL
        return (self._count, rows) if is_cut else (0, 0)

    def data(self) -> Any:
        """x, y and sample_weight: all, or of the first batch; None if none has come."""
        if isinstance(self._source, ArrayData):
            return unpack_x_y_sample_weight(self._source.data)
        if self._batch is None:
            return None
        weigh = self._source._weigh
        return unpack_x_y_sample_weight(self._batch if weigh is None else weigh(self._batch))


def _parts(batch: Any) -> list[np.ndarray]:
    """Numbers of each array of a batch, spread over it; none where it holds other things."""
    arrays = [a for a in tree.flatten(batch) if a is not None]
    if not all(isinstance(a, np.ndarray) and a.ndim for a in arrays):
        return []
    return [a if a.size <= _MOST_COMPARED else _spread(a) for a in arrays]


def _spread(array: np.ndarray) -> np.ndarray:
    """Of each row some."""
    flat = array.reshape(len(array), -1)
    return flat[:, :: max(1, array.size // _MOST_COMPARED)].copy()


def _are_equal(parts: list[np.ndarray], first: list[np.ndarray]) -> bool:
    return len(parts) == len(first) and all(map(np.array_equal, parts, first))


def _vary(batch: Any) -> bool:
    """Whether the inputs, and the targets if there are, are not the same for all samples: what is, only fills a place."""
    parts = [[a for a in tree.flatten(part) if a is not None] for part in unpack_x_y_sample_weight(batch)[:2]]
    return all(any(len(a) > 1 and not np.all(a == a[:1]) for a in part) for part in parts if part)
