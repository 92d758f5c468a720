"""Products, contractions, diagonals, decompositions and solvers."""

import math
import string
from collections.abc import Callable
from typing import Any

import numpy as np

from .._dtypes import FLOAT32, is_float
from .._graph import Spec
from .._primitive import Primitive
from .._products import SMALL, bind_product
from .._tracer import as_operands, implements, to_array, to_dtype
from ._elementwise import UFUNCS, broadcast_shapes
from ._shape import _axes

# --- matmul: matrices on the last two axes, the leading axes broadcast ------------------------------------------------

matmul = Primitive("matmul")
matmul.forward(lambda a, b, out=None: np.matmul(a, b, out=out))


matmul.emit = lambda node, ins, outs: f"np.matmul({ins[0]}, {ins[1]}, {outs[0]})"
matmul.takes_views = True
matmul.bind(lambda inputs, outputs, work: bind_product(*inputs, *outputs))


def _is_cut(node: Any) -> bool:
    a, b = node.inputs
    return len(a.shape) == len(b.shape) == 2 and a.shape[0] * a.shape[1] * b.shape[1] > SMALL


matmul.worth_binding = _is_cut
matmul.multiplications = lambda a, b: math.prod(_matmul_shape(a, b).shape) * a.shape[-1]


@matmul.shape
def _matmul_shape(a: Any, b: Any) -> Spec:
    if a.shape[-1] != b.shape[-2]:
        raise ValueError(
            f"matmul: shapes {a.shape} and {b.shape} do not fit: {a.shape[-1]} columns, {b.shape[-2]} rows."
        )
    return Spec(broadcast_shapes(a.shape[:-2], b.shape[:-2]) + (a.shape[-2], b.shape[-1]), a.dtype)


def t(x: Any) -> Any:
    """The matrices transposed."""
    return np.swapaxes(x, -1, -2)


@matmul.vjp(0)
def _matmul_vjp_a(g: Any, y: Any, a: Any, b: Any) -> Any:
    return matmul(g, t(b))


@matmul.vjp(1)
def _matmul_vjp_b(g: Any, y: Any, a: Any, b: Any) -> Any:
    if len(b.shape) == 2 and len(a.shape) > 2:
        # One product over all leading axes instead of a sum of many.
        return matmul(t(np.reshape(a, (-1, a.shape[-1]))), np.reshape(g, (-1, g.shape[-1])))
    return matmul(t(a), g)


def np_matmul(a: Any, b: Any) -> Any:
    a, b = as_operands(a, b)
    if not a.shape or not b.shape:
        raise ValueError(f"matmul: both operands need at least one axis; got shapes {a.shape} and {b.shape}.")
    row, column = len(a.shape) == 1, len(b.shape) == 1
    a = np.expand_dims(a, 0) if row else a
    b = np.expand_dims(b, 1) if column else b
    y = matmul(a, b)
    y = np.squeeze(y, -1) if column else y
    return np.squeeze(y, -1 if column else -2) if row else y


UFUNCS[np.matmul] = np_matmul
UFUNCS[np.vecdot] = lambda a, b: np.sum(to_array(a) * b, axis=-1)


@implements(np.tensordot)
def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = as_operands(a, b)
    if isinstance(axes, (int, np.integer)):
        left: Any = range(len(a.shape) - axes, len(a.shape))
        right: Any = range(axes)
    else:
        left, right = ([i] if isinstance(i, (int, np.integer)) else list(i) for i in axes)
    left, right = list(_axes(left, len(a.shape))), list(_axes(right, len(b.shape)))
    if [a.shape[i] for i in left] != [b.shape[i] for i in right]:
        raise ValueError(f"tensordot: axes {left} of {a.shape} do not match axes {right} of {b.shape}.")
    keep_a = [i for i in range(len(a.shape)) if i not in left]
    keep_b = [i for i in range(len(b.shape)) if i not in right]
    inner = int(np.prod([a.shape[i] for i in left], dtype=int))
    flat_a = np.reshape(
        np.transpose(a, keep_a + left),
        (-1, inner) if inner else (int(np.prod([a.shape[i] for i in keep_a], dtype=int)), 0),
    )
    flat_b = np.reshape(
        np.transpose(b, right + keep_b),
        (inner, -1) if inner else (0, int(np.prod([b.shape[i] for i in keep_b], dtype=int))),
    )
    return np.reshape(matmul(flat_a, flat_b), [a.shape[i] for i in keep_a] + [b.shape[i] for i in keep_b])


