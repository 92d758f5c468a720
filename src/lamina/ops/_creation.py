"""Tensors from nothing: constants, ranges, windows, grids."""

import builtins
from typing import Any

import numpy as np

from lamina import _settings
from lamina._typing import DType, Shape, Tensor, TensorLike
from lamina.engines import engine

from ._backend import xp
from ._convert import promote, tensor, to
from ._dtypes import dtype_name, is_float_dtype, numpy_dtype, result_type, standardize_dtype
from ._op import op


def whole_shape(shape: Any) -> tuple[int, ...]:
    """The shape that an int or ints ask for. Raises ValueError for negative ones, of which each engine says something else."""
    found = (int(shape),) if isinstance(shape, (int, np.integer)) else tuple(int(n) for n in shape)
    if any(n < 0 for n in found):
        raise ValueError(f"shape must hold no negative sizes; got {shape!r}.")
    return found


def _new(function: Any, *args: Any, dtype: Any, **kwargs: Any) -> Any:
    return engine.tensor(function(*args, dtype=numpy_dtype(standardize_dtype(dtype)), **kwargs))


@op("numpy")
def zeros(shape: Shape, dtype: DType = None) -> Tensor:
    """Zeros of a shape.

    Args:
        shape: int or tuple of ints.
        dtype: name of a dtype; None: the default float type.

    Returns: `shape`, `dtype`.

    Example:
        >>> ops.zeros((2, 2))
        Tensor([[0., 0.],
                [0., 0.]], dtype=float32)
    """
    return _new(xp.zeros, whole_shape(shape), dtype=dtype)


@op("numpy")
def ones(shape: Shape, dtype: DType = None) -> Tensor:
    """Ones of a shape.

    Args:
        shape: int or tuple of ints.
        dtype: name of a dtype; None: the default float type.

    Returns: `shape`, `dtype`.

    Example:
        >>> ops.ones((2, 2))
        Tensor([[1., 1.],
                [1., 1.]], dtype=float32)
    """
    return _new(xp.ones, whole_shape(shape), dtype=dtype)


@op("numpy")
def empty(shape: Shape, dtype: DType = None) -> Tensor:
    """A tensor of a shape whose values are of no meaning (zeros here).

    Args:
        shape: int or tuple of ints.
        dtype: name of a dtype; None: the default float type.

    Returns: `shape`, `dtype`.
    """
    return _new(xp.zeros, whole_shape(shape), dtype=dtype)


@op("numpy", tensors="fill_value")
def full(shape: Shape, fill_value: TensorLike, dtype: DType = None) -> Tensor:
    """One value in every place.

    Args:
        shape: int or tuple of ints.
        fill_value: number, or tensor that broadcasts to `shape`.
        dtype: name of a dtype; None: the default float type.

    Returns: `shape`, `dtype`.

    Example:
        >>> ops.full((2,), 7)
        Tensor([7., 7.], dtype=float32)
    """
    value = to(tensor(fill_value), standardize_dtype(dtype))
    return xp.broadcast_to(value, whole_shape(shape))


def _like_dtype(x: Any, dtype: Any) -> Any:
    return numpy_dtype(dtype_name(x) if dtype is None else standardize_dtype(dtype))


@op("numpy", tensors="x")
def zeros_like(x: TensorLike, dtype: DType = None) -> Tensor:
    """Zeros shaped like `x`, in its dtype unless another is given."""
    x = tensor(x)
    return xp.zeros_like(x, dtype=_like_dtype(x, dtype))


@op("numpy", tensors="x")
def ones_like(x: TensorLike, dtype: DType = None) -> Tensor:
    """Ones shaped like `x`, in its dtype unless another is given."""
    x = tensor(x)
    return xp.ones_like(x, dtype=_like_dtype(x, dtype))


@op("numpy", tensors="x")
def empty_like(x: TensorLike, dtype: DType = None) -> Tensor:
    """A tensor shaped like `x` whose values are of no meaning (zeros here)."""
    x = tensor(x)
    return xp.zeros_like(x, dtype=_like_dtype(x, dtype))


@op("numpy", tensors="x fill_value")
def full_like(x: TensorLike, fill_value: TensorLike, dtype: DType = None) -> Tensor:
    """One value in every place of a tensor shaped like `x`, in its dtype unless another is given."""
    x = tensor(x)
    value = to(tensor(fill_value), dtype_name(x) if dtype is None else standardize_dtype(dtype))
    return xp.broadcast_to(value, x.shape)


