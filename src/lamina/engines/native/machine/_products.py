"""Products of matrices in machine code: a call of BLAS, or a plain loop where the call would cost more."""

from typing import Any

from .._emit import TYPES
from .._products import cut_of, rows_a_piece
from ._blas import AS_IS, ROW_MAJOR, TRANSPOSED, product
from ._code import Array, Value

TINY = 4096  # multiplications up to which a loop is faster than a call


def can_multiply(a: Array, b: Array, out: Array) -> bool:
    """Whether the product can be written: matrices or stacks of them that BLAS can read where they lie."""
    if a.dtype.name not in ("float32", "float64"):
        return False
    if _is_tiny(a, out):
        return True
    return product(a.dtype.name) is not None and all(_order(x) is not None for x in (a, b, out))


def _is_tiny(a: Array, out: Array) -> bool:
    return a.shape[-1] * out.shape[-2] * out.shape[-1] <= TINY


def _order(x: Array) -> tuple[int, int] | None:
    """How BLAS reads the matrices of a stack, and the distance of their lines in elements."""
    (rows, columns), (row, column), step = x.shape[-2:], x.strides[-2:], x.dtype.itemsize
    if (column == step or columns == 1) and row % step == 0 and (row >= columns * step or rows == 1):
        return AS_IS, max(row // step, columns)
    if (row == step or rows == 1) and column % step == 0 and column >= rows * step:
        return TRANSPOSED, max(column // step, rows)
    return None


def multiply(f: Any, a: Array, b: Array, out: Array, adds: bool) -> None:
    """out = a @ b, or out += a @ b, matrix by matrix where the operands are stacks."""
    lead = out.shape[:-2]
    stacks = [_stack(x, lead) for x in (a, b, out)]
    with f.loops(lead, independent=False) as i:
        first, second, result = (
            x._replace(pointer=f.address(x, i), shape=x.shape[-2:], strides=x.strides[-2:]) for x in stacks
        )
        if _is_tiny(a, out):
            _loops(f, first, second, result, adds)
        else:
            _calls(f, first, second, result, adds)


def multiply_pieces(f: Any, a: Array, b: Array, out: Array, start: Value, stop: Value) -> None:
    """Of a product of two matrices the pieces from `start` to `stop`; the last one may be smaller."""
    axis, size = cut_of(a.shape[0], a.shape[1], b.shape[1], f.shared)
    for first, n in f.spans(out.shape[axis], size, (start, stop)):
        left, right = (a, f.part(b, 1, first, n)) if axis else (f.part(a, 0, first, n), b)
        multiply(f, left, right, f.part(out, axis, first, n), adds=False)


def _stack(x: Array, lead: tuple[int, ...]) -> Array:
    missing = len(lead) + 2 - len(x.shape)
    strides = (0,) * missing + tuple(0 if n == 1 else s for n, s in zip(x.shape[:-2], x.strides[:-2]))
    return x._replace(shape=lead + x.shape[-2:], strides=strides + x.strides[-2:])


def _calls(f: Any, a: Array, b: Array, out: Array, adds: bool) -> None:
    (rows, inner), order = a.shape, _order(b)
    is_transposed = order is not None and order[0] == TRANSPOSED
    for start, n in f.spans(rows, rows_a_piece(rows, inner, b.shape[1], is_transposed)):
        _call(f, f.part(a, 0, start, n), b, f.part(out, 0, start, n), adds)


def _call(f: Any, a: Array, b: Array, out: Array, adds: bool) -> None:
    found = product(a.dtype.name)
    assert found is not None
    symbol, whole = found
    real = TYPES[a.dtype.name]
    (how_a, lda), (how_b, ldb), (how, ldc) = (_order(x) or (0, 0) for x in (a, b, out))
    rows, inner, columns = a.shape[0], a.shape[1], b.shape[1]
    if how == TRANSPOSED:  # out.T = b.T @ a.T
        a, b, lda, ldb, rows, columns = b, a, ldb, lda, columns, rows
        how_a, how_b = _other(how_b), _other(how_a)
    f.declare(f"declare void @{symbol}(i32, i32, i32, {whole}, {whole}, {whole}, {real}, ptr, {whole}, ptr, {whole}, "
              f"{real}, ptr, {whole})")  # fmt: skip
    one, share = f.number(1, a.dtype).text, f.number(int(adds), a.dtype).text
    f.write(
        f"call void @{symbol}(i32 {ROW_MAJOR}, i32 {how_a}, i32 {how_b}, {whole} {rows}, {whole} {columns}, "
        f"{whole} {inner}, {real} {one}, ptr {a.pointer}, {whole} {lda}, ptr {b.pointer}, {whole} {ldb}, "
        f"{real} {share}, ptr {out.pointer}, {whole} {ldc})"
    )


def _other(how: int) -> int:
    return AS_IS if how == TRANSPOSED else TRANSPOSED


def _loops(f: Any, a: Array, b: Array, out: Array, adds: bool) -> None:
    """Row by row: out[i] += a[i, k] b[k]."""
    zero = f.number(0, out.dtype)
    with f.loop(out.shape[0]) as i:
        if not adds:
            with f.loop(out.shape[1], independent=True) as j:
                f.store(zero, out, (i, j))
        with f.loop(a.shape[1]) as k:
            factor = f.load(a, (i, k))
            with f.loop(out.shape[1], independent=True) as j:
                _add_to(f, out, (i, j), factor, f.load(b, (k, j)))


def _add_to(f: Any, out: Array, place: tuple[Value, ...], a: Value, b: Value) -> None:
    f.store(f.multiply_add(a, b, f.load(out, place)), out, place)
