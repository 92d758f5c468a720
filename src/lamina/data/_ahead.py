"""Work ahead of who needs it: in one thread, or in several in order. Threads end when the iterator is dropped."""

import itertools
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

QUICK_S = 1e-4


def workers_for(calls: int | None) -> int:
    """How many threads: as many as said, and for AUTOTUNE (-1) one more than there are cores, at most 16."""
    return min((os.cpu_count() or 1) + 1, 16) if calls == -1 else max(int(calls or 1), 1)


def prefetch(source: Iterable[Any], depth: int = 2) -> Iterator[Any]:
    """The items of `source`, fetched by a thread that stays `depth` ahead; its exceptions are raised here."""
    ready: queue.Queue = queue.Queue(maxsize=depth)
    stop = threading.Event()
    end = object()

    def put(item: Any) -> bool:
        while not stop.is_set():
            try:
                ready.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        try:
            for item in source:
                if not put((item, None)):
                    return
            put((end, None))
        except BaseException as error:
            put((end, error))

    thread = threading.Thread(target=work, name="lamina-prefetch", daemon=True)
    thread.start()
    is_interrupted = False
    try:
        while True:
            item, error = ready.get()
            if error is not None:
                raise error
            if item is end:
                return
            yield item
    except BaseException as error:
        # On Ctrl-C nobody waits for an item that may be long in coming.
        is_interrupted = isinstance(error, KeyboardInterrupt) or isinstance(error.__context__, KeyboardInterrupt)
        raise
    finally:
        stop.set()
        if thread is not threading.current_thread() and not is_interrupted:
            thread.join(timeout=5)


def in_order(
    submit: Callable[..., Any], function: Callable[..., Any], items: Iterator[Any], depth: int
) -> Iterator[Any]:
    """`function` of the items, at most `depth` of them submitted ahead, in order whoever is ready first."""
    waiting: deque[Future] = deque()
    try:
        for item in items:
            waiting.append(submit(function, item))
            if len(waiting) >= depth:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def map_ahead(function: Callable[..., Any], items: Iterator[Any], workers: int) -> Iterator[Any]:
    """`function` of the items by so many threads, which stay twice their number ahead."""
    pool = ThreadPoolExecutor(workers, thread_name_prefix="lamina-data")
    try:
        yield from in_order(pool.submit, function, items, 2 * workers)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def map_as_fits(function: Callable[..., Any], items: Iterator[Any], workers: int) -> Iterator[Any]:
    """`function` of the items: by threads, unless it is so quick that handing an item over would take longer."""
    quickest = float("inf")
    for item in itertools.islice(items, 3):
        start = time.perf_counter()
        found = function(item)
        quickest = min(quickest, time.perf_counter() - start)
        yield found
    yield from map(function, items) if quickest < QUICK_S else map_ahead(function, items, workers)
