"""Diagonals, triangles and powers."""

from typing import Any

import numpy as np

from .._dispatch import implements
from .._operands import to_array


@implements(np.diagonal, np.linalg.diagonal)
def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    x = np.moveaxis(to_array(a), (axis1, axis2), (-2, -1))
    rows, columns = x.shape[-2:]
    size = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    i = np.arange(size)
    flat = np.reshape(x, (*x.shape[:-2], rows * columns))
    return np.take(flat, (i - min(offset, 0)) * columns + i + max(offset, 0), axis=-1)


@implements(np.diag)
def _diag(v: Any, k: int = 0) -> Any:
    x = to_array(v)
    if len(x.shape) == 2:
        return np.diagonal(x, k)
    n = x.shape[0] + abs(k)
    return np.expand_dims(_shifted(x, k, n), 1) * np.eye(n, k=k, dtype=x.dtype)


def _shifted(x: Any, k: int, n: int) -> Any:
    return np.pad(x, (max(-k, 0), n - x.shape[0] - max(-k, 0)))


implements(np.diagflat)(lambda v, k=0: np.diag(np.reshape(v, -1), k))


@implements(np.trace, np.linalg.trace)
def _trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: None = None) -> Any:
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1)


implements(np.tril)(lambda m, k=0: np.where(np.tri(*m.shape[-2:], k=k, dtype=bool), m, 0))
implements(np.triu)(lambda m, k=0: np.where(np.tri(*m.shape[-2:], k=k - 1, dtype=bool), 0, m))


@implements(np.vander)
def _vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    n = x.shape[0] if N is None else N
    powers = np.arange(n) if increasing else np.arange(n)[::-1]
    return np.power(np.expand_dims(x, -1), powers.astype(x.dtype))
