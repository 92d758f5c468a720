"""Decompositions, solutions of linear systems, and norms."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina._typing import Axis, Tensor, TensorLike
from lamina.engines import engine

from ._axes import all_axes
from ._backend import xp
from ._concrete import concrete
from ._convert import floating, promote, tensor, to
from ._dtypes import dtype_name, numpy_dtype, result_type
from ._op import op
from ._products import _diagonal
from ._symbolic import KerasTensor, infer_spec


def _matrix(name: str, x: Any, square: bool = False) -> Any:
    x = floating(x)
    if x.ndim < 2:
        raise ValueError(f"{name}: expected a matrix, at least two axes; got shape {tuple(x.shape)}.")
    if square and x.shape[-1] != x.shape[-2]:
        raise ValueError(f"{name}: expected square matrices on the last two axes; got shape {tuple(x.shape)}.")
    return x


def _matrix_spec(name: str, x: KerasTensor, square: bool = False) -> None:
    """Raises ValueError unless `x` may be matrices of a known size."""
    if x.ndim < 2 or None in x.shape[-2:]:
        raise ValueError(f"{name}: expected matrices whose size is known; got shape {x.shape}.")
    if square and x.shape[-1] != x.shape[-2]:
        raise ValueError(f"{name}: expected square matrices on the last two axes; got shape {x.shape}.")


def _square_spec(name: str) -> Callable[..., Any]:
    def spec(call: Any, x: KerasTensor, **config: Any) -> Any:
        _matrix_spec(name, x, square=True)
        return infer_spec(call, x)

    return spec


@op("linalg", tensors="x", spec=_square_spec("cholesky"))
def cholesky(x: TensorLike, upper: bool = False) -> Tensor:
    """The triangular factor L of a symmetric positive definite matrix, x = L Lᵀ.

    Args:
        x: `(..., n, n)`, floating.
        upper: whether to return Lᵀ.

    Returns: `(..., n, n)`.

    Raises: ValueError if a matrix is not positive definite.

    Example:
        >>> ops.cholesky([[4.0, 0.0], [0.0, 9.0]])
        Tensor([[2., 0.],
                [0., 3.]], dtype=float32)
    """
    x = _matrix("cholesky", x, square=True)
    try:
        factor = xp.linalg.cholesky(x)
    except np.linalg.LinAlgError as error:
        raise ValueError(f"cholesky: the matrix is not positive definite ({error}).") from None
    return xp.swapaxes(factor, -1, -2) if upper else factor


@op("linalg", tensors="x", spec=_square_spec("cholesky_inverse"))
def cholesky_inverse(x: TensorLike, upper: bool = False) -> Tensor:
    """The inverse of A from its Cholesky factor.

    Args:
        x: `(..., n, n)`, the triangular factor.
        upper: whether it is the upper one.

    Returns: `(..., n, n)`, A⁻¹.
    """
    x = _matrix("cholesky_inverse", x, square=True)
    inverse = xp.linalg.inv(x)
    other = xp.swapaxes(inverse, -1, -2)
    return xp.matmul(inverse, other) if upper else xp.matmul(other, inverse)


def _singular(function: Any, name: str, *args: Any) -> Any:
    try:
        return function(*args)
    except np.linalg.LinAlgError as error:
        raise ValueError(f"{name}: {error}.") from None


@op("linalg", spec=_square_spec("inv"))
def inv(x: TensorLike) -> Tensor:
    """Inverse of square matrices `(..., n, n)`. Raises ValueError if one is singular."""
    return _singular(xp.linalg.inv, "inv", _matrix("inv", x, square=True))


@op("linalg", spec=_square_spec("det"))
def det(x: TensorLike) -> Tensor:
    """Determinant of square matrices `(..., n, n)`; returns `(...)`."""
    return xp.linalg.det(_matrix("det", x, square=True))


@op("numpy")
def slogdet(x: TensorLike) -> tuple[Tensor, Tensor]:
    """Sign and ln |det| of square matrices `(..., n, n)`; returns two tensors `(...)`."""
    sign, logarithm = xp.linalg.slogdet(_matrix("slogdet", x, square=True))
    return sign, logarithm


@op("math", class_name="Logdet")
def logdet(x: TensorLike) -> Tensor:
    """ln det of positive definite matrices `(..., n, n)`, by Cholesky; returns `(...)`."""
    factor = cholesky(x)
    return 2.0 * xp.sum(xp.log(_diagonal(factor)), axis=-1)


def _eig_spec(call: Any, x: KerasTensor) -> tuple[KerasTensor, KerasTensor]:
    _matrix_spec("eig", x, square=True)
    kind = "complex128" if x.dtype == "float64" else "complex64"
    return KerasTensor(x.shape[:-1], kind), KerasTensor(x.shape, kind)


@op("linalg", spec=_eig_spec)
def eig(x: TensorLike) -> tuple[Tensor, Tensor]:
    """Eigenvalues and right eigenvectors (columns) of square matrices.

    Args:
        x: `(..., n, n)`, floating.

    Returns: `(..., n)` and `(..., n, n)`, complex.
    """
    values, vectors = xp.linalg.eig(_matrix("eig", x, square=True))
    kind = "complex128" if dtype_name(values) in ("float64", "complex128") else "complex64"
    return to(values, kind), to(vectors, kind)


@op("linalg")
def eigh(x: TensorLike) -> tuple[Tensor, Tensor]:
    """Eigenvalues (ascending) and eigenvectors (columns) of symmetric matrices.

    Args:
        x: `(..., n, n)`, floating.

    Returns: `(..., n)` and `(..., n, n)`.
    """
    values, vectors = xp.linalg.eigh(_matrix("eigh", x, square=True))
    return values, vectors


def _qr_spec(call: Any, x: KerasTensor, mode: str = "reduced") -> Any:
    _matrix_spec("qr", x)
    return infer_spec(call, x)


@op("linalg", tensors="x", spec=_qr_spec)
def qr(x: TensorLike, mode: str = "reduced") -> tuple[Tensor, Tensor]:
    """x = Q R, Q with orthonormal columns, R upper triangular.

    Args:
        x: `(..., n, m)`, floating.
        mode: "reduced" (Q is n by min(n, m)) or "complete" (n by n).
    """
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr: mode must be 'reduced' or 'complete'; got {mode!r}.")
    q, r = xp.linalg.qr(_matrix("qr", x), mode=mode)
    return q, r


@op("linalg", tensors="x", class_name="SVD")
def svd(x: TensorLike, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Singular values s of matrices, x = U diag(s) Vᵀ.

    Args:
        x: `(..., n, m)`, floating.
        full_matrices: whether U and Vᵀ are square.
        compute_uv: whether to return U and Vᵀ too.

    Returns: U, s, Vᵀ; or s alone.
    """
    x = _matrix("svd", x)
    if not compute_uv:
        return xp.linalg.svd(x, full_matrices=full_matrices, compute_uv=False)
    u, s, vt = xp.linalg.svd(x, full_matrices=full_matrices)
    return u, s, vt


