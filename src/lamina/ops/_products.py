"""Products of tensors."""

from typing import Any

import numpy as np

from lamina._typing import Tensor, TensorLike
from lamina.engines import engine

from ._backend import xp
from ._convert import floating, promote, tensor, to
from ._dtypes import dtype_name
from ._op import op


def _contract(function: Any, a: Any, b: Any, *args: Any, **kwargs: Any) -> Any:
    """A sum of products in the dtype of `a` and `b`. Booleans are added up as integers; half precision is computed in
    float32, which is more exact and, on an engine without half-precision kernels, faster."""
    name = dtype_name(a)
    if name == "bool":
        return xp.not_equal(function(to(a, "int32"), to(b, "int32"), *args, **kwargs), 0)
    if name in _HALF and not _has_kernels(name):
        return to(function(to(a, "float32"), to(b, "float32"), *args, **kwargs), name)
    return function(a, b, *args, **kwargs)


def _has_kernels(name: str) -> bool:
    return name in getattr(engine, "HALF_PRODUCTS", ())


_HALF = ("float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")


@op("numpy")
def matmul(x1: TensorLike, x2: TensorLike) -> Tensor:
    """Product of matrices on the last two axes, broadcast over the others.

    Args:
        x1: `(..., n, k)` or `(k,)`.
        x2: `(..., k, m)` or `(k,)`.

    Returns: `(..., n, m)`, the promoted dtype (int32 for two int8).

    Example:
        >>> ops.matmul([[1.0, 2.0], [3.0, 4.0]], [[1.0], [1.0]])
        Tensor([[3.],
                [7.]], dtype=float32)
    """
    a, b = promote(x1, x2, arrays=True)
    _check_inner("matmul", a, b, -1, -2 if b.ndim > 1 else -1)
    if dtype_name(a) == "int8" and dtype_name(tensor(x1)) == dtype_name(tensor(x2)) == "int8":
        if hasattr(engine.nn, "int8_matmul"):
            return engine.nn.int8_matmul(a, b)
        a, b = to(a, "int32"), to(b, "int32")
    return _contract(xp.matmul, a, b)


def _check_inner(name: str, a: Any, b: Any, axis_a: int, axis_b: int) -> None:
    if not a.ndim or not b.ndim:
        raise ValueError(f"{name}: expected at least one axis; got shapes {tuple(a.shape)} and {tuple(b.shape)}.")
    if a.shape[axis_a] != b.shape[axis_b]:
        raise ValueError(
            f"{name}: the last axis of x1 {tuple(a.shape)} has size {a.shape[axis_a]}, but axis {axis_b} of x2 "
            f"{tuple(b.shape)} has size {b.shape[axis_b]}; they must be equal."
        )


@op("numpy")
def dot(x1: TensorLike, x2: TensorLike) -> Tensor:
    """Sum of products over the last axis of `x1` and the second-last of `x2` (the only one of a vector).

    Args:
        x1: `(..., k)` or a number.
        x2: `(..., k, m)`, `(k,)` or a number.

    Returns: the axes of both that are left, the promoted dtype.

    Example:
        >>> ops.dot([1.0, 2.0], [3.0, 4.0])
        Tensor(11., dtype=float32)
    """
    a, b = promote(x1, x2, arrays=True)
    if a.ndim and b.ndim:
        _check_inner("dot", a, b, -1, -2 if b.ndim > 1 else -1)
        return _contract(xp.tensordot, a, b, axes=((a.ndim - 1,), (max(b.ndim - 2, 0),)))
    return xp.multiply(a, b)


@op("numpy")
def tensordot(x1: TensorLike, x2: TensorLike, axes: Any = 2) -> Tensor:
    """Sum of products over some axes of both tensors.

    Args:
        x1, x2: tensors.
        axes: int n, the last n axes of `x1` with the first n of `x2`; or a pair of ints or tuples, the axes of each.

    Returns: the axes of `x1` that are left, then those of `x2`, the promoted dtype.

    Example:
        >>> ops.tensordot([[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0], axes=1)
        Tensor([3., 7.], dtype=float32)
    """
    a, b = promote(x1, x2, arrays=True)
    if not isinstance(axes, int):
        first, second = axes
        axes = tuple((v,) if isinstance(v, int) else tuple(v) for v in (first, second))
    return _contract(xp.tensordot, a, b, axes=axes)


