"""Diagonals and triangles of matrices."""

from typing import Any

import numpy as np

from lamina._typing import Tensor, TensorLike

from ._axes import all_axes
from ._backend import xp
from ._convert import tensor, to
from ._dtypes import dtype_name
from ._op import op
from ._symbolic import KerasTensor, infer_spec


def _diagonal_spec(call: Any, x: KerasTensor, offset: int = 0, axis1: int = 0, axis2: int = 1) -> KerasTensor:
    """A diagonal ends where the shorter side does: it is unknown if one is."""
    planes = all_axes((axis1, axis2), x, "diagonal") if x.ndim > 1 else ()
    if not any(x.shape[axis] is None for axis in planes):
        return infer_spec(call, x)
    return KerasTensor((*(n for i, n in enumerate(x.shape) if i not in planes), None), x.dtype)


def _diag_spec(call: Any, x: KerasTensor, k: int = 0) -> KerasTensor:
    return _diagonal_spec(call, x, k) if x.ndim == 2 else infer_spec(call, x)


@op("numpy", tensors="x", spec=_diag_spec)
def diag(x: TensorLike, k: int = 0) -> Tensor:
    """A matrix with `x` on a diagonal, or the diagonal of a matrix.

    Args:
        x: `(n,)` or `(n, m)`.
        k: which diagonal, above the main one positive.

    Returns: `(n + |k|, n + |k|)`, or the diagonal.

    Example:
        >>> ops.diag([1.0, 2.0])
        Tensor([[1., 0.],
                [0., 2.]], dtype=float32)
    """
    x = tensor(x)
    if x.ndim == 2:
        return diagonal(x, k)
    if x.ndim != 1:
        raise ValueError(f"diag: x must have one or two axes; got shape {tuple(x.shape)}.")
    n = x.shape[0] + abs(k)
    # Row i of the matrix holds element i, or i + k below the main diagonal.
    rows = xp.pad(x, ((max(-k, 0), max(k, 0)),), mode="constant", constant_values=0)
    return _triangle(xp.broadcast_to(xp.expand_dims(rows, -1), (n, n)), np.eye(n, k=k, dtype=bool))


@op("numpy", tensors="x")
def diagflat(x: TensorLike, k: int = 0) -> Tensor:
    """A matrix with the elements of `x` on a diagonal.

    Args:
        x: tensor of any shape.
        k: which diagonal.
    """
    return diag(xp.reshape(tensor(x), (-1,)), k)


@op("numpy", tensors="x", spec=_diagonal_spec)
def diagonal(x: TensorLike, offset: TensorLike = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The diagonals in the planes of two axes.

    Args:
        x: tensor with two axes or more.
        offset: which diagonal, above the main one positive.
        axis1, axis2: the axes of the planes.

    Returns: the other axes, then the diagonal.

    Example:
        >>> ops.diagonal([[1.0, 2.0], [3.0, 4.0]])
        Tensor([1., 4.], dtype=float32)
    """
    x = tensor(x)
    if x.ndim < 2:
        raise ValueError(f"diagonal: expected at least two axes; got shape {tuple(x.shape)}.")
    axis1, axis2 = all_axes((axis1, axis2), x, "diagonal")
    rest = [a for a in range(x.ndim) if a not in (axis1, axis2)]
    x = xp.transpose(x, (*rest, axis1, axis2))
    rows, columns = x.shape[-2:]
    length = max(min(rows - max(-offset, 0), columns - max(offset, 0)), 0)
    places = np.arange(length)
    flat = (places + max(-offset, 0)) * columns + places + max(offset, 0)
    return xp.take(xp.reshape(x, (*x.shape[:-2], rows * columns)), flat, axis=-1)


def _triangle(x: Any, keep: np.ndarray) -> Any:
    return xp.where(keep, x, xp.zeros_like(x))


@op("numpy", tensors="x")
def tril(x: TensorLike, k: int = 0) -> Tensor:
    """`x` with the elements above the `k`-th diagonal set to zero.

    Args:
        x: `(..., n, m)`.
        k: int.
    Example:
        >>> ops.tril([[1.0, 2.0], [3.0, 4.0]])
        Tensor([[1., 0.],
                [3., 4.]], dtype=float32)
    """
    x = tensor(x)
    return _triangle(x, np.tri(*x.shape[-2:], k=k, dtype=bool))


@op("numpy", tensors="x")
def triu(x: TensorLike, k: int = 0) -> Tensor:
    """`x` with the elements below the `k`-th diagonal set to zero.

    Args:
        x: `(..., n, m)`.
        k: int.
    Example:
        >>> ops.triu([[1.0, 2.0], [3.0, 4.0]])
        Tensor([[1., 2.],
                [0., 4.]], dtype=float32)
    """
    x = tensor(x)
    return _triangle(x, ~np.tri(*x.shape[-2:], k=k - 1, dtype=bool))


@op("numpy", tensors="x")
def trace(x: TensorLike, offset: TensorLike = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """Sum along the diagonals in the planes of two axes.

    Args:
        x: tensor with two axes or more.
        offset: which diagonal.
        axis1, axis2: the axes of the planes.

    Returns: `x` without the two axes; at least 32 bits wide for integers.

    Example:
        >>> ops.trace([[1.0, 2.0], [3.0, 4.0]])
        Tensor(5., dtype=float32)
    """
    line = diagonal(x, offset, axis1, axis2)
    name = dtype_name(line)
    line = to(
        line,
        {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}.get(name, name),
    )
    return xp.sum(line, axis=-1, dtype=line.dtype)