def _solve_spec(call: Any, a: Any, b: Any, **config: Any) -> Any:
    _matrix_spec("solve", a, square=True)
    if len(b.shape) not in (len(a.shape) - 1, len(a.shape)) or None in b.shape[len(a.shape) - 2 :]:
        raise ValueError(
            f"solve: the right side must be vectors or matrices of a known size; got shape {tuple(b.shape)}."
        )
    return infer_spec(call, a, b)


@op("linalg", spec=_solve_spec)
def solve(a: TensorLike, b: TensorLike) -> Tensor:
    """The x of a x = b.

    Args:
        a: `(..., n, n)`, floating.
        b: `(..., n)` or `(..., n, m)`.

    Returns: shape of `b`. Raises ValueError if `a` is singular.

    Example:
        >>> ops.solve([[2.0, 0.0], [0.0, 4.0]], [2.0, 8.0])
        Tensor([1., 2.], dtype=float32)
    """
    a, b = promote(a, b, arrays=True, also=(float,))
    _matrix("solve", a, square=True)
    if b.ndim == a.ndim - 1:
        return xp.squeeze(_singular(xp.linalg.solve, "solve", a, xp.expand_dims(b, -1)), -1)
    return _singular(xp.linalg.solve, "solve", a, b)


@op("linalg", tensors="a b", spec=_solve_spec)
def solve_triangular(a: TensorLike, b: TensorLike, lower: bool = False) -> Tensor:
    """The x of a x = b for a triangular `a` (the other triangle is not looked at).

    Args:
        a: `(..., n, n)`, floating.
        b: `(..., n)` or `(..., n, m)`.
        lower: whether `a` is lower triangular.

    Returns: shape of `b`.
    """
    a, b = promote(a, b, arrays=True, also=(float,))
    _matrix("solve_triangular", a, square=True)
    keep = np.tri(a.shape[-1], dtype=bool)
    return solve(xp.where(keep if lower else keep.T, a, xp.zeros_like(a)), b)