@implements(np.dot)
def _dot(a: Any, b: Any, out: None = None) -> Any:
    a, b = to_array(a), to_array(b)
    if not a.shape or not b.shape:
        return a * b
    return np.tensordot(a, b, axes=((-1,), (-2 if len(b.shape) > 1 else -1,)))


implements(np.inner)(lambda a, b: np.tensordot(a, b, ((-1,), (-1,))) if a.shape and b.shape else a * b)
implements(np.vdot)(lambda a, b: np.sum(np.reshape(a, -1) * np.reshape(b, -1)))
implements(np.outer)(lambda a, b, out=None: np.expand_dims(np.reshape(a, -1), 1) * np.reshape(to_array(b), -1))


@implements(np.kron)
def _kron(a: Any, b: Any) -> Any:
    a, b = to_array(a), to_array(b)
    ndim = max(len(a.shape), len(b.shape))
    a = np.reshape(a, (1,) * (ndim - len(a.shape)) + a.shape)
    b = np.reshape(b, (1,) * (ndim - len(b.shape)) + b.shape)
    product = np.expand_dims(a, tuple(range(1, 2 * ndim, 2))) * np.expand_dims(b, tuple(range(0, 2 * ndim, 2)))
    return np.reshape(product, [m * n for m, n in zip(a.shape, b.shape)])


@implements(np.cross)
def _cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    axisa, axisb, axisc = (axis, axis, axis) if axis is not None else (axisa, axisb, axisc)
    a, b = np.moveaxis(to_array(a), axisa, -1), np.moveaxis(to_array(b), axisb, -1)
    a0, a1, a2 = a[..., 0], a[..., 1], (a[..., 2] if a.shape[-1] == 3 else 0)
    b0, b1, b2 = b[..., 0], b[..., 1], (b[..., 2] if b.shape[-1] == 3 else 0)
    if a.shape[-1] == b.shape[-1] == 2:
        return a0 * b1 - a1 * b0
    return np.moveaxis(np.stack([a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0], -1), -1, axisc)


# --- einsum -----------------------------------------------------------------------------------------------------------

einsum = Primitive("einsum")


@einsum.forward
def _einsum(*arrays: np.ndarray, subscripts: str, out: np.ndarray | None = None) -> np.ndarray:
    return np.einsum(subscripts, *arrays, out=out, optimize=len(arrays) > 1)


@einsum.shape
def _einsum_shape(*arrays: Any, subscripts: str) -> Spec:
    inputs, output = subscripts.split("->")
    sizes: dict[str, int] = {}
    for labels, a in zip(inputs.split(","), arrays):
        for label, n in zip(labels, a.shape):
            if sizes.get(label, 1) != 1 and n not in (1, sizes[label]):
                raise ValueError(f"einsum {subscripts!r}: axis {label!r} has sizes {sizes[label]} and {n}.")
            sizes[label] = max(n, sizes.get(label, 0)) if label in sizes else n
    return Spec(tuple(sizes[label] for label in output), arrays[0].dtype)


def _einsum_multiplications(*arrays: Any, subscripts: str) -> int:
    terms = subscripts.split("->")[0].split(",")
    sizes = {label: n for term, a in zip(terms, arrays) for label, n in zip(term, a.shape)}
    return (len(terms) - 1) * math.prod(sizes.values())


einsum.multiplications = _einsum_multiplications


def _einsum_vjp(g: Any, y: Any, *arrays: Any, subscripts: str) -> list[Any]:
    inputs, output = subscripts.split("->")
    labels = inputs.split(",")
    return [_einsum_gradient(i, g, arrays, labels, output) for i in range(len(arrays))]