@op("numpy")
def inner(x1: TensorLike, x2: TensorLike) -> Tensor:
    """Sum of products over the last axes.

    Args:
        x1: `(..., k)` or a number.
        x2: `(..., k)` or a number.

    Returns: the axes of `x1` that are left, then those of `x2`, the promoted dtype.

    Example:
        >>> ops.inner([1.0, 2.0], [3.0, 4.0])
        Tensor(11., dtype=float32)
    """
    a, b = promote(x1, x2, arrays=True)
    if not a.ndim or not b.ndim:
        return xp.multiply(a, b)
    _check_inner("inner", a, b, -1, -1)
    return _contract(xp.tensordot, a, b, axes=((a.ndim - 1,), (b.ndim - 1,)))


@op("numpy")
def outer(x1: TensorLike, x2: TensorLike) -> Tensor:
    """All products of an element of `x1` with one of `x2`, both flattened.

    Returns: `(x1.size, x2.size)`, the promoted dtype.
    Example:
        >>> ops.outer([1, 2], [3, 4])
        Tensor([[3, 4],
                [6, 8]], dtype=int32)
    """
    a, b = promote(x1, x2, arrays=True)
    return xp.reshape(a, (-1, 1)) * xp.reshape(b, (1, -1))


@op("numpy")
def vdot(x1: TensorLike, x2: TensorLike) -> Tensor:
    """Sum of products of all elements, `x1` conjugated.

    Returns: `()`, the promoted dtype.
    Example:
        >>> ops.vdot([1.0, 2.0], [3.0, 4.0])
        Tensor(11., dtype=float32)
    """
    a, b = promote(x1, x2, arrays=True)
    a, b = xp.reshape(a, (-1,)), xp.reshape(b, (-1,))
    if "complex" in dtype_name(a):
        a = xp.conj(a)
    _check_inner("vdot", a, b, -1, -1)
    return _contract(xp.tensordot, a, b, axes=((0,), (0,)))


@op("numpy", tensors="subscripts", variadic=True)
def einsum(subscripts: Any, *operands: Any, **kwargs: Any) -> Tensor:
    """Sum of products as Einstein's convention writes it, such as `"bij,bjk->bik"`.

    Args:
        subscripts: letters for the axes of each operand and of the result.
        operands: tensors.

    Returns: the axes after `->` (or those named once, in alphabetical order), the promoted dtype.

    Example:
        >>> ops.einsum("ij,j->i", [[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0])
        Tensor([3., 7.], dtype=float32)
    """
    if kwargs:
        raise TypeError(f"einsum: unknown arguments {sorted(kwargs)}.")
    given = [tensor(x) for x in operands]
    arrays = promote(*given, arrays=True)
    if {dtype_name(x) for x in given} == {"int8"}:
        arrays = [to(x, "int32") for x in arrays]
    name = dtype_name(arrays[0])
    if name == "bool":
        return xp.not_equal(xp.einsum(subscripts, *(to(x, "int32") for x in arrays)), 0)
    if name in _HALF and not _has_kernels(name):
        return to(xp.einsum(subscripts, *(to(x, "float32") for x in arrays)), name)
    return xp.einsum(subscripts, *arrays)


@op("numpy")
def kron(x1: TensorLike, x2: TensorLike) -> Tensor:
    """Kronecker product: `x2` once for each element of `x1`, multiplied by it.

    Returns: tensor whose sizes are the products of the sizes, the promoted dtype.
    Example:
        >>> ops.kron([1, 2], [1, 10])
        Tensor([ 1, 10,  2, 20], dtype=int32)
    """
    a, b = promote(x1, x2, arrays=True)
    rank = max(a.ndim, b.ndim)
    a = xp.reshape(a, (1,) * (rank - a.ndim) + tuple(a.shape))
    b = xp.reshape(b, (1,) * (rank - b.ndim) + tuple(b.shape))
    shape = tuple(m * n for m, n in zip(a.shape, b.shape))
    a = xp.reshape(a, tuple(s for n in a.shape for s in (n, 1)))
    b = xp.reshape(b, tuple(s for n in b.shape for s in (1, n)))
    return xp.reshape(xp.multiply(a, b), shape)


