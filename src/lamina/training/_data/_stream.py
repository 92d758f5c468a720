"""Data that comes batch by batch: data sets, loaders, generators, any iterable."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina import tree
from lamina.data._ahead import prefetch

from ._arrays import as_array
from ._position import Position
from ._py_dataset import PyDataset, batches


class StreamData:
    """Batches from a PyDataset, a loader that can be iterated again and again, or a generator that runs once.

    Args:
        source: PyDataset or iterable of batches.
        shuffle: whether a PyDataset with a length is visited in another order each epoch.
        seed: fixes that order, with the number of the epoch.
        weigh: function of a batch that gives it sample weights, or None.
    """

    def __init__(self, source: Any, shuffle: Any = False, seed: int = 0, weigh: Any = None):
        self._weigh = weigh
        self.source = source
        self.shuffle = shuffle
        self.seed = seed
        self.is_dataset = isinstance(source, PyDataset)
        self.restarts = self.is_dataset or iter(source) is not source
        self._running: Iterator[Any] | None = None
        self._position = Position()
        self._first: list[Any] = []
        try:
            self.num_batches: int | None = source.num_batches if self.is_dataset else len(source)
        except TypeError:
            self.num_batches = None

    def peek(self) -> Any:
        """The first batch, which is not lost: a generator gives it again."""
        if self.is_dataset:
            return self._as_batch(self.source[0])
        if self.restarts:
            return self._as_batch(_first(self.source))
        if not self._first:
            self._running = iter(self.source)
            self._first = [_first(self._running)]
            self._running = itertools.chain(self._first, self._running)
        return self._as_batch(self._first[0])

    def batches(self, epoch: int = 0, limit: int | None = None) -> Iterator[Any]:
        """The batches of one epoch as arrays. A generator goes on where the epoch before stopped; so does other data if an
        epoch is `limit` batches of it."""
        if self.is_dataset:
            order = self._order(*self._position.advance(epoch, limit, self.num_batches))
            return (self._as_batch(b) for b in prefetch(batches(self.source, order)))
        if self.restarts and limit is None:
            return (self._as_batch(b) for b in prefetch(iter(self.source)))
        # No thread here: it would take batches from the data that nobody uses.
        return (self._as_batch(b) for b in self._going_on())

    def _going_on(self) -> Iterator[Any]:
        """The rest of the data, or where nothing is left and it can, the data from its beginning."""
        batch = _END if self._running is None else next(self._running, _END)
        if batch is _END and (self._running is None or self.restarts):
            self._running = iter(self.source)
            batch = next(self._running, _END)
        while batch is not _END:
            yield batch
            batch = next(self._running, _END)  # type: ignore[arg-type]

    def _as_batch(self, batch: Any) -> Any:
        batch = _as_batch(batch, self.is_dataset)
        return batch if self._weigh is None else self._weigh(batch)

    def _order(self, number: int, start: int, stop: int | None) -> Any:
        if self.num_batches is None:
            return itertools.count(start)
        places = np.arange(self.num_batches)
        if self.shuffle:
            places = np.random.Generator(np.random.Philox(key=[self.seed, number])).permutation(self.num_batches)
        return places[start:stop].tolist()


_END = object()  # no batch


def _first(source: Any) -> Any:
    for batch in source:
        return batch
    raise ValueError("The data gave no batch at all: it is empty.")


def _as_batch(batch: Any, wraps: bool) -> Any:
    """The batch as arrays. What is neither tuple, list nor dict is x alone; a PyDataset's gets a tuple around it (`wraps`)."""
    parts = batch
    if isinstance(batch, (tuple, list)):
        parts = tuple(batch) if len(batch) <= 3 else (batch,)
    elif wraps and not isinstance(batch, dict):
        parts = (batch,)
    return tree.map_structure(lambda a: None if a is None else as_array(a, "a batch of the data set"), parts)