def _einsum_gradient(i: int, g: Any, arrays: tuple, labels: list[str], output: str) -> Any:
    own = labels[i]
    others = [(labels[j], a) for j, a in enumerate(arrays) if j != i]
    known = set(output).union(*(set(name) for name, _ in others))
    unique = "".join(dict.fromkeys(own))
    operands, names = [g, *(a for _, a in others)], [output, *(name for name, _ in others)]
    missing = [label for label in unique if label not in known]
    if missing:  # summed away alone: the gradient is the same all along that axis
        operands.append(np.ones([arrays[i].shape[own.index(m)] for m in missing], g.dtype))
        names.append("".join(missing))
    result = einsum(*operands, subscripts=f"{','.join(names)}->{unique}")
    if unique != own:  # a repeated label reads a diagonal
        mask = np.ones(arrays[i].shape, g.dtype)
        for first in unique:
            places = [p for p, label in enumerate(own) if label == first]
            for p in places[1:]:
                n = arrays[i].shape[p]
                eye = np.eye(n, dtype=g.dtype)
                shape = [n if q in (places[0], p) else 1 for q in range(len(own))]
                mask = mask * np.reshape(eye, shape)
        shape = [arrays[i].shape[p] if own.index(label) == p else 1 for p, label in enumerate(own)]
        result = np.reshape(result, shape) * mask
    return result


einsum.vjp_all = _einsum_vjp


@implements(np.einsum)
def _np_einsum(subscripts: str, *operands: Any, optimize: Any = True, **_: Any) -> Any:
    arrays = as_operands(*operands)
    explicit = _explicit(subscripts.replace(" ", ""), [len(a.shape) for a in arrays])
    result = _as_matmul(arrays[0], arrays[1], explicit) if len(arrays) == 2 else None
    return einsum(*arrays, subscripts=explicit) if result is None else result


def _as_matmul(a: Any, b: Any, subscripts: str) -> Any:
    """A contraction of two arrays as a product of matrices, which BLAS does; None where it is none."""
    (left, right), output = subscripts.split("->")[0].split(","), subscripts.split("->")[1]
    sizes = dict(zip(left, a.shape))
    if any(sizes.get(label, n) != n for label, n in zip(right, b.shape)):
        return None  # a length of 1 that broadcasts
    sizes.update(zip(right, b.shape))
    if len(set(left)) < len(left) or len(set(right)) < len(right) or len(set(output)) < len(output):
        return None
    both = [label for label in left if label in right]
    batch, inner = [c for c in both if c in output], [c for c in both if c not in output]
    rows, columns = [c for c in left if c not in both], [c for c in right if c not in both]
    if not inner or any(c not in output for c in (*rows, *columns)):
        return None

    def arranged(x: Any, labels: str, first: list[str], second: list[str]) -> Any:
        x = np.transpose(x, [labels.index(c) for c in (*batch, *first, *second)])
        shape = [math.prod(sizes[c] for c in group) for group in (first, second)]
        return np.reshape(x, [*(sizes[c] for c in batch), *shape])

    product = matmul(arranged(a, left, rows, inner), arranged(b, right, inner, columns))
    found = [*batch, *rows, *columns]
    return np.transpose(np.reshape(product, [sizes[c] for c in found]), [found.index(c) for c in output])


def _explicit(subscripts: str, ranks: list[int]) -> str:
    """The subscripts with an arrow, and with letters for every ellipsis."""
    inputs, arrow, output = subscripts.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(ranks):
        raise ValueError(f"einsum: {subscripts!r} names {len(terms)} operands; got {len(ranks)}.")
    free = [c for c in string.ascii_letters if c not in subscripts]
    widest = max([r - len(term.replace("...", "")) for term, r in zip(terms, ranks) if "..." in term], default=0)
    dots = "".join(free[:widest])
    terms = [
        term.replace("...", dots[widest - (r - len(term.replace("...", ""))) :]) if "..." in term else term
        for term, r in zip(terms, ranks)
    ]
    for term, r in zip(terms, ranks):
        if len(term) != r:
            raise ValueError(f"einsum: {term!r} in {subscripts!r} names {len(term)} axes; the operand has {r}.")
    if arrow:
        output = output.replace("...", dots)
    else:
        joined = "".join(terms)
        output = dots + "".join(sorted(c for c in set(joined) if joined.count(c) == 1 and c not in dots))
    return f"{','.join(terms)}->{output}"


