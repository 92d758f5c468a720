"""`tensorflow.linalg`, as far as old programs use it."""

from typing import Any

import numpy as np

from lamina import ops


def band_part(input: Any, num_lower: int, num_upper: int, name: Any = None) -> Any:
    """The diagonals from `num_lower` below the main one to `num_upper` above it, zeros elsewhere; -1: all on that side."""
    rows, columns = (np.arange(n) for n in input.shape[-2:])
    below = rows[:, None] - columns
    kept = ((num_lower < 0) | (below <= num_lower)) & ((num_upper < 0) | (-below <= num_upper))
    return ops.where(kept, input, ops.zeros_like(input))


def diag(diagonal: Any, name: Any = None) -> Any:
    """Matrices with these diagonals, `(..., n)`."""
    return ops.expand_dims(diagonal, -1) * ops.eye(np.shape(diagonal)[-1], dtype=ops.convert_to_tensor(diagonal).dtype)


def diag_part(input: Any, name: Any = None) -> Any:
    """The main diagonals of matrices `(..., n, m)`."""
    return ops.diagonal(input, axis1=-2, axis2=-1)


def matvec(a: Any, b: Any, name: Any = None) -> Any:
    """Matrices `(..., n, m)` times vectors `(..., m)`."""
    return ops.squeeze(ops.matmul(a, ops.expand_dims(b, -1)), -1)


def matrix_transpose(a: Any, name: Any = None) -> Any:
    """Matrices with their last two axes changed for one another."""
    return ops.swapaxes(a, -1, -2)


def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: Any = None) -> Any:
    """Singular values s and matrices u, v with `u diag(s) v^T`, in this order; the values alone without `compute_uv`."""
    if not compute_uv:
        return ops.svd(tensor, full_matrices, False)
    u, s, vt = ops.svd(tensor, full_matrices, True)
    return s, u, matrix_transpose(vt)


def trace(x: Any, name: Any = None) -> Any:
    """The sums of the main diagonals of matrices `(..., n, n)`."""
    return ops.trace(x, axis1=-2, axis2=-1)


_OWN = (band_part, diag, diag_part, matvec, matrix_transpose, svd, trace)
LINALG: dict[str, Any] = {
    **{f.__name__: f for f in _OWN},
    "inv": ops.inv,
    "det": ops.det,
    "solve": ops.solve,
    "cholesky": ops.cholesky,
    "qr": ops.qr,
    "eigh": ops.eigh,
    "cross": ops.cross,
    "l2_normalize": lambda x, axis=None, epsilon=1e-12, name=None: (
        x * ops.rsqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), epsilon))
    ),
}
