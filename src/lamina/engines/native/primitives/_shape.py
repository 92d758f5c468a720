"""Primitives that move or view elements: reshape, transpose, broadcast, concatenate, pad, slice."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._dtypes import promote
from .._graph import Spec
from .._primitive import Primitive
from .._tracer import FUNCTIONS, implements, to_array, to_dtype

Shape = tuple[int, ...]

# --- views ------------------------------------------------------------------------------------------------------------

reshape = Primitive("reshape", view=True)
reshape.forward(lambda x, shape, out=None: np.reshape(x, shape))
reshape.shape(lambda x, shape: Spec(shape, x.dtype))
reshape.vjp(0)(lambda g, y, x, shape: reshape(g, shape=x.shape))

transpose = Primitive("transpose", view=True)
transpose.forward(lambda x, axes, out=None: np.transpose(x, axes))
transpose.shape(lambda x, axes: Spec(tuple(x.shape[i] for i in axes), x.dtype))
transpose.vjp(0)(lambda g, y, x, axes: transpose(g, axes=tuple(int(i) for i in np.argsort(axes))))

broadcast_to = Primitive("broadcast_to", view=True)
broadcast_to.forward(lambda x, shape, out=None: np.broadcast_to(x, shape))
broadcast_to.shape(lambda x, shape: Spec(shape, x.dtype))
broadcast_to.vjp(0)(lambda g, y, x, shape: FUNCTIONS["sum_to"](g, x.shape))

# `index`: a tuple of ints and slices, one for each axis.
slice_ = Primitive("slice", view=True)
# The ellipsis keeps a single element a view: without it NumPy would copy it out as a scalar.
slice_.forward(lambda x, index, out=None: x[(*index, ...)])
slice_.vjp(0)(lambda g, y, x, index: unslice(g, shape=x.shape, index=index))


@slice_.shape
def _slice_shape(x: Any, index: tuple) -> Spec:
    shape = tuple(len(range(*i.indices(n))) for i, n in zip(index, x.shape) if isinstance(i, slice))
    return Spec(shape, x.dtype)


# --- copies -----------------------------------------------------------------------------------------------------------

unslice = Primitive("unslice")  # zeros of `shape` with the input at `index`


@unslice.forward
def _unslice(g: np.ndarray, shape: Shape, index: tuple, out: np.ndarray | None = None) -> np.ndarray:
    out = np.empty(shape, g.dtype) if out is None else out
    out[...] = 0
    out[index] = g
    return out


unslice.shape(lambda g, shape, index: Spec(shape, g.dtype))
unslice.vjp(0)(lambda gg, y, g, shape, index: slice_(gg, index=index))

update_slice = Primitive("update_slice", inplace=(0,))  # x with x[index] replaced


@update_slice.forward
def _update_slice(x: np.ndarray, update: np.ndarray, index: tuple, out: np.ndarray | None = None) -> np.ndarray:
    if out is None:
        out = x.copy()
    elif out is not x:
        np.copyto(out, x)
    out[index] = update
    return out


update_slice.shape(lambda x, update, index: Spec(x.shape, x.dtype))
update_slice.vjp(0)(lambda g, y, x, update, index: update_slice(g, np.zeros(update.shape, g.dtype), index=index))
update_slice.vjp(1)(lambda g, y, x, update, index: slice_(g, index=index))

concatenate = Primitive("concatenate")


@concatenate.forward
def _concatenate(*arrays: np.ndarray, axis: int, out: np.ndarray | None = None) -> np.ndarray:
    return np.concatenate(arrays, axis=axis, out=out)


@concatenate.shape
def _concatenate_shape(*arrays: Any, axis: int) -> Spec:
    first = arrays[0].shape
    for a in arrays[1:]:
        if len(a.shape) != len(first) or any(m != n for i, (m, n) in enumerate(zip(a.shape, first)) if i != axis):
            raise ValueError(
                f"concatenate: all shapes must agree except on axis {axis}; got {[tuple(b.shape) for b in arrays]}."
            )
    shape = list(first)
    shape[axis] = sum(a.shape[axis] for a in arrays)
    return Spec(tuple(shape), arrays[0].dtype)


def _concatenate_vjp(g: Any, y: Any, *arrays: Any, axis: int) -> list[Any]:
    result, start = [], 0
    for a in arrays:
        stop = start + a.shape[axis]
        index = tuple(slice(start, stop) if i == axis else slice(None) for i in range(len(a.shape)))
        result.append(slice_(g, index=index))
        start = stop
    return result


concatenate.vjp_all = _concatenate_vjp

pad = Primitive("pad")  # constant zeros; `widths` is ((before, after), ...)


@pad.forward
def _pad_forward(x: np.ndarray, widths: tuple, out: np.ndarray | None = None) -> np.ndarray:
    if out is None:
        out = np.empty(tuple(b + n + a for (b, a), n in zip(widths, x.shape)), x.dtype)
    out[...] = 0
    out[tuple(slice(b, b + n) for (b, _), n in zip(widths, x.shape))] = x
    return out


pad.shape(lambda x, widths: Spec(tuple(b + n + a for (b, a), n in zip(widths, x.shape)), x.dtype))
pad.vjp(0)(lambda g, y, x, widths: slice_(g, index=tuple(slice(b, b + n) for (b, _), n in zip(widths, x.shape))))

# --- NumPy's functions ------------------------------------------------------------------------------------------------


def resolve_shape(shape: Any, size: int) -> Shape:
    """The shape with -1 replaced. Raises ValueError if the sizes do not fit."""
    shape = (shape,) if isinstance(shape, (int, np.integer)) else shape
    dims = [int(n) for n in shape]
    if dims.count(-1) > 1:
        raise ValueError(f"reshape: only one size may be -1; got {tuple(dims)}.")
    known = 1
    for n in dims:
        known *= n if n != -1 else 1
    if -1 in dims:
        if known == 0 or size % known:
            raise ValueError(f"reshape: {size} elements do not fill shape {tuple(dims)}.")
        dims[dims.index(-1)] = size // known
    elif known != size:
        raise ValueError(f"reshape: {size} elements do not fill shape {tuple(dims)}.")
    return tuple(dims)


@implements(np.reshape)
def _reshape(a: Any, /, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None) -> Any:
    x = to_array(a)
    size = 1
    for n in x.shape:
        size *= n
    shape = resolve_shape(newshape if shape is None else shape, size)
    return x if shape == x.shape else reshape(x, shape=shape)


implements(np.ravel)(lambda a, order="C": np.reshape(a, -1))


def _axes(axes: Any, ndim: int) -> Shape:
    return tuple(np.lib.array_utils.normalize_axis_index(int(i), ndim) for i in axes)


@implements(np.transpose, np.permute_dims)
def _transpose(a: Any, axes: Any = None) -> Any:
    x = to_array(a)
    ndim = len(x.shape)
    axes = tuple(reversed(range(ndim))) if axes is None else _axes(axes, ndim)
    if sorted(axes) != list(range(ndim)):
        raise ValueError(f"transpose: axes must be a permutation of {tuple(range(ndim))}; got {axes}.")
    return x if axes == tuple(range(ndim)) else transpose(x, axes=axes)


implements(np.matrix_transpose)(lambda x: np.swapaxes(x, -1, -2))


@implements(np.swapaxes)
def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    order = list(range(len(a.shape)))
    i, j = _axes((axis1, axis2), len(order))
    order[i], order[j] = order[j], order[i]
    return np.transpose(a, order)


@implements(np.moveaxis)
def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    ndim = len(a.shape)
    source = _axes(source if np.iterable(source) else (source,), ndim)
    destination = _axes(destination if np.iterable(destination) else (destination,), ndim)
    order = [i for i in range(ndim) if i not in source]
    for d, s in sorted(zip(destination, source)):
        order.insert(d, s)
    return np.transpose(a, order)


@implements(np.rollaxis)
def _rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    axis = _axes((axis,), len(a.shape))[0]
    return np.moveaxis(a, axis, start - 1 if axis < start else start)


@implements(np.expand_dims)
def _expand_dims(a: Any, axis: Any) -> Any:
    x = to_array(a)
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    ndim = len(x.shape) + len(axes)
    new = set(_axes(axes, ndim))
    rest = iter(x.shape)
    return reshape(x, shape=tuple(1 if i in new else next(rest) for i in range(ndim)))


@implements(np.squeeze)
def _squeeze(a: Any, axis: Any = None) -> Any:
    x = to_array(a)
    if axis is None:
        drop = {i for i, n in enumerate(x.shape) if n == 1}
    else:
        drop = set(_axes(axis if isinstance(axis, (tuple, list)) else (axis,), len(x.shape)))
        if any(x.shape[i] != 1 for i in drop):
            raise ValueError(f"squeeze: cannot drop axis {axis} of shape {x.shape}, its size is not 1.")
    return np.reshape(x, tuple(n for i, n in enumerate(x.shape) if i not in drop))


@implements(np.broadcast_to)
def _broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    x = to_array(array)
    shape = (int(shape),) if isinstance(shape, (int, np.integer)) else tuple(int(n) for n in shape)
    if np.broadcast_shapes(x.shape, shape) != shape:
        raise ValueError(f"broadcast_to: {x.shape} does not broadcast to {shape}.")
    return x if x.shape == shape else broadcast_to(x, shape=shape)


@implements(np.broadcast_arrays)
def _broadcast_arrays(*args: Any, subok: bool = False) -> list[Any]:
    arrays = [to_array(a) for a in args]
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    return [np.broadcast_to(a, shape) for a in arrays]


def _atleast(rank: int) -> Any:
    def one(x: Any) -> Any:
        x = to_array(x)
        shape = x.shape
        if len(shape) >= rank:
            return x
        if rank == 3 and len(shape) == 2:
            return np.reshape(x, (*shape, 1))
        if rank == 3 and len(shape) == 1:
            return np.reshape(x, (1, *shape, 1))
        return np.reshape(x, (1,) * (rank - len(shape)) + shape)

    return lambda *arrays: one(arrays[0]) if len(arrays) == 1 else tuple(one(a) for a in arrays)


implements(np.atleast_1d)(_atleast(1))
implements(np.atleast_2d)(_atleast(2))
implements(np.atleast_3d)(_atleast(3))


@implements(np.concatenate, np.concat)
def _np_concatenate(arrays: Sequence[Any], axis: int | None = 0, out: None = None, **_: Any) -> Any:
    parts = [to_array(a) for a in arrays]
    if axis is None:
        parts, axis = [np.reshape(a, -1) for a in parts], 0
    dtype = promote(*parts)
    axis = _axes((axis,), len(parts[0].shape))[0]
    parts = [to_dtype(a, dtype) for a in parts]
    return parts[0] if len(parts) == 1 else concatenate(*parts, axis=axis)


@implements(np.stack)
def _stack(arrays: Sequence[Any], axis: int = 0, out: None = None, **_: Any) -> Any:
    parts = [to_array(a) for a in arrays]
    if len({p.shape for p in parts}) != 1:
        raise ValueError(f"stack: all shapes must be equal; got {[p.shape for p in parts]}.")
    axis = _axes((axis,), len(parts[0].shape) + 1)[0]
    return np.concatenate([np.expand_dims(a, axis) for a in parts], axis=axis)


implements(np.vstack)(lambda tup, **_: np.concatenate([np.atleast_2d(a) for a in tup], 0))
implements(np.hstack)(
    lambda tup, **_: np.concatenate([np.atleast_1d(a) for a in tup], 0 if len(to_array(tup[0]).shape) <= 1 else 1)
)
implements(np.dstack)(lambda tup, **_: np.concatenate([np.atleast_3d(a) for a in tup], 2))
implements(np.column_stack)(
    lambda tup: np.concatenate([np.expand_dims(a, 1) if len(a.shape) == 1 else a for a in map(to_array, tup)], 1)
)


@implements(np.split, np.array_split)
def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    x = to_array(ary)
    axis = _axes((axis,), len(x.shape))[0]
    total = x.shape[axis]
    if isinstance(indices_or_sections, (int, np.integer)):
        sections = int(indices_or_sections)
        each, extra = divmod(total, sections)
        bounds = np.cumsum([0] + [each + 1] * extra + [each] * (sections - extra)).tolist()
    else:
        bounds = [0, *(int(i) for i in indices_or_sections), total]
    index = [slice(None)] * len(x.shape)
    parts = []
    for start, stop in itertools.pairwise(bounds):
        index[axis] = slice(start, max(start, stop))
        parts.append(x[tuple(index)])
    return parts


implements(np.vsplit)(lambda a, n: np.split(a, n, 0))
implements(np.hsplit)(lambda a, n: np.split(a, n, 1 if len(a.shape) > 1 else 0))
implements(np.dsplit)(lambda a, n: np.split(a, n, 2))
implements(np.unstack)(lambda x, axis=0: tuple(np.moveaxis(x, axis, 0)[i] for i in range(x.shape[axis])))


@implements(np.flip)
def _flip(m: Any, axis: Any = None) -> Any:
    ndim = len(m.shape)
    axes = range(ndim) if axis is None else _axes(axis if isinstance(axis, (tuple, list)) else (axis,), ndim)
    return m[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(ndim))]


implements(np.flipud)(lambda m: np.flip(m, 0))
implements(np.fliplr)(lambda m: np.flip(m, 1))


@implements(np.rot90)
def _rot90(m: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    i, j = _axes(axes, len(m.shape))
    k %= 4
    if k == 0:
        return m
    if k == 2:
        return np.flip(m, (i, j))
    return np.swapaxes(np.flip(m, j), i, j) if k == 1 else np.flip(np.swapaxes(m, i, j), j)


@implements(np.roll)
def _roll(a: Any, shift: Any, axis: Any = None) -> Any:
    if axis is None:
        return np.reshape(np.roll(np.reshape(a, -1), shift, 0), a.shape)
    pairs = zip(np.broadcast_to(shift, np.shape(axis) or (1,)).tolist(), np.atleast_1d(axis).tolist())
    for s, i in pairs:
        n = a.shape[i]
        s = s % n if n else 0
        if s:
            first, second = np.split(a, [n - s], axis=i)
            a = np.concatenate([second, first], axis=i)
    return a


@implements(np.tile)
def _tile(A: Any, reps: Any) -> Any:
    x = to_array(A)
    reps = tuple(np.atleast_1d(reps).tolist())
    ndim = max(len(reps), len(x.shape))
    reps = (1,) * (ndim - len(reps)) + reps
    shape = (1,) * (ndim - len(x.shape)) + x.shape
    inner = tuple(m for n in shape for m in (1, n))
    outer = tuple(m for r, n in zip(reps, shape) for m in (r, n))
    return np.reshape(np.broadcast_to(np.reshape(x, inner), outer), tuple(r * n for r, n in zip(reps, shape)))


@implements(np.repeat)
def _repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    x = to_array(a)
    if axis is None:
        x, axis = np.reshape(x, -1), 0
    axis = _axes((axis,), len(x.shape))[0]
    return np.take(x, np.repeat(np.arange(x.shape[axis]), repeats), axis=axis)


@implements(np.pad)
def _pad(array: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0, **_: Any) -> Any:
    x = to_array(array)
    widths = np.broadcast_to(np.asarray(pad_width), (len(x.shape), 2)).tolist()
    if mode == "constant":
        widths = tuple((int(b), int(a)) for b, a in widths)
        if type(constant_values) in (int, float) and constant_values == 0:
            return pad(x, widths=widths)
        inside = np.pad(np.ones(x.shape, bool), widths)
        return np.where(inside, pad(x, widths=widths), constant_values)
    for axis, (before, after) in enumerate(widths):
        if before or after:
            x = np.take(x, np.pad(np.arange(x.shape[axis]), (before, after), mode=mode), axis=axis)
    return x


def _like(fill: Any) -> Any:
    def call(a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, **_: Any) -> Any:
        return fill(a.shape if shape is None else shape, a.dtype if dtype is None else np.dtype(dtype))

    return call


implements(np.zeros_like)(_like(np.zeros))
implements(np.ones_like)(_like(np.ones))
implements(np.empty_like)(_like(np.zeros))


@implements(np.full_like)
def _full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, **_: Any
) -> Any:
    value = to_dtype(to_array(fill_value), a.dtype if dtype is None else np.dtype(dtype))
    return np.broadcast_to(value, a.shape if shape is None else shape)


implements(np.shape)(lambda a: a.shape)
implements(np.ndim)(lambda a: len(a.shape))
implements(np.size)(lambda a, axis=None: a.size if axis is None else a.shape[axis])
implements(np.copy)(lambda a, order="K", subok=False: a)
implements(np.iscomplexobj)(lambda x: x.dtype.kind == "c")


@implements(np.meshgrid)
def _meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> list[Any]:
    arrays = [np.reshape(to_array(x), -1) for x in xi]
    n = len(arrays)
    order = [1, 0, *range(2, n)] if indexing == "xy" and n > 1 else list(range(n))
    shape = tuple(arrays[i].shape[0] for i in order)
    out = []
    for i, x in enumerate(arrays):
        place = tuple(-1 if j == order.index(i) else 1 for j in range(n))
        out.append(np.reshape(x, place) if sparse else np.broadcast_to(np.reshape(x, place), shape))
    return out


@implements(np.diff)
def _diff(a: Any, n: int = 1, axis: int = -1, **_: Any) -> Any:
    for _i in range(n):
        size = a.shape[axis]
        rest = [slice(None)] * len(a.shape)
        high, low = list(rest), list(rest)
        high[axis], low[axis] = slice(1, size), slice(0, size - 1)
        a = np.not_equal(a[tuple(high)], a[tuple(low)]) if a.dtype.kind == "b" else a[tuple(high)] - a[tuple(low)]
    return a