# --- diagonals and triangles ------------------------------------------------------------------------------------------


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


# --- decompositions and solvers ---------------------------------------------------------------------------------------


def _decomposition(name: str, function: Callable, shape: Callable) -> Primitive:
    primitive = Primitive(name)

    def forward(*arrays: np.ndarray, out: Any = None, **params: Any) -> Any:
        value = function(*arrays, **params)
        return tuple(value) if isinstance(value, tuple) else np.asarray(value).astype(arrays[0].dtype, copy=False)

    primitive.forward(forward)
    primitive.shape(shape)
    return primitive


inv = _decomposition("inv", np.linalg.inv, lambda a: Spec(a.shape, a.dtype))
inv.vjp(0)(lambda g, y, a: -(t(y) @ g @ t(y)))
det = _decomposition("det", np.linalg.det, lambda a: Spec(a.shape[:-2], a.dtype))
det.vjp(0)(lambda g, y, a: np.expand_dims(g * y, (-1, -2)) * t(inv(a)))
slogdet = _decomposition(
    "slogdet",
    lambda a: tuple(np.linalg.slogdet(a)),
    lambda a: (Spec(a.shape[:-2], a.dtype), Spec(a.shape[:-2], a.dtype)),
)
slogdet.vjp(0)(lambda g, y, a: np.expand_dims(g[1], (-1, -2)) * t(inv(a)))
solve = _decomposition(
    "solve", np.linalg.solve, lambda a, b: Spec(broadcast_shapes(a.shape[:-2], b.shape[:-2]) + b.shape[-2:], a.dtype)
)
solve.vjp(0)(lambda g, y, a, b: -(solve(t(a), g) @ t(y)))
solve.vjp(1)(lambda g, y, a, b: solve(t(a), g))
cholesky = _decomposition("cholesky", np.linalg.cholesky, lambda a: Spec(a.shape, a.dtype))


@cholesky.vjp(0)
def _cholesky_vjp(g: Any, y: Any, a: Any) -> Any:
    # I. Murray, Differentiation of the Cholesky decomposition (2016), eq. 10.
    n = y.shape[-1]
    half = np.tri(n, dtype=g.dtype) - 0.5 * np.eye(n, dtype=g.dtype)
    p = half * (t(y) @ g)
    back = inv(y)
    s = t(back) @ p @ back
    return 0.5 * (s + t(s))


eigh = _decomposition(
    "eigh", lambda a: tuple(np.linalg.eigh(a)), lambda a: (Spec(a.shape[:-1], a.dtype), Spec(a.shape, a.dtype))
)


@eigh.vjp(0)
def _eigh_vjp(g: Any, y: Any, a: Any) -> Any:
    w, v = y
    n = w.shape[-1]
    gaps = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    f = np.where(np.eye(n, dtype=bool), 0, 1 / np.where(np.eye(n, dtype=bool), 1, gaps))
    middle = np.expand_dims(g[0], -1) * np.eye(n, dtype=w.dtype) + f * (t(v) @ g[1])
    result = v @ middle @ t(v)
    return 0.5 * (result + t(result))


qr = _decomposition(
    "qr", lambda a, mode: tuple(np.linalg.qr(a, mode)),
    lambda a, mode: (
        Spec(a.shape[:-1] + (a.shape[-2] if mode == "complete" else min(a.shape[-2:]),), a.dtype),
        Spec(a.shape[:-2] + (a.shape[-2] if mode == "complete" else min(a.shape[-2:]), a.shape[-1]), a.dtype),
    ),
)  # fmt: skip


