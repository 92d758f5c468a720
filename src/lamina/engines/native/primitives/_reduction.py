"""Reductions over axes."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._cut import SUM, Cut, CutRule, Known, Split
from .._dispatch import implements
from .._dtypes import FLOAT32, is_float
from .._emit import Emit
from .._graph import Node, Spec
from .._operands import to_array, to_dtype
from .._primitive import NO_GRADIENT, Bound, Primitive
from ._axes import Axes, axis_of, normal_axes
from ._constant_rows import constant_row
from ._views import broadcast_to, reshape


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


def sum_to(g: Any, shape: tuple[int, ...]) -> Any:
    """Sums a broadcast gradient back to `shape`."""
    if g.shape == shape:
        return g
    extra = len(g.shape) - len(shape)
    axes = tuple(range(extra)) + tuple(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1)
    g = reduce_sum(g, axis=axes, keepdims=False) if axes else g
    return g if g.shape == shape else reshape(g, shape=shape)


def _cut_reduction(parts_add_up: bool) -> CutRule:
    """Over other axes than the batch's; over that one only a sum, and not of few bits."""

    def cut(node: Node, known: Known, batch: int) -> Cut | None:
        (split,), (out,) = known, node.outputs
        assert split is not None
        axes = normal_axes(node.params["axis"], len(node.inputs[0].shape))
        if split.axis in axes:
            return Cut([split], [SUM]) if parts_add_up and out.dtype.itemsize >= 4 else None
        gone = 0 if node.params.get("keepdims", False) else sum(a < split.axis for a in axes)
        return Cut([split], [Split(split.axis - gone, split.per)])

    return cut


def _sums_as(ufunc: np.ufunc, dtype: Any) -> Any:
    """The dtype to add up in: floats of 16 bits soon stand still, ones of bfloat16 at 256."""
    return FLOAT32 if ufunc in (np.add, np.multiply) and is_float(dtype) and dtype.itemsize == 2 else dtype


def _reduction(
    name: str,
    ufunc: np.ufunc,
    *vjps: Callable[..., Any],
    dtype: Any = None,
    parts_add_up: bool = False,
    bound: Bound | None = None,
    emit: Emit | None = None,
) -> Primitive:
    def forward(x: np.ndarray, axis: Axes, keepdims: bool, out: np.ndarray | None = None) -> np.ndarray:
        kind = dtype or _sums_as(ufunc, x.dtype)
        found = ufunc.reduce(x, axis=axis, dtype=kind, out=out, keepdims=keepdims)
        return found if dtype or out is not None else found.astype(x.dtype, copy=False)

    def line(node: Node, ins: list[str], outs: list[str]) -> str:
        axis, keepdims = node.params["axis"], node.params["keepdims"]
        own = node.inputs[0].dtype
        wide = dtype or _sums_as(ufunc, own)
        kind = f"{ins[0]}.dtype" if wide == own else f"np.dtype('{wide}')"
        return f"np.{ufunc.__name__}.reduce({ins[0]}, {axis}, {kind}, {outs[0]}, {keepdims})"

    return Primitive(
        name,
        forward=forward,
        shape=lambda x, axis, keepdims: Spec(reduced_shape(x.shape, axis, keepdims), dtype or x.dtype),
        vjp=vjps or NO_GRADIENT,
        cut=_cut_reduction(parts_add_up),
        source=line,
        bound=bound,
        emit=emit,
    )


def _emit_reduction(combine: str, start: Callable[[np.dtype], Any]) -> Emit:
    def loops(f: Any, inputs: Any, outputs: Any, axis: Axes, keepdims: bool) -> None:
        (x,), (out,) = inputs, outputs
        f.reduce(getattr(f, combine), f.number(start(x.dtype), x.dtype), x, out, axis)

    return Emit(loops=loops, can=lambda kind, inputs, outputs, **_: inputs[0].dtype == outputs[0].dtype)


def _lowest(dtype: np.dtype) -> Any:
    if is_float(dtype):
        return -np.inf
    return np.iinfo(dtype).min if dtype.kind in "iu" else False


def _highest(dtype: np.dtype) -> Any:
    if is_float(dtype):
        return np.inf
    return np.iinfo(dtype).max if dtype.kind in "iu" else True


def _bind_sum(inputs: Any, outputs: Any, work: Any, axis: Axes, keepdims: bool) -> Callable[[], None]:
    """The sum over the leading axes as a product with a row of ones: BLAS adds rows several times faster."""
    (x,), (out,) = inputs, outputs
    matrix, total = x.reshape(-1, math.prod(x.shape[len(axis) :])), out.reshape(-1)
    ones = constant_row(1, len(matrix), x.dtype)
    return lambda: np.matmul(ones, matrix, out=total)


def _leading(node: Node) -> bool:
    x, axis = node.inputs[0], node.params["axis"]
    few = 2 <= math.prod(x.shape[len(axis) :]) <= 4096
    return x.dtype in (FLOAT32, np.float64) and axis == tuple(range(len(axis))) and few and x.nbytes >= 1 << 14


