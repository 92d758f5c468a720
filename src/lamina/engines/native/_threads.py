"""A pool of threads for work that NumPy does without the GIL."""

import os
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lamina._interrupts import Uninterrupted
from lamina._lazy import lazy_module

from ._subnormals import no_subnormals

threadpoolctl = lazy_module("threadpoolctl")


def available_cores() -> int:
    """The cores that this process may use: affinity and cgroup limits respected."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _cgroup_limit() or cores))


def _cgroup_limit() -> int | None:
    """Whole cores granted by cgroup v2 (cpu.max: quota and period in microseconds), None for no limit."""
    try:
        with open("/sys/fs/cgroup/cpu.max") as file:
            quota, period = file.read().split()
        return None if quota == "max" else max(1, int(quota) // int(period))
    except (OSError, ValueError):
        return None


_threads = int(os.environ.get("LAMINA_NUM_THREADS", "0")) or available_cores()


def num_threads() -> int:
    """How many threads plans use."""
    return _threads


def set_num_threads(n: int) -> None:
    """Sets how many threads BLAS uses, and plans made from now on; elementwise results do not depend on it."""
    global _threads
    _threads = n
    threadpoolctl.threadpool_limits(n, user_api="blas")


class _Worker(threading.Thread):
    """Waits for calls and runs them. The queue and the lock are C code: a hand-over costs a few microseconds."""

    def __init__(self) -> None:
        super().__init__(name="lamina-worker", daemon=True)
        self.calls: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.results: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.start()

    def run(self) -> None:
        with np.errstate(all="ignore"), no_subnormals():  # each thread has settings of its own
            while True:
                function, argument = self.calls.get()
                try:
                    function(argument)
                    self.results.put(None)
                except BaseException as error:
                    self.results.put(error)


_workers: list[_Worker] = []
_busy = threading.Lock()
_owner = os.getpid()


def parallel(function: Callable[[Any], None], parts: Sequence[Any]) -> None:
    """Calls `function` on every part, the first in this thread and the others each in one of the pool's."""
    if len(parts) <= 1 or not _used(function, parts):
        for part in parts:
            function(part)


def together(function: Callable[[int, int], None], leave: Callable[[], None], threads: int) -> None:
    """Calls `function(k, n)` on n threads at the same time, where one may wait for another; where the pool is in use, n is 1.

    leave: called if this thread is interrupted, so that the others need not wait for it.
    """
    if threads == 1 or not _used(lambda k: function(k, threads), range(threads), leave):
        function(0, 1)


def _used(function: Callable[[Any], None], parts: Sequence[Any], leave: Callable[[], None] = lambda: None) -> bool:
    """Whether the pool was free, and is used. Ctrl-C between two of its steps would leave calls that nobody waits for, or
    have this thread wait for calls that were never handed over."""
    with Uninterrupted():
        if not _busy.acquire(blocking=False):  # another plan is using the pool
            return False
        try:
            _on_pool(function, parts, leave)
        finally:
            _busy.release()
    return True


def _on_pool(function: Callable[[Any], None], parts: Sequence[Any], leave: Callable[[], None]) -> None:
    global _owner
    if _owner != os.getpid():  # threads do not survive a fork
        _workers.clear()
        _owner = os.getpid()
    while len(_workers) < len(parts) - 1:
        _workers.append(_Worker())
    helpers = _workers[: len(parts) - 1]
    try:
        for worker, part in zip(helpers, parts[1:]):
            worker.calls.put((function, part))
        function(parts[0])
    except BaseException:
        leave()
        raise
    finally:
        errors = _ends_of(helpers)
    for error in errors:
        if error is not None:
            raise error


def _ends_of(helpers: Sequence[_Worker]) -> list[BaseException | None]:
    """Waits until all are done; what each raised. Ctrl-C waits as well, or the next call would take what these left."""
    errors: list[BaseException | None] = []
    interrupts: list[BaseException] = []
    while len(errors) < len(helpers):
        try:
            errors.append(helpers[len(errors)].results.get())
        except KeyboardInterrupt as interrupt:
            interrupts.append(interrupt)
    return [*errors, *interrupts[:1]]


def is_of_numpy(path: str) -> bool:
    """Whether the file of a BLAS came with NumPy; other packages, such as SciPy, bring one of their own."""
    return os.path.realpath(path).startswith(os.path.realpath(os.path.dirname(np.__file__)))


class _Blas:
    """Holds NumPy's BLAS to one thread while the pool's threads call it."""

    def __init__(self) -> None:
        self._libraries: list[Any] | None = None
        self._depth = 0  # how many uses are at work, in any thread
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self._depth += 1
            if self._depth == 1:
                self._set(1)

    def __exit__(self, *_: Any) -> None:
        with self._lock:
            self._depth -= 1
            if self._depth == 0:
                self._set(_threads)

    def _set(self, n: int) -> None:
        if self._libraries is None:
            controller = threadpoolctl.ThreadpoolController()
            self._libraries = [c for c in controller.lib_controllers if c.user_api == "blas"]
        for library in self._libraries:
            library.set_num_threads(n)


# Entered around a whole plan: threads that BLAS starts by itself spin for a while after each product, and would take the
# core from the pool's.
one_blas_thread = _Blas()
TILE_BYTES = 1 << 20  # what a tile's largest arrays may take, so that they stay in the L2 cache


def over_tiles(function: Callable[[int, int], Any], count: int, bytes_each: int) -> list[Any]:
    """Calls `function(start, stop)` on ranges that cover `count` items, on all threads; returns the results in order.

    The ranges depend on `bytes_each`, the memory an item needs, and not on the number of threads, so that sums over the
    results come out the same on any machine.
    """
    size = max(1, min(count, TILE_BYTES // max(bytes_each, 1)))
    tiles = [(start, min(start + size, count)) for start in range(0, count, size)]
    results: list[Any] = [None] * len(tiles)

    def run(numbers: Sequence[int]) -> None:
        for i in numbers:
            results[i] = function(*tiles[i])

    threads = min(_threads, len(tiles))
    # Interleaved, so that a smaller last tile does not leave one thread idle for long.
    shares = [range(t, len(tiles), threads) for t in range(threads)]
    with one_blas_thread, no_subnormals():
        parallel(run, shares)
    return results