@op("numpy", tensors="start stop step")
def arange(start: Any, stop: Any = None, step: Any = None, dtype: DType = None) -> Tensor:
    """Evenly spaced numbers from `start` (0 if only one bound is given) up to, without, `stop`.

    Args:
        start, stop, step: numbers, known when the program is traced.
        dtype: name of a dtype; None: int32 for integers, the default float type for floats.

    Returns: `(ceil((stop - start) / step),)`.

    Example:
        >>> ops.arange(0, 10, 3)
        Tensor([0, 3, 6, 9], dtype=int32)
    """
    given = [v for v in (start, stop, step) if v is not None]
    if dtype is None:
        dtype = result_type(*(getattr(v, "dtype", type(v)) for v in given))
    start, stop = (0, start) if stop is None else (start, stop)
    step = 1 if step is None else step
    return engine.tensor(np.arange(item(start), item(stop), item(step)).astype(numpy_dtype(standardize_dtype(dtype))))


def item(x: Any) -> Any:
    """The number in a tensor of one element; a number as it is."""
    if isinstance(x, (int, float)):
        return x
    is_known = type(x) is np.ndarray or isinstance(x, np.generic)  # no engine is asked, which may be tracing
    return (x if is_known else engine.numpy(tensor(x))).item()


def _space_dtype(dtype: Any, *values: Any) -> str:
    if dtype is not None:
        return standardize_dtype(dtype)
    return result_type(
        *(getattr(v, "dtype", type(v) if isinstance(v, (int, float)) else _settings.floatx()) for v in values), float
    )


@op("numpy", tensors="start stop")
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: DType = None,
    axis: int = 0,
) -> Any:
    """`num` evenly spaced numbers from `start` to `stop`.

    Args:
        start, stop: numbers or broadcastable tensors.
        num: int.
        endpoint: whether `stop` is the last one.
        retstep: whether to return the spacing too.
        dtype: name of a dtype; None: floating.
        axis: where the new axis goes.

    Returns: `(num, *broadcast)` with the new axis at `axis`, or a pair with the step.

    Example:
        >>> ops.linspace(0.0, 1.0, 5)
        Tensor([0.  , 0.25, 0.5 , 0.75, 1.  ], dtype=float32)
    """
    dtype = _space_dtype(dtype, start, stop)
    work = dtype if "float" in dtype else _settings.floatx()
    a, b = (to(tensor(v), work) for v in promote(start, stop, arrays=True, also=(float,)))
    steps = builtins.max(num - 1 if endpoint else num, 1)
    step = (b - a) / steps
    shape = (num,) + (1,) * step.ndim
    places = tensor(np.arange(num).reshape(shape).astype(numpy_dtype(work)))
    result = a + step * places
    if endpoint and num > 1:
        result = xp.where(xp.equal(places, num - 1), b, result)
    result = to(xp.moveaxis(result, 0, axis) if axis else result, dtype)
    return (result, step) if retstep else result


@op("numpy", tensors="start stop")
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: int = 10, dtype: DType = None, axis: int = 0
) -> Tensor:
    """`num` numbers from `base**start` to `base**stop`, evenly spaced in their logarithm.

    Args:
        start, stop: exponents, numbers or broadcastable tensors.
        num, endpoint, dtype, axis: as for `linspace`.
        base: number.

    Returns: as `linspace`.

    Example:
        >>> ops.logspace(0.0, 2.0, 3)
        Tensor([  1.,  10., 100.], dtype=float32)
    """
    dtype = _space_dtype(dtype, start, stop)
    return to(xp.power(base, linspace(start, stop, num, endpoint, axis=axis)), dtype)


@op("numpy", tensors="start stop")
def geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: DType = None, axis: int = 0
) -> Tensor:
    """`num` numbers from `start` to `stop`, each the same multiple of the one before.

    Args:
        start, stop: numbers or broadcastable tensors, of one sign, not 0.
        num, endpoint, dtype, axis: as for `linspace`.

    Returns: as `linspace`.

    Example:
        >>> ops.geomspace(1.0, 100.0, 3)
        Tensor([  1.,  10., 100.], dtype=float32)
    """
    dtype = _space_dtype(dtype, start, stop)
    a, b = (to(v, "float64") for v in promote(start, stop, arrays=True, also=(float,)))
    sign = xp.sign(a)
    result = xp.exp(linspace(xp.log(a * sign), xp.log(b * sign), num, endpoint, axis=axis))
    if sign.ndim:
        sign = xp.expand_dims(sign, axis)
    return to(result * sign, dtype)