def _extreme_vjp(g: Any, y: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    chosen = to_dtype(x == spread(y, x.shape, axis), g.dtype)
    ties = reduce_sum(chosen, axis=axis, keepdims=True)
    return spread(g, x.shape, axis) * chosen / ties


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


reduce_sum = _reduction(
    "sum", np.add, lambda g, y, x, axis, keepdims: spread(g, x.shape, axis),
    parts_add_up=True, bound=Bound(bind=_bind_sum, worth=_leading), emit=_emit_reduction("add_in_any_order", lambda _: 0),
)  # fmt: skip
reduce_prod = _reduction("prod", np.multiply, _prod_vjp)
reduce_max = _reduction("max", np.maximum, _extreme_vjp, emit=_emit_reduction("maximum", _lowest))
reduce_min = _reduction("min", np.minimum, _extreme_vjp, emit=_emit_reduction("minimum", _highest))
reduce_any = _reduction("any", np.logical_or, dtype=np.dtype(bool), emit=_emit_reduction("logical_or", lambda _: False))
reduce_all = _reduction(
    "all", np.logical_and, dtype=np.dtype(bool), emit=_emit_reduction("logical_and", lambda _: True)
)


def _emit_arg(f: Any, inputs: Any, outputs: Any, axis: int, better: str) -> None:
    """The first of the best; the first NaN, where there is one."""
    (x,), (out,) = inputs, outputs
    rest = x.shape[:axis] + (1,) + x.shape[axis + 1 :]
    with f.loops(rest, independent=False) as i:
        best, where = f.variable(f.load(x, i)), f.variable(f.index(0))
        with f.loop(x.shape[axis]) as k:
            number, most = f.load(x, (*i[:axis], k, *i[axis + 1 :])), f.get(best, x.dtype)
            is_new = f.logical_and(f.is_nan(number), f.logical_not(f.is_nan(most)))
            is_better = f.logical_or(is_new, f.compare(better, number, most))
            f.set(best, f.choose(is_better, number, most))
            f.set(where, f.choose(is_better, k, f.get(where, np.int64)))
        f.store(f.get(where, np.int64), out, (*i[:axis], *i[axis + 1 :]))


def _arg_reduction(name: str, function: Callable[..., Any], better: str) -> Primitive:
    return Primitive(
        name,
        forward=lambda x, axis, out=None: function(x, axis=axis, out=out),
        shape=lambda x, axis: Spec(reduced_shape(x.shape, (axis,), False), np.dtype(np.intp)),
        vjp=NO_GRADIENT,
        cut=_cut_reduction(False),
        emit=Emit(loops=lambda f, inputs, outputs, axis: _emit_arg(f, inputs, outputs, axis, better)),
    )


argmax = _arg_reduction("argmax", np.argmax, "greater")
argmin = _arg_reduction("argmin", np.argmin, "less")

# --- NumPy's functions ------------------------------------------------------------------------------------------------


def _arg(primitive: Primitive) -> Callable[..., Any]:
    def call(a: Any, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
        x = to_array(a)
        shape = x.shape
        if axis is None:
            result = primitive(np.reshape(x, -1), axis=0)
            return np.reshape(result, (1,) * len(shape)) if keepdims else result
        axis = axis_of(axis, len(shape))
        result = primitive(x, axis=axis)
        return np.expand_dims(result, axis) if keepdims else result

    return call


implements(np.argmax)(_arg(argmax))
implements(np.argmin)(_arg(argmin))


def _small_int(x: Any) -> Any:
    return to_dtype(x, np.dtype("int32")) if x.dtype.kind == "b" else x


def _reducer(
    primitive: Primitive, combine: np.ufunc, neutral: Any = None, prepare: Callable[..., Any] = to_array
) -> Callable[..., Any]:
    """`combine` joins a result with `initial`; `neutral` stands in for what `where` leaves out, if there is such a value."""

    def call(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
        x = prepare(to_array(a))
        if dtype is not None:
            x = to_dtype(x, np.dtype(dtype))
        initial, where = more.get("initial"), more.get("where", True)
        if where is not True:
            filler = initial if neutral is None else neutral
            if filler is None:
                raise TypeError(f"{primitive.name} of a traced tensor with where= needs initial=.")
            x = np.where(where, x, filler)
        axes = normal_axes(axis, len(x.shape))
        if isinstance(initial, (int, float)) and 0 in [x.shape[a] for a in axes]:
            return np.full(reduced_shape(x.shape, axes, bool(keepdims)), initial, x.dtype)
        result = primitive(x, axis=axes, keepdims=bool(keepdims)) if axes or not primitive.differentiable else x
        return combine(result, initial) if isinstance(initial, (int, float)) else result

    return call


def _without_dtype(reducer: Callable[..., Any]) -> Callable[..., Any]:
    def call(a: Any, axis: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
        return reducer(a, axis=axis, keepdims=keepdims, **more)

    return call


def _to_bool(x: Any) -> Any:
    return to_dtype(x, np.dtype(bool))


implements(np.sum)(_reducer(reduce_sum, np.add, 0, _small_int))
implements(np.prod)(_reducer(reduce_prod, np.multiply, 1, _small_int))
implements(np.max, np.amax)(_without_dtype(_reducer(reduce_max, np.maximum)))
implements(np.min, np.amin)(_without_dtype(_reducer(reduce_min, np.minimum)))
implements(np.any)(_without_dtype(_reducer(reduce_any, np.logical_or, False, _to_bool)))
implements(np.all)(_without_dtype(_reducer(reduce_all, np.logical_and, True, _to_bool)))