@op("linalg", tensors="a b")
def lstsq(a: TensorLike, b: TensorLike, rcond: Any = None) -> Tensor:
    """The x of least |a x - b|², and of least norm among those.

    Args:
        a: `(n, m)`, floating.
        b: `(n,)` or `(n, k)`.
        rcond: singular values below `rcond` times the largest count as zero.

    Returns: `(m,)` or `(m, k)`.
    """
    a, b = promote(a, b, arrays=True, also=(float,))
    column = xp.expand_dims(b, -1) if b.ndim == 1 else b
    x = xp.matmul(pinv(a, rcond), column)
    return xp.squeeze(x, -1) if b.ndim == 1 else x


@op("linalg", tensors="x")
def pinv(x: TensorLike, rcond: Any = None) -> Tensor:
    """Moore-Penrose inverse of matrices.

    Args:
        x: `(..., n, m)`, floating.
        rcond: singular values below `rcond` times the largest count as zero.

    Returns: `(..., m, n)`.
    """
    x = _matrix("pinv", x)
    fixed = engine.stop_gradient(x)
    u, s, vt = xp.linalg.svd(fixed, full_matrices=False)
    if rcond is None:
        rcond = 10.0 * max(x.shape[-2:]) * float(np.finfo(numpy_dtype(dtype_name(x))).eps)
    large = xp.greater(s, rcond * xp.max(s, axis=-1, keepdims=True))
    inverse = xp.where(large, 1 / xp.where(large, s, xp.ones_like(s)), xp.zeros_like(s))
    p = xp.matmul(xp.swapaxes(vt, -1, -2) * xp.expand_dims(inverse, -2), xp.swapaxes(u, -1, -2))
    return engine.stop_gradient(p) + _pinv_change(engine.stop_gradient(p), fixed, x - fixed)


def _pinv_change(p: Any, a: Any, change: Any) -> Any:
    """The first-order change of the inverse `p` of `a`, at constant rank: zero in value, right in gradient.

    Reference: Golub and Pereyra, The Differentiation of Pseudo-Inverses, 1973, doi:10.1137/0710036.
    """
    rows, columns = (tensor(np.eye(n, dtype=numpy_dtype(dtype_name(a)))) for n in a.shape[-2:])
    turned, q = xp.swapaxes(change, -1, -2), xp.swapaxes(p, -1, -2)
    outside = xp.matmul(xp.matmul(p, q), xp.matmul(turned, rows - xp.matmul(a, p)))
    inside = xp.matmul(xp.matmul(columns - xp.matmul(p, a), turned), xp.matmul(q, p))
    return outside + inside - xp.matmul(p, xp.matmul(change, p))


@op("linalg", tensors="x")
def matrix_rank(x: TensorLike, tol: Any = None) -> Tensor:
    """Number of singular values above `tol` (by default largest · max(n, m) · eps) of `(..., n, m)`; int32 `(...)`."""
    x = _matrix("matrix_rank", x)
    s = xp.linalg.svd(x, full_matrices=False, compute_uv=False)
    if tol is None:
        eps = float(np.finfo(numpy_dtype(dtype_name(x))).eps)
        tol = xp.max(s, axis=-1, keepdims=True) * (max(x.shape[-2:]) * eps)
    return xp.sum(to(xp.greater(s, tol), "int32"), axis=-1, dtype=numpy_dtype("int32"))


def _lu_spec(call: Any, x: KerasTensor) -> tuple[KerasTensor, KerasTensor]:
    _matrix_spec("lu_factor", x)
    return KerasTensor(x.shape, result_type(x.dtype, float)), KerasTensor((*x.shape[:-2], min(x.shape[-2:])), "int32")


@op("linalg", spec=_lu_spec)
def lu_factor(x: TensorLike) -> tuple[Tensor, Tensor]:
    """L and U of square or tall matrices with row exchanges, in one matrix, and the exchanges.

    Args:
        x: `(..., n, m)`, floating, with values (not while traced).

    Returns: `(..., n, m)` with U on and above the diagonal and L (unit diagonal) below;
        pivots `(..., min(n, m))`, int32.
    """
    x = _matrix("lu_factor", x)
    values = np.array(concrete(x, "lu_factor"), copy=True)
    flat = values.reshape(-1, *values.shape[-2:])
    pivots = np.stack([_eliminate(a) for a in flat]).reshape(*values.shape[:-2], min(values.shape[-2:]))
    return engine.tensor(values), engine.tensor(pivots.astype(np.int32))


