"""Reductions over axes, and what NumPy makes of them."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._dtypes import FLOAT32, is_float
from .._graph import Spec
from .._primitive import Primitive
from .._tracer import FUNCTIONS, implements, to_array, to_dtype
from ._shape import broadcast_to, reshape

Axes = tuple[int, ...]


def normal_axes(axis: Any, ndim: int) -> Axes:
    """The axes as a sorted tuple of non-negative ints; None means all. Raises AxisError (a ValueError) out of range."""
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    return tuple(sorted({np.lib.array_utils.normalize_axis_index(int(a), ndim) for a in axes}))


def reduced_shape(shape: tuple[int, ...], axes: Axes, keepdims: bool) -> tuple[int, ...]:
    if keepdims:
        return tuple(1 if i in axes else n for i, n in enumerate(shape))
    return tuple(n for i, n in enumerate(shape) if i not in axes)


def spread(g: Any, shape: tuple[int, ...], axes: Axes) -> Any:
    """A reduced array spread again over the axes it was reduced over."""
    if g.shape == ():
        return broadcast_to(g, shape=shape)
    kept = tuple(1 if i in axes else n for i, n in enumerate(shape))
    return broadcast_to(reshape(g, shape=kept), shape=shape)


def _reduction(name: str, ufunc: np.ufunc, dtype: Any = None) -> Primitive:
    primitive = Primitive(name)

    @primitive.forward
    def forward(x: np.ndarray, axis: Axes, keepdims: bool, out: np.ndarray | None = None) -> np.ndarray:
        return ufunc.reduce(x, axis=axis, dtype=dtype or x.dtype, out=out, keepdims=keepdims)

    def emit(node: Any, ins: list[str], outs: list[str]) -> str:
        axis, keepdims = node.params["axis"], node.params["keepdims"]
        kind = f"np.dtype('{dtype}')" if dtype else f"{ins[0]}.dtype"
        return f"np.{ufunc.__name__}.reduce({ins[0]}, {axis}, {kind}, {outs[0]}, {keepdims})"

    primitive.emit = emit

    @primitive.shape
    def shape(x: Any, axis: Axes, keepdims: bool) -> Spec:
        return Spec(reduced_shape(x.shape, axis, keepdims), dtype or x.dtype)

    return primitive


reduce_sum = _reduction("sum", np.add)
reduce_prod = _reduction("prod", np.multiply)
reduce_max = _reduction("max", np.maximum)
reduce_min = _reduction("min", np.minimum)
reduce_any = _reduction("any", np.logical_or, np.dtype(bool)).no_gradient()
reduce_all = _reduction("all", np.logical_and, np.dtype(bool)).no_gradient()


@reduce_sum.bind
def _bind_sum(inputs: Any, outputs: Any, work: Any, axis: Axes, keepdims: bool) -> Callable[[], None]:
    """The sum over the leading axes as a product with a row of ones: BLAS adds rows several times faster."""
    (x,), (out,) = inputs, outputs
    matrix, total = x.reshape(-1, math.prod(x.shape[len(axis) :])), out.reshape(-1)
    ones = np.ones(len(matrix), x.dtype)
    return lambda: np.matmul(ones, matrix, out=total)


def _leading(node: Any) -> bool:
    x, axis = node.inputs[0], node.params["axis"]
    few = 2 <= math.prod(x.shape[len(axis) :]) <= 4096
    return x.dtype in (FLOAT32, np.float64) and axis == tuple(range(len(axis))) and few and x.nbytes >= 1 << 14


reduce_sum.worth_binding = _leading
reduce_sum.vjp(0)(lambda g, y, x, axis, keepdims: spread(g, x.shape, axis))


@reduce_max.vjp(0)
@reduce_min.vjp(0)
def _extreme_vjp(g: Any, y: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    chosen = to_dtype(x == spread(y, x.shape, axis), g.dtype)
    ties = reduce_sum(chosen, axis=axis, keepdims=True)
    return spread(g, x.shape, axis) * chosen / ties


@reduce_prod.vjp(0)
def _prod_vjp(g: Any, y: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    # The product of the others, from both ends, so that a zero factor does no harm.
    kept = tuple(i for i in range(len(x.shape)) if i not in axis)
    order = kept + axis
    moved = np.transpose(x, order)
    flat = np.reshape(moved, (*(x.shape[i] for i in kept), -1))
    ones = np.ones((*flat.shape[:-1], 1), flat.dtype)
    before = np.cumprod(np.concatenate([ones, flat[..., :-1]], axis=-1), axis=-1)
    after = np.flip(np.cumprod(np.concatenate([ones, np.flip(flat, -1)[..., :-1]], axis=-1), axis=-1), -1)
    others = np.transpose(np.reshape(before * after, moved.shape), np.argsort(order))
    return spread(g, x.shape, axis) * others


def _arg_reduction(name: str, function: Callable) -> Primitive:
    primitive = Primitive(name).no_gradient()
    primitive.forward(lambda x, axis, out=None: function(x, axis=axis, out=out))
    primitive.shape(lambda x, axis: Spec(reduced_shape(x.shape, (axis,), False), np.dtype(np.intp)))
    return primitive


argmax = _arg_reduction("argmax", np.argmax)
argmin = _arg_reduction("argmin", np.argmin)


def _arg(primitive: Primitive) -> Callable:
    def call(a: Any, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
        x = to_array(a)
        shape = x.shape
        if axis is None:
            result = primitive(np.reshape(x, -1), axis=0)
            return np.reshape(result, (1,) * len(shape)) if keepdims else result
        axis = np.lib.array_utils.normalize_axis_index(axis, len(shape))
        result = primitive(x, axis=axis)
        return np.expand_dims(result, axis) if keepdims else result

    return call


implements(np.argmax)(_arg(argmax))
implements(np.argmin)(_arg(argmin))


def _small_int(x: Any) -> Any:
    return to_dtype(x, np.dtype("int32")) if x.dtype.kind == "b" else x


def _reducer(primitive: Primitive, prepare: Callable = to_array) -> Callable:
    def call(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
        x = prepare(to_array(a))
        if dtype is not None:
            x = to_dtype(x, np.dtype(dtype))
        if more.get("where", True) is not True:
            where = more["where"]
            neutral = {"sum": 0, "prod": 1, "any": False, "all": True}.get(primitive.name, more.get("initial"))
            if neutral is None:
                raise TypeError(f"{primitive.name} of a traced tensor with where= needs initial=.")
            x = np.where(where, x, neutral)
        axes = normal_axes(axis, len(x.shape))
        result = primitive(x, axis=axes, keepdims=bool(keepdims)) if axes or primitive.differentiable is False else x
        initial = more.get("initial")
        if isinstance(initial, (int, float)):
            combine = {"sum": np.add, "prod": np.multiply, "max": np.maximum, "min": np.minimum}[primitive.name]
            result = combine(result, initial)
        return result

    return call


implements(np.sum)(_reducer(reduce_sum, _small_int))
implements(np.prod)(_reducer(reduce_prod, _small_int))


def _extreme(primitive: Primitive) -> Callable:
    reducer = _reducer(primitive)

    def call(a: Any, axis: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
        return reducer(a, axis=axis, keepdims=keepdims, **more)

    return call


implements(np.max, np.amax)(_extreme(reduce_max))
implements(np.min, np.amin)(_extreme(reduce_min))


def _truth(primitive: Primitive) -> Callable:
    reducer = _reducer(primitive, lambda x: to_dtype(x, np.dtype(bool)))

    def call(a: Any, axis: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
        return reducer(a, axis=axis, keepdims=keepdims, **more)

    return call


implements(np.any)(_truth(reduce_any))
implements(np.all)(_truth(reduce_all))


def _as_float(x: Any, dtype: Any = None) -> Any:
    x = to_array(x)
    if dtype is not None:
        return to_dtype(x, np.dtype(dtype))
    return x if is_float(x.dtype) else to_dtype(x, FLOAT32)


@implements(np.mean)
def mean(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
    x = _as_float(a, dtype)
    where = more.get("where", True)
    if where is not True:
        weights = to_dtype(broadcast_to(to_array(where), shape=x.shape), x.dtype)
        return np.sum(x * weights, axis, keepdims=keepdims) / np.sum(weights, axis, keepdims=keepdims)
    axes = normal_axes(axis, len(x.shape))
    count = 1
    for i in axes:
        count *= x.shape[i]
    total = reduce_sum(x, axis=axes, keepdims=bool(keepdims)) if axes else x
    return total * (1.0 / count) if count else total / 0.0


@implements(np.var)
def var(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False, **_: Any
) -> Any:
    x = _as_float(a, dtype)
    centred = x - mean(x, axis, keepdims=True)
    count = int(np.prod([x.shape[i] for i in normal_axes(axis, len(x.shape))]))
    return np.sum(np.square(centred), axis, keepdims=keepdims) / float(max(count - ddof, 0))


@implements(np.std)
def std(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False, **_: Any
) -> Any:
    return np.sqrt(var(a, axis, dtype, None, ddof, keepdims))


@implements(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    if weights is None:
        return mean(a, axis, keepdims=keepdims)
    x, w = to_array(a), to_array(weights)
    if w.shape != x.shape:
        w = np.reshape(w, tuple(n if i in normal_axes(axis, len(x.shape)) else 1 for i, n in enumerate(x.shape)))
        w = np.broadcast_to(w, x.shape)
    return np.sum(x * w, axis, keepdims=keepdims) / np.sum(w, axis, keepdims=keepdims)


@implements(np.ptp)
def _ptp(a: Any, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
    return np.max(a, axis, keepdims=keepdims) - np.min(a, axis, keepdims=keepdims)


@implements(np.count_nonzero)
def _count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return np.sum(to_dtype(to_array(a) != 0, np.dtype("int32")), axis, keepdims=keepdims)


def _ignoring_nan(reducer: Any, neutral: float) -> Callable:
    def call(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, **_: Any) -> Any:
        x = to_array(a)
        return reducer(np.where(np.isnan(x), neutral, x) if is_float(x.dtype) else x, axis, keepdims=keepdims)

    return call


implements(np.nansum)(_ignoring_nan(np.sum, 0))
implements(np.nanprod)(_ignoring_nan(np.prod, 1))


def _nan_extreme(reducer: Any, neutral: float) -> Callable:
    def call(a: Any, axis: Any = None, out: None = None, keepdims: bool = False, **_: Any) -> Any:
        x = to_array(a)
        if not is_float(x.dtype):
            return reducer(x, axis, keepdims=keepdims)
        missing = np.isnan(x)
        value = reducer(np.where(missing, neutral, x), axis, keepdims=keepdims)
        return np.where(np.all(missing, axis, keepdims=keepdims), np.nan, value)

    return call


implements(np.nanmax)(_nan_extreme(np.max, -np.inf))
implements(np.nanmin)(_nan_extreme(np.min, np.inf))


def _nan_arg(reducer: Any, neutral: float) -> Callable:
    def call(a: Any, axis: Any = None, out: None = None, *, keepdims: bool = False) -> Any:
        x = to_array(a)
        return reducer(np.where(np.isnan(x), neutral, x) if is_float(x.dtype) else x, axis, keepdims=keepdims)

    return call


implements(np.nanargmax)(_nan_arg(np.argmax, -np.inf))
implements(np.nanargmin)(_nan_arg(np.argmin, np.inf))


@implements(np.nanmean)
def _nanmean(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, **_: Any) -> Any:
    x = _as_float(a, dtype)
    present = to_dtype(~np.isnan(x), x.dtype)
    return np.nansum(x, axis, keepdims=keepdims) / np.sum(present, axis, keepdims=keepdims)


@implements(np.nanvar)
def _nanvar(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False, **_: Any
) -> Any:
    x = _as_float(a, dtype)
    present = to_dtype(~np.isnan(x), x.dtype)
    centred = np.where(np.isnan(x), 0, x - _nanmean(x, axis, keepdims=True))
    return np.sum(np.square(centred), axis, keepdims=keepdims) / (
        np.sum(present, axis, keepdims=keepdims) - float(ddof)
    )


@implements(np.nanstd)
def _nanstd(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False, **_: Any
) -> Any:
    return np.sqrt(_nanvar(a, axis, dtype, None, ddof, keepdims))


FUNCTIONS["sum_to"] = lambda g, shape: sum_to(g, shape)


def sum_to(g: Any, shape: tuple[int, ...]) -> Any:
    """Sums a broadcast gradient back to `shape`."""
    if g.shape == shape:
        return g
    extra = len(g.shape) - len(shape)
    axes = tuple(range(extra)) + tuple(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1)
    g = reduce_sum(g, axis=axes, keepdims=False) if axes else g
    return g if g.shape == shape else reshape(g, shape=shape)
