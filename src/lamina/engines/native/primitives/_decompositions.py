"""Decompositions of matrices, and solvers; leading axes are batches."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._cut import WHOLE
from .._dispatch import implements
from .._dtypes import FLOAT32, is_float
from .._graph import Spec
from .._operands import as_operands, to_array, to_dtype
from .._primitive import Primitive
from ._elementwise import broadcast_shapes
from ._matmul import t


def _decomposition(
    name: str, function: Callable[..., Any], shape: Callable[..., Any], *vjps: Callable[..., Any]
) -> Primitive:
    def forward(*arrays: np.ndarray, out: Any = None, **params: Any) -> Any:
        value = function(*arrays, **params)
        return tuple(value) if isinstance(value, tuple) else np.asarray(value).astype(arrays[0].dtype, copy=False)

    return Primitive(name, forward=forward, shape=shape, vjp=vjps, cut=WHOLE)


def _same(a: Any) -> Spec:
    return Spec(a.shape, a.dtype)


def _one_a_matrix(a: Any) -> Spec:
    return Spec(a.shape[:-2], a.dtype)


inv = _decomposition("inv", np.linalg.inv, _same, lambda g, y, a: -(t(y) @ g @ t(y)))
det = _decomposition("det", np.linalg.det, _one_a_matrix, lambda g, y, a: np.expand_dims(g * y, (-1, -2)) * t(inv(a)))
slogdet = _decomposition(
    "slogdet", lambda a: tuple(np.linalg.slogdet(a)), lambda a: (_one_a_matrix(a), _one_a_matrix(a)),
    lambda g, y, a: np.expand_dims(g[1], (-1, -2)) * t(inv(a)),
)  # fmt: skip
solve = _decomposition(
    "solve", np.linalg.solve, lambda a, b: Spec(broadcast_shapes(a.shape[:-2], b.shape[:-2]) + b.shape[-2:], a.dtype),
    lambda g, y, a, b: -(solve(t(a), g) @ t(y)), lambda g, y, a, b: solve(t(a), g),
)  # fmt: skip


def _cholesky_vjp(g: Any, y: Any, a: Any) -> Any:
    # I. Murray, Differentiation of the Cholesky decomposition (2016), eq. 10.
    n = y.shape[-1]
    half = np.tri(n, dtype=g.dtype) - 0.5 * np.eye(n, dtype=g.dtype)
    p = half * (t(y) @ g)
    back = inv(y)
    s = t(back) @ p @ back
    return 0.5 * (s + t(s))


cholesky = _decomposition("cholesky", np.linalg.cholesky, _same, _cholesky_vjp)


def _eigh_vjp(g: Any, y: Any, a: Any) -> Any:
    w, v = y
    n = w.shape[-1]
    gaps = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    f = np.where(np.eye(n, dtype=bool), 0, 1 / np.where(np.eye(n, dtype=bool), 1, gaps))
    middle = np.expand_dims(g[0], -1) * np.eye(n, dtype=w.dtype) + f * (t(v) @ g[1])
    result = v @ middle @ t(v)
    return 0.5 * (result + t(result))


eigh = _decomposition(
    "eigh", lambda a: tuple(np.linalg.eigh(a)), lambda a: (Spec(a.shape[:-1], a.dtype), _same(a)), _eigh_vjp
)


def _qr_shape(a: Any, mode: str) -> tuple[Spec, Spec]:
    *lead, rows, columns = a.shape
    inner = rows if mode == "complete" else min(rows, columns)
    return Spec((*lead, rows, inner), a.dtype), Spec((*lead, inner, columns), a.dtype)


def _qr_vjp(g: Any, y: Any, a: Any, mode: str) -> Any:
    # For full-rank tall or square matrices: Walter and Lehmann, Algorithmic differentiation of linear algebra (2018).
    if a.shape[-2] < a.shape[-1] or mode == "complete":
        raise NotImplementedError("qr: the gradient needs mode='reduced' and at least as many rows as columns.")
    q, r = y
    m = r @ t(g[1]) - t(g[0]) @ q
    lower = np.tril(m, -1)
    symmetric = lower + t(lower) + np.eye(m.shape[-1], dtype=m.dtype) * m
    return t(solve(r, t(g[0] + q @ symmetric)))


qr = _decomposition("qr", lambda a, mode: tuple(np.linalg.qr(a, mode)), _qr_shape, _qr_vjp)


def _svd_shape(a: Any, full_matrices: bool) -> tuple[Spec, ...]:
    m, n = a.shape[-2:]
    k, lead = min(m, n), a.shape[:-2]
    return (
        Spec((*lead, m, m if full_matrices else k), a.dtype),
        Spec((*lead, k), a.dtype),
        Spec((*lead, n if full_matrices else k, n), a.dtype),
    )


def _svd_vjp(g: Any, y: Any, a: Any, full_matrices: bool) -> Any:
    # J. Townsend, Differentiating the singular value decomposition (2016); distinct, nonzero singular values.
    if full_matrices and a.shape[-1] != a.shape[-2]:
        raise NotImplementedError("svd: the gradient needs full_matrices=False.")
    u, s, v = y[0], y[1], t(y[2])
    gu, gs, gv = g[0], g[1], t(g[2])
    k = s.shape[-1]
    eye = np.eye(k, dtype=bool)
    squares = np.square(s)
    gaps = np.expand_dims(squares, -2) - np.expand_dims(squares, -1)
    f = np.where(eye, 0, 1 / np.where(eye, 1, gaps))
    row, column = np.expand_dims(s, -2), np.expand_dims(s, -1)

    def antisymmetric(x: Any, gx: Any) -> Any:
        m = t(x) @ gx
        return f * (m - t(m))

    middle = antisymmetric(u, gu) * row + column * antisymmetric(v, gv) + np.expand_dims(gs, -1) * np.where(eye, 1, 0)
    outside_u = (gu - u @ (t(u) @ gu)) / row
    outside_v = t(gv - v @ (t(v) @ gv)) / column
    return (u @ middle + outside_u) @ t(v) + u @ outside_v


svd = _decomposition("svd", lambda a, full_matrices: tuple(np.linalg.svd(a, full_matrices)), _svd_shape, _svd_vjp)


def _svdvals_vjp(g: Any, y: Any, a: Any) -> Any:
    u, _, v = svd(a, full_matrices=False)
    return (u * np.expand_dims(g, -2)) @ v


svdvals = _decomposition(
    "svdvals", lambda a: np.linalg.svd(a, compute_uv=False), lambda a: Spec((*a.shape[:-2], min(a.shape[-2:])), a.dtype),
    _svdvals_vjp,
)  # fmt: skip

# --- NumPy's functions ------------------------------------------------------------------------------------------------


def _matrix(x: Any) -> Any:
    x = to_array(x)
    if len(x.shape) < 2:
        raise ValueError(f"Expected matrices on the last two axes; got shape {x.shape}.")
    return x if is_float(x.dtype) else to_dtype(x, FLOAT32)


implements(np.linalg.inv)(lambda a: inv(_matrix(a)))
implements(np.linalg.det)(lambda a: det(_matrix(a)))
implements(np.linalg.slogdet)(lambda a: slogdet(_matrix(a)))
implements(np.linalg.cholesky)(lambda a, *, upper=False: t(cholesky(_matrix(a))) if upper else cholesky(_matrix(a)))
implements(np.linalg.eigh)(lambda a, UPLO="L": eigh(_matrix(a)))
implements(np.linalg.eigvalsh)(lambda a, UPLO="L": eigh(_matrix(a))[0])
implements(np.linalg.qr)(lambda a, mode="reduced": qr(_matrix(a), mode=mode))


@implements(np.linalg.solve)
def _np_solve(a: Any, b: Any) -> Any:
    a, b = as_operands(_matrix(a), b)
    if len(b.shape) == 1:
        return np.squeeze(solve(a, np.expand_dims(b, -1)), -1)
    return solve(a, b)


@implements(np.linalg.svd)
def _np_svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    return svd(_matrix(a), full_matrices=bool(full_matrices)) if compute_uv else svdvals(_matrix(a))


@implements(np.linalg.pinv)
def _pinv(a: Any, *_: Any, **__: Any) -> Any:
    a = _matrix(a)
    return inv(t(a) @ a) @ t(a) if a.shape[-2] >= a.shape[-1] else t(a) @ inv(a @ t(a))


@implements(np.linalg.matrix_power)
def _matrix_power(a: Any, n: int) -> Any:
    a = inv(_matrix(a)) if n < 0 else _matrix(a)
    result = np.broadcast_to(np.eye(a.shape[-1], dtype=a.dtype), a.shape) if n == 0 else a
    for _ in range(abs(n) - 1):
        result = result @ a
    return result
