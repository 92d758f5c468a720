"""Data that comes batch by batch: data sets, loaders, generators, any iterable."""

import itertools
import warnings
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np

from lamina import tree
from lamina.data._ahead import prefetch
from lamina.data._dataset import Dataset
from lamina.data._streams import get_streams, set_streams

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
        check: function of a batch that raises if it does not fit, or None.
    """

    def __init__(self, source: Any, shuffle: Any = False, seed: int = 0, weigh: Any = None, check: Any = None):
        self._weigh = weigh
        self._check = check
        self.source = source
        self.shuffle = shuffle
        self.seed = seed
        self.is_dataset = isinstance(source, PyDataset)
        self.restarts = self.is_dataset or iter(source) is not source
        self._running: Iterator[Any] | None = None
        self._position = Position()
        self._first: list[Any] = []
        self._peeked: Any = None
        self._taken = 0  # batches of the iterator at work
        self._epochs = 0  # that have ended
        self._streams: list[Any] = []  # of the data when the iterator at work was made
        self._has_warned = False
        try:
            self.num_batches: int | None = source.num_batches if self.is_dataset else len(source)
        except TypeError:
            self.num_batches = None

    def peek(self) -> Any:
        """The first batch, which is not lost: a generator gives it again. Data that may come in another order each time is
        asked but once until the batches are run through."""
        if self._peeked is None and (self.is_dataset or self.restarts):
            self._peeked = self.source[0] if self.is_dataset else _first(self.source)
        if self._peeked is not None:
            return self._as_batch(self._peeked)
        if not self._first:
            self._running = iter(self.source)
            self._first = [_first(self._running)]
            self._running = itertools.chain(self._first, self._running)
        return self._as_batch(self._first[0])

    def batches(self, epoch: int = 0, limit: int | None = None, first: int = 0) -> Iterator[Any]:
        """The batches of one epoch as arrays, from number `first` on. A generator goes on where the epoch before stopped; so
        does other data if an epoch is `limit` batches of it."""
        self._peeked = None
        if self.is_dataset:
            number, start, stop = self._position.advance(epoch, limit, self.num_batches)
            order = self._order(number, start + first, stop)
            return self._as_batches(prefetch(batches(self.source, order)))
        if self.restarts and limit is None:
            found = prefetch(iter(self.source))
            self._skip(found, first)
            return self._as_batches(found)
        found = self._going_on()  # No thread here: it would take batches from the data that nobody uses.
        self._skip(found, first)
        return (self._as_batch(b) for b in found)

    def _as_batches(self, found: Any) -> Iterator[Any]:
        """All of them. What fetches them ends with this: if it were dropped, Python would print a Ctrl-C meanwhile."""
        with closing(found):
            for batch in found:
                yield self._as_batch(batch)

    def _skip(self, batches: Iterator[Any], count: int) -> None:
        """Reads over batches that a run before this one has used."""
        if count and not isinstance(self.source, Dataset) and not self._has_warned:
            self._has_warned = True
            warnings.warn(
                "Training goes on in the middle of data that can only be read from its beginning: the batches used before "
                "are read and left out. They must be the same as then.",
                UserWarning,
                stacklevel=2,
            )
        for _ in itertools.islice(batches, count):
            pass

    def _going_on(self) -> Iterator[Any]:
        """The rest of the data, or where nothing is left and it can, the data from its beginning."""
        batch = _END if self._running is None else next(self._running, _END)
        if batch is _END and (self._running is None or self.restarts):
            self._streams, self._taken = get_streams(self.source), 0
            self._running = iter(self.source)
            batch = next(self._running, _END)
        while batch is not _END:
            self._taken += 1
            yield batch
            batch = next(self._running, _END)  # type: ignore[arg-type]

    def begin_epoch(self) -> None:
        """Tells a PyDataset that an epoch begins."""
        if self.is_dataset:
            self.source.on_epoch_begin()

    def end_epoch(self) -> None:
        """Tells a PyDataset that the epoch has ended."""
        self._epochs += 1
        if self.is_dataset:
            self.source.on_epoch_end()

    def get_state(self) -> dict[str, Any]:
        """What the batches to come depend on, besides the source itself."""
        own = getattr(self.source, "get_state", None) if self.is_dataset else None
        return {
            "seed": self.seed,
            "position": self._position.get_state(),
            "streams": get_streams(self.source) if self._running is None else self._streams,
            "taken": self._taken,
            "epochs": self._epochs,
            "own": None if own is None else own(),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes to where the batches are that were to come. A PyDataset without `set_state` is told of the epochs that have
        ended, one after the other; of an iterator what was used is read again."""
        self.seed = state["seed"]
        self._position.set_state(state["position"])
        self._epochs = state["epochs"]
        set_streams(self.source, state["streams"])
        if self.is_dataset and state["own"] is not None:
            self.source.set_state(state["own"])
        elif self.is_dataset:
            for _ in range(self._epochs):
                self.source.on_epoch_begin()
                self.source.on_epoch_end()
        if state["taken"]:
            self._skip(self._going_on(), state["taken"])

    def _as_batch(self, batch: Any) -> Any:
        batch = _as_batch(batch, self.is_dataset)
        if self._check is not None:
            self._check(batch)
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