def _eliminate(a: np.ndarray) -> np.ndarray:
    """Gaussian elimination in place with partial pivoting; returns the row exchanged at each step."""
    pivots = []
    for i in range(min(a.shape)):
        row = i + int(np.argmax(np.abs(a[i:, i])))
        pivots.append(row)
        a[[i, row]] = a[[row, i]]
        if a[i, i] != 0:
            a[i + 1 :, i] /= a[i, i]
            a[i + 1 :, i + 1 :] -= np.outer(a[i + 1 :, i], a[i, i + 1 :])
    return np.array(pivots)


@op("linalg", tensors="x")
def norm(x: TensorLike, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Norms of vectors or matrices.

    Args:
        x: tensor of any shape.
        ord: None (2-norm of all elements, or Frobenius), "fro", "nuc", inf, -inf, or a number.
        axis: int for vectors, pair for matrices, None for the whole.
        keepdims: whether the axes stay with size 1.

    Returns: `x` without the axes, floating.

    Example:
        >>> ops.norm([3.0, 4.0])
        Tensor(5., dtype=float32)
    """
    x = floating(x)
    rank = x.ndim
    if axis is None:
        if ord is None:
            flat = xp.sqrt(xp.sum(xp.square(xp.abs(x))))
            return xp.reshape(flat, (1,) * rank) if keepdims else flat
        axis = tuple(range(rank))
    axes = all_axes(axis, x, "norm")
    if len(axes) == 1:
        return _vector_norm(x, ord, axes, keepdims)
    if len(axes) != 2:
        if ord is None:
            return xp.sqrt(xp.sum(xp.square(xp.abs(x)), axis=axes, keepdims=keepdims))
        raise ValueError(f"norm: ord={ord!r} needs one or two axes; got axis={axis!r} for shape {tuple(x.shape)}.")
    return _matrix_norm(x, ord, axes, keepdims)


def _vector_norm(x: Any, ord: Any, axes: tuple[Any, ...], keepdims: bool) -> Any:
    size = xp.abs(x)
    if ord is None or ord == 2:
        return xp.sqrt(xp.sum(xp.square(size), axis=axes, keepdims=keepdims))
    if ord == math.inf:
        return xp.max(size, axis=axes, keepdims=keepdims)
    if ord == -math.inf:
        return xp.min(size, axis=axes, keepdims=keepdims)
    if ord == 0:
        return xp.sum(to(xp.not_equal(x, 0), dtype_name(size)), axis=axes, keepdims=keepdims)
    if ord == 1:
        return xp.sum(size, axis=axes, keepdims=keepdims)
    if isinstance(ord, str):
        raise ValueError(f"norm: ord={ord!r} is for matrices; give two axes.")
    return xp.power(xp.sum(xp.power(size, ord), axis=axes, keepdims=keepdims), 1.0 / ord)


def _matrix_norm(x: Any, ord: Any, axes: tuple[Any, ...], keepdims: bool) -> Any:
    row, column = axes
    if ord in (None, "fro"):
        return xp.sqrt(xp.sum(xp.square(xp.abs(x)), axis=axes, keepdims=keepdims))
    if ord in (1, -1, math.inf, -math.inf):
        inner_axis, outer_axis = (row, column) if ord in (1, -1) else (column, row)
        totals = xp.sum(xp.abs(x), axis=inner_axis, keepdims=True)
        result = (xp.max if ord > 0 else xp.min)(totals, axis=outer_axis, keepdims=True)
        return result if keepdims else xp.squeeze(result, axis=axes)
    if ord not in (2, -2, "nuc"):
        raise ValueError(f"norm: for matrices ord must be None, 'fro', 'nuc', 1, -1, 2, -2, inf or -inf; got {ord!r}.")
    s = xp.linalg.svd(xp.moveaxis(x, axes, (-2, -1)), full_matrices=False, compute_uv=False)
    result = xp.sum(s, axis=-1) if ord == "nuc" else (xp.max if ord == 2 else xp.min)(s, axis=-1)
    if keepdims:
        return xp.reshape(result, tuple(1 if i in axes else n for i, n in enumerate(x.shape)))
    return result
