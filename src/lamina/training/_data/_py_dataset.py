"""`PyDataset`: batches made by Python code, by several threads or processes if wanted."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from lamina._public import public
from lamina.data._ahead import in_order


@public("utils.PyDataset", "utils.Sequence")
class PyDataset:
    """Base of data sets written in Python. Subclasses define `__getitem__(index)`, which gives the batch of that index,
    and `__len__` (or `num_batches`); `on_epoch_end` may change the data between epochs.

    Args:
        workers: how many threads or processes prepare batches ahead; 1 prepares them one by one.
        use_multiprocessing: whether the workers are processes; the data set must then be picklable.
        max_queue_size: how many batches are prepared ahead.
    Example:
        >>> class Squares(utils.PyDataset):
        ...     def __len__(self):
        ...         return 3
        ...     def __getitem__(self, i):
        ...         x = np.full((4, 1), i)
        ...         return x, x**2
        >>> Squares()[2][1].shape
        (4, 1)
    """

    workers: int
    use_multiprocessing: bool
    max_queue_size: int

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10):
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    @property
    def num_batches(self) -> int | None:
        """Batches in an epoch; None for no end."""
        try:
            return len(self)
        except (TypeError, NotImplementedError):
            return None

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(index).")

    def on_epoch_begin(self) -> None:
        """Called before each epoch."""

    def on_epoch_end(self) -> None:
        """Called after each epoch."""


def batches(dataset: PyDataset, order: list[int] | Iterator[int]) -> Iterator[Any]:
    """The batches in that order, prepared ahead by the data set's workers, in order whoever is ready first."""
    workers = getattr(dataset, "workers", 1)
    if workers <= 1 and not getattr(dataset, "use_multiprocessing", False):
        for i in order:
            yield dataset[i]
        return
    with _pool(dataset, workers) as pool:
        fetch = _fetch if getattr(dataset, "use_multiprocessing", False) else dataset.__getitem__
        yield from in_order(pool.submit, fetch, iter(order), max(getattr(dataset, "max_queue_size", 10), workers))


_dataset: Any = None  # the data set of a worker process


def _start_worker(dataset: Any) -> None:
    global _dataset
    _dataset = dataset


def _fetch(index: int) -> Any:
    return _dataset[index]


def _pool(dataset: PyDataset, workers: int) -> Any:
    if not getattr(dataset, "use_multiprocessing", False):
        return ThreadPoolExecutor(workers, thread_name_prefix="lamina-data")
    # spawn: a fork of a process with threads (BLAS has some) may hang.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max(workers, 1), mp_context=context, initializer=_start_worker, initargs=(dataset,))
