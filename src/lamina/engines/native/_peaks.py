"""What this machine can do: floating-point operations a second in a large product, bytes a second in a large copy."""

import functools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from ._threads import num_threads, set_num_threads

SIDE = 1024  # of the matrices multiplied
COPIED = 1 << 26  # bytes, more than caches hold
LIMIT_S = 0.08  # for each of the two


def peaks(threads: int | None = None) -> tuple[float, float]:
    """FLOP/s of a float32 product of large matrices, and bytes/s read and written by a copy of long arrays.

    Args:
        threads: how many to use; by default as many as plans use.
    """
    threads = threads or num_threads()
    single = _measured(1)
    # More threads are no slower, whatever a machine that is busy with other things says.
    return single if threads == 1 else tuple(map(max, single, _measured(threads)))  # type: ignore[return-value]


@contextmanager
def threads_set_to(threads: int) -> Iterator[None]:
    """Within it, BLAS and the engine use so many threads."""
    before = num_threads()
    set_num_threads(threads)
    try:
        yield
    finally:
        set_num_threads(before)


@functools.cache
def _measured(threads: int) -> tuple[float, float]:
    with threads_set_to(threads):
        return _gemm_peak(), _bandwidth(threads)


def _gemm_peak() -> float:
    a = np.full((SIDE, SIDE), 0.5, np.float32)
    b, out = a.copy(), np.empty_like(a)
    return 2 * SIDE**3 / _best(lambda: np.matmul(a, b, out=out))


def _bandwidth(threads: int) -> float:
    source, target = np.ones(COPIED, np.uint8), np.ones(COPIED, np.uint8)
    step = -(-COPIED // threads)
    parts = [slice(i, i + step) for i in range(0, COPIED, step)]
    with ThreadPoolExecutor(threads) as pool:
        seconds = _best(lambda: list(pool.map(lambda part: np.copyto(target[part], source[part]), parts)))
    return 2 * COPIED / seconds


def _best(call: Callable[[], object]) -> float:
    """The shortest of as many calls as fit into the limit, three at least; the first one warms up."""
    call()
    times: list[float] = []
    end = time.perf_counter() + LIMIT_S
    while len(times) < 3 or (time.perf_counter() < end and len(times) < 30):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)