@op("numpy")
def eye(N: int, M: int | None = None, k: int = 0, dtype: DType = None) -> Tensor:
    """Ones on a diagonal, zeros elsewhere.

    Args:
        N, M: rows and columns (`N` if None).
        k: which diagonal, 0 the main one, above it positive.
        dtype: name of a dtype; None: the default float type.

    Returns: `(N, M)`, `dtype`.

    Example:
        >>> ops.eye(2)
        Tensor([[1., 0.],
                [0., 1.]], dtype=float32)
    """
    rows, columns = _count("eye", "N", N), None if M is None else _count("eye", "M", M)
    return _new(xp.eye, rows, columns, k=_count("eye", "k", k), dtype=dtype)


def _count(name: str, argument: str, value: Any) -> int:
    """An integer, or a tensor of one. Raises TypeError for a float."""
    if isinstance(value, float) or (hasattr(value, "dtype") and is_float_dtype(value.dtype)):
        raise TypeError(f"{name}: {argument} must be an integer; got {value!r}.")
    return int(value)


@op("numpy")
def identity(n: int, dtype: DType = None) -> Tensor:
    """The identity matrix.

    Args:
        n: int.
        dtype: name of a dtype; None: the default float type.

    Returns: `(n, n)`, `dtype`.

    Example:
        >>> ops.identity(2)
        Tensor([[1., 0.],
                [0., 1.]], dtype=float32)
    """
    return _new(xp.eye, int(n), dtype=dtype)


@op("numpy")
def tri(N: int, M: int | None = None, k: int = 0, dtype: DType = None) -> Tensor:
    """Ones on and below a diagonal.

    Args:
        N, M, k, dtype: as for `eye`.

    Returns: `(N, M)`, `dtype`.

    Example:
        >>> ops.tri(3)
        Tensor([[1., 0., 0.],
                [1., 1., 0.],
                [1., 1., 1.]], dtype=float32)
    """
    return _new(xp.tri, int(N), None if M is None else int(M), k=int(k), dtype=dtype)


@op("numpy", tensors="x")
def array(x: TensorLike, dtype: DType = None) -> Tensor:
    """`x` as a tensor (as `convert_to_tensor`)."""
    x = tensor(x)
    return x if dtype is None else to(x, standardize_dtype(dtype))


@op("numpy", tensors="", variadic=True)
def meshgrid(*x: Any, indexing: str = "xy") -> list[Tensor]:
    """Coordinates of a grid from the coordinates along its axes.

    Args:
        x: 1-D tensors.
        indexing: "xy" (the first two axes swapped) or "ij".

    Returns: list[Any] of tensors, one for each argument, shaped like the grid.

    Example:
        >>> ops.meshgrid([1, 2], [3, 4])
        [Tensor([[1, 2],
                [1, 2]], dtype=int32), Tensor([[3, 3],
                [4, 4]], dtype=int32)]
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: indexing must be 'xy' or 'ij'; got {indexing!r}.")
    axes = [xp.reshape(tensor(v), (-1,)) for v in x]
    grid = tuple(a.shape[0] for a in axes)
    out = []
    for i, a in enumerate(axes):
        shape = [1] * len(axes)
        shape[i] = a.shape[0]
        full_grid = xp.broadcast_to(xp.reshape(a, tuple(shape)), grid)
        out.append(xp.swapaxes(full_grid, 0, 1) if indexing == "xy" and len(axes) > 1 else full_grid)
    return out


@op("numpy", tensors="x")
def vander(x: TensorLike, N: int | None = None, increasing: bool = False) -> Tensor:
    """The Vandermonde matrix: powers of `x` along the rows.

    Args:
        x: `(n,)`, real.
        N: number of columns, n if None.
        increasing: whether powers rise from left to right.

    Returns: `(n, N)`, dtype of `x`.

    Example:
        >>> ops.vander([1.0, 2.0, 3.0])
        Tensor([[1., 1., 1.],
                [4., 2., 1.],
                [9., 3., 1.]], dtype=float32)
    """
    x = tensor(x)
    if x.ndim != 1:
        raise ValueError(f"vander: x must have one axis; got shape {tuple(x.shape)}.")
    count = x.shape[0] if N is None else N
    powers = np.arange(count) if increasing else np.arange(count)[::-1]
    dtype = dtype_name(x)
    base = to(x, "int32") if dtype == "bool" else x
    return to(xp.power(xp.expand_dims(base, -1), powers.astype(numpy_dtype(dtype_name(base)))), dtype)
