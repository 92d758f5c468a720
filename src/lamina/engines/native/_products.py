"""Products of matrices: on several threads where they are large, in small pieces where BLAS is faster on those."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np

from lamina._lazy import lazy_module

from ._threads import num_threads, parallel

threadpoolctl = lazy_module("threadpoolctl")

LARGE = 15_000_000  # multiplications from which a product is worth several threads
# OpenBLAS has kernels for products of up to this many multiplications that skip its packing of the operands, on the
# processors named. They reach a sixth more than its large kernels, so a product with few columns is cut to that size.
SMALL = 1_000_000
SMALL_TRANSPOSED = 64 * 64
HAS_SMALL_KERNELS = {"SkylakeX", "Cooperlake", "SapphireRapids"}
FEWEST_ROWS = 16


@cache
def _small_kernels() -> bool:
    """Whether the BLAS of NumPy has them; not measured, so that the same machine always rounds the same way."""
    return any(lib.get("architecture") in HAS_SMALL_KERNELS for lib in threadpoolctl.threadpool_info())


def _goes_in_pieces(rows: int, inner: int, columns: int) -> bool:
    """Whether the product has so few columns that it is cut for the small kernels."""
    return rows * inner * columns > SMALL >= inner * columns * FEWEST_ROWS and _small_kernels()


def rows_a_piece(rows: int, inner: int, columns: int, is_transposed: bool = False) -> int:
    """How many rows are multiplied at a time: all, or as many as the small kernels take. `is_transposed`: the second operand lies
    column by column, of which these kernels take very small ones only."""
    if not _goes_in_pieces(rows, inner, columns) or (is_transposed and inner * columns > SMALL_TRANSPOSED):
        return rows
    least = -(-rows // (SMALL // (inner * columns)))
    return rows // next((n for n in range(least, 2 * least + 1) if rows % n == 0), least)


def goes_over_threads(rows: int, inner: int, columns: int) -> bool:
    """Whether the product of two matrices is shared out among all threads by itself."""
    return rows * inner * columns >= LARGE and not _goes_in_pieces(rows, inner, columns)


class Shared(NamedTuple):
    """When a product is shared out: from how many multiplications on, how many for each number that threads must read (which
    others may hold in their caches), and in blocks of how many rows or columns."""

    least: int
    each: int
    narrowest: int


BY_PYTHON = Shared(LARGE, 0, 128)  # threads are woken for each product
BY_MEETING = Shared(500_000, 5, 32)  # threads that are at work together meet before it


def bind_product(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> Callable[[], Any]:
    """`out = a @ b` for arrays that stay where they are, as a function without arguments.

    `a` is a matrix, `b` and `out` matrices or stacks of them (what else np.matmul takes is left to it).
    """
    rows, inner, columns = a.shape[-2], a.shape[-1], b.shape[-1]
    if a.ndim != 2 or b.ndim > 3 or a.dtype not in (np.float32, np.float64):
        # bfloat16 products are float32
        return partial(np.matmul, a, b, out=out, casting="same_kind")
    if (size := rows_a_piece(rows, inner, columns, b.strides[-1] > b.strides[-2])) < rows:
        return _in_pieces(a, b, out, size)
    if b.ndim == 2 and num_threads() > 1 and goes_over_threads(rows, inner, columns):
        return partial(matmul, a, b, out)
    return partial(np.matmul, a, b, out)


def _in_pieces(a: np.ndarray, b: np.ndarray, out: np.ndarray, size: int) -> Callable[[], None]:
    """Pieces of equal numbers of rows as one stack, and the rows left over."""
    count = len(a) // size
    stacked, result = _stack(a, count, size), _stack(out, count, size)
    factor = b if b.ndim == 2 else b[:, None]
    rest, rest_out = a[count * size :], out[..., count * size :, :]
    if not len(rest):
        return partial(np.matmul, stacked, factor, result)

    def run() -> None:
        np.matmul(stacked, factor, result)
        np.matmul(rest, b, rest_out)

    return run


def _stack(x: np.ndarray, count: int, size: int) -> np.ndarray:
    """A view of the rows as `(..., count, size, columns)`, those left over not included."""
    *lead, row, column = x.strides
    shape = (*x.shape[:-2], count, size, x.shape[-1])
    return np.lib.stride_tricks.as_strided(x, shape, (*lead, size * row, row, column))


def cut_of(rows: int, inner: int, columns: int, how: Shared = BY_PYTHON) -> tuple[int, int]:
    """The axis along which a large product is cut, the longer side of its result, and the size of a block: as many as keep
    threads busy, none much smaller than what BLAS is good at. It does not depend on the threads."""
    side = 0 if rows >= columns else 1
    longer, count = max(rows, columns), 1
    work = rows * inner * columns
    if work < how.each * inner * (rows + columns):
        return side, longer
    while count < 8 and longer >= 2 * count * how.narrowest and work >= (how.least if count == 1 else count * LARGE):
        count *= 2
    return side, -(-longer // count)


def pieces(a: Any, b: Any, how: Shared = BY_PYTHON) -> int:
    """Of how many blocks the product of arrays, or what has their shape, is made."""
    if len(a.shape) != 2 or len(b.shape) != 2:
        return 1
    rows, inner, columns = a.shape[0], a.shape[1], b.shape[1]
    if how is BY_PYTHON and not goes_over_threads(rows, inner, columns):
        return 1
    side, size = cut_of(rows, inner, columns, how)
    return -(-(columns if side else rows) // size)


def matmul(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """A large product, in blocks."""
    side, size = cut_of(a.shape[0], a.shape[1], b.shape[1])
    blocks = [slice(i, i + size) for i in range(0, out.shape[side], size)]

    def run(mine: Sequence[slice]) -> None:
        for block in mine:
            if side == 0:
                np.matmul(a[block], b, out[block])
            else:
                np.matmul(a, b[:, block], out[:, block])

    threads = min(num_threads(), len(blocks))
    parallel(run, [blocks[t::threads] for t in range(threads)])
