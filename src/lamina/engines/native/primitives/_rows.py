"""Arithmetic of a long array with a short row: NumPy's inner loop runs over the last axis alone, and a short one costs
several times as much, so a plan repeats the row."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from .._graph import Node, Spec
from .._primitive import Bound

WIDE = 1024  # elements that a row of numbers is repeated to


def _repeats(a: Any, b: Any) -> int:
    """How often to repeat a short row that broadcasts over a long array, or 0 where that gains nothing."""
    long, row = (a, b) if len(a.shape) >= len(b.shape) else (b, a)
    n = row.shape[-1] if row.shape else 1
    if not 1 < n <= WIDE // 4 or math.prod(row.shape) != n or long.shape[-1] != n or math.prod(long.shape) < 1 << 14:
        return 0
    rows = math.prod(long.shape) // n
    return max((k for k in range(4, WIDE // n + 1) if rows % k == 0), default=0)


def _workspace(a: Any, b: Any) -> Sequence[Spec]:
    count = _repeats(a, b)
    return (Spec((count * min(a.shape[-1], b.shape[-1]),), a.dtype),) if count else ()


def _bind(ufunc: np.ufunc, inputs: Any, outputs: Any, work: Any) -> Callable[[], Any]:
    (a, b), (out,) = inputs, outputs
    first = len(a.shape) >= len(b.shape)
    long, row = (a, b) if first else (b, a)
    if not long.flags.c_contiguous:
        return lambda: ufunc(a, b, out=out)
    (wide,) = work
    repeats, rows, target = wide.reshape(-1, row.size), long.reshape(-1, wide.size), out.reshape(-1, wide.size)
    row = row.reshape(-1)
    operands = (rows, wide) if first else (wide, rows)

    def run() -> None:
        np.copyto(repeats, row)
        ufunc(*operands, target)

    return run


def rows_repeated(ufunc: np.ufunc) -> dict[str, Any]:
    """The forms of a plan for an arithmetic ufunc of two operands: of array and row bound, else one line."""

    def line(node: Node, ins: list[str], outs: list[str]) -> str:
        return f"np.{ufunc.__name__}({ins[0]}, {ins[1]}, out={outs[0]})"

    bound = Bound(
        bind=partial(_bind, ufunc),
        workspace=_workspace,
        takes_views=True,
        worth=lambda node: _repeats(*node.inputs) > 0,
    )
    return {"source": line, "bound": bound}