@qr.vjp(0)
def _qr_vjp(g: Any, y: Any, a: Any, mode: str) -> Any:
    # For full-rank tall or square matrices: Walter and Lehmann, Algorithmic differentiation of linear algebra (2018).
    if a.shape[-2] < a.shape[-1] or mode == "complete":
        raise NotImplementedError("qr: the gradient needs mode='reduced' and at least as many rows as columns.")
    q, r = y
    m = r @ t(g[1]) - t(g[0]) @ q
    lower = np.tril(m, -1)
    symmetric = lower + t(lower) + np.eye(m.shape[-1], dtype=m.dtype) * m
    return t(solve(r, t(g[0] + q @ symmetric)))


def _svd(a: np.ndarray, full_matrices: bool) -> tuple:
    return tuple(np.linalg.svd(a, full_matrices))


def _svd_shape(a: Any, full_matrices: bool) -> tuple[Spec, ...]:
    m, n = a.shape[-2:]
    k, lead = min(m, n), a.shape[:-2]
    return (
        Spec((*lead, m, m if full_matrices else k), a.dtype),
        Spec((*lead, k), a.dtype),
        Spec((*lead, n if full_matrices else k, n), a.dtype),
    )


svd = _decomposition("svd", _svd, _svd_shape)


@svd.vjp(0)
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


svdvals = _decomposition(
    "svdvals",
    lambda a: np.linalg.svd(a, compute_uv=False),
    lambda a: Spec(a.shape[:-2] + (min(a.shape[-2:]),), a.dtype),
)


@svdvals.vjp(0)
def _svdvals_vjp(g: Any, y: Any, a: Any) -> Any:
    u, _, v = svd(a, full_matrices=False)
    return (u * np.expand_dims(g, -2)) @ v


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


@implements(np.linalg.norm)
def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    x = to_array(x)
    x = x if is_float(x.dtype) else to_dtype(x, FLOAT32)
    if axis is None:
        if ord is None:
            flat = np.sqrt(np.sum(np.square(x)))
            return np.reshape(flat, (1,) * len(x.shape)) if keepdims else flat
        axis = tuple(range(len(x.shape)))
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    if len(axes) == 1:
        return _vector_norm(x, 2 if ord is None else ord, axes, keepdims)
    return _matrix_norm(x, ord, _axes(axes, len(x.shape)), keepdims)


def _vector_norm(x: Any, order: Any, axes: Any, keepdims: bool) -> Any:
    axes, size = tuple(axes), np.abs(x)
    if order == 2:
        return np.sqrt(np.sum(np.square(x), axes, keepdims=keepdims))
    if order in (np.inf, -np.inf):
        return (np.max if order > 0 else np.min)(size, axes, keepdims=keepdims)
    if order == 0:
        return np.sum(to_dtype(x != 0, x.dtype), axes, keepdims=keepdims)
    if order == 1:
        return np.sum(size, axes, keepdims=keepdims)
    return np.power(np.sum(np.power(size, float(order)), axes, keepdims=keepdims), 1.0 / order)


def _matrix_norm(x: Any, order: Any, axes: Any, keepdims: bool) -> Any:
    row, column = axes
    if order in (None, "fro"):
        return np.sqrt(np.sum(np.square(x), axes, keepdims=keepdims))
    if order in (1, -1, np.inf, -np.inf):
        summed, picked = (row, column) if order in (1, -1) else (column, row)
        sums = np.sum(np.abs(x), summed, keepdims=True)
        value = (np.max if order > 0 else np.min)(sums, picked, keepdims=True)
    elif order in (2, -2, "nuc"):
        values = svdvals(np.moveaxis(x, (row, column), (-2, -1)))
        pick: Any = {2: np.max, -2: np.min, "nuc": np.sum}[order]
        value = np.expand_dims(pick(values, -1), sorted(axes))
    else:
        raise ValueError(f"norm: unknown order {order!r} for matrices.")
    return value if keepdims else np.squeeze(value, axes)