@op("numpy")
def cross(
    x1: TensorLike, x2: TensorLike, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: int | None = None
) -> Tensor:
    """Cross product of vectors of size 3 (or 2, whose third component is 0).

    Args:
        x1, x2: tensors that broadcast apart from the axis of the vectors.
        axisa, axisb, axisc: that axis in `x1`, in `x2` and in the result.
        axis: int, one axis for all three.

    Returns: the broadcast shape; without the axis of the vectors if both have size 2.

    Example:
        >>> ops.cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
        Tensor([0., 0., 1.], dtype=float32)
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = promote(x1, x2, arrays=True)
    a, b = xp.moveaxis(a, axisa, -1), xp.moveaxis(b, axisb, -1)
    if a.shape[-1] not in (2, 3) or b.shape[-1] not in (2, 3):
        raise ValueError(f"cross: vectors must have size 2 or 3; got {a.shape[-1]} and {b.shape[-1]}.")
    last = _minor(a[..., 0], b[..., 1], a[..., 1], b[..., 0])
    if a.shape[-1] == b.shape[-1] == 2:
        return last
    az = a[..., 2] if a.shape[-1] == 3 else xp.zeros_like(a[..., 0])
    bz = b[..., 2] if b.shape[-1] == 3 else xp.zeros_like(b[..., 0])
    parts = [_minor(a[..., 1], bz, az, b[..., 1]), _minor(az, b[..., 0], a[..., 0], bz), last]
    return xp.moveaxis(xp.stack(parts, axis=-1), -1, axisc)


def _minor(a: Any, b: Any, c: Any, d: Any) -> Any:
    return xp.subtract(xp.multiply(a, b), xp.multiply(c, d))


@op("numpy")
def correlate(x1: TensorLike, x2: TensorLike, mode: str = "valid") -> Tensor:
    """Cross-correlation of two sequences, Σₙ x1[n + k] · x2[n].

    Args:
        x1, x2: `(n,)` and `(m,)`, real.
        mode: "valid", "same" or "full": the shifts k to take.

    Returns: 1-D, the promoted dtype, floating. Raises ValueError for other ranks and modes.
    """
    a, b = promote(x1, x2, arrays=True, also=(float,))
    if a.ndim != 1 or b.ndim != 1:
        raise ValueError(f"correlate: x1 and x2 must be 1-D; got shapes {tuple(a.shape)} and {tuple(b.shape)}.")
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"correlate: mode must be 'valid', 'same' or 'full'; got {mode!r}.")
    flipped = a.shape[0] < b.shape[0]
    if flipped:
        a, b = b, a
    m = b.shape[0]
    before, after = {"valid": (0, 0), "full": (m - 1, m - 1), "same": (m // 2, m - 1 - m // 2)}[mode]
    if flipped:
        before, after = after, before
    a = xp.pad(a, ((before, after),), mode="constant", constant_values=0)
    count = a.shape[0] - m + 1
    windows = xp.take(a, np.arange(count)[:, None] + np.arange(m)[None, :], axis=0)
    result = xp.sum(windows * b, axis=-1, dtype=b.dtype)
    return xp.flip(result, 0) if flipped else result


@op("numpy")
def corrcoef(x: TensorLike) -> Tensor:
    """Pearson's correlation coefficients between the rows of a matrix.

    Args:
        x: `(variables, observations)`, real.

    Returns: `(variables, variables)`, floating.
    """
    x = floating(x)
    x = xp.reshape(x, (1, -1)) if x.ndim == 1 else x
    centred = x - xp.mean(x, axis=-1, keepdims=True)
    covariance = xp.matmul(centred, xp.swapaxes(centred, 0, 1))
    scale = xp.sqrt(_diagonal(covariance))
    result = covariance / xp.expand_dims(scale, 1) / xp.expand_dims(scale, 0)
    return xp.clip(result, -1, 1) if result.shape[0] > 1 else result[0, 0]


def _diagonal(x: Any) -> Any:
    n = min(x.shape[-2:])
    return xp.take(xp.reshape(x, (*x.shape[:-2], -1)), np.arange(n) * (x.shape[-1] + 1), axis=-1)


@op("math", class_name="CDist")
def cdist(x: TensorLike, y: TensorLike) -> Tensor:
    """Euclidean distances between the rows of two matrices.

    Args:
        x: `(..., n, d)`, floating.
        y: `(..., m, d)`, floating.

    Returns: `(..., n, m)`.
    """
    a, b = promote(x, y, arrays=True, also=(float,))
    difference = xp.expand_dims(a, -2) - xp.expand_dims(b, -3)
    return xp.sqrt(xp.sum(xp.square(difference), axis=-1))
