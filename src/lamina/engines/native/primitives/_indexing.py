"""Gather, scatter, indexing, and sorting."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._dtypes import is_integer
from .._graph import Spec
from .._primitive import Primitive
from .._tracer import FUNCTIONS, implements, is_traced, to_array, to_dtype
from ._shape import _axes, slice_, update_slice

# --- take: whole slices along one axis --------------------------------------------------------------------------------

take = Primitive("take")


@take.forward
def _take(
    x: np.ndarray, indices: np.ndarray, axis: int, trusted: bool = False, out: np.ndarray | None = None
) -> np.ndarray:
    if not trusted:
        _check_indices(indices, x.shape[axis])
    # mode="wrap" understands negative indices and, unlike "raise", writes into `out` without a buffer.
    return np.take(x, indices, axis, out, "wrap")


def _check_indices(indices: np.ndarray, size: int) -> None:
    if indices.size and not -size <= indices.min() <= indices.max() < size:
        raise IndexError(
            f"take: indices from {indices.min()} to {indices.max()} on an axis of size {size}. "
            "(An Embedding needs input_dim of at least the largest index + 1.)"
        )


@take.shape
def _take_shape(x: Any, indices: Any, axis: int, trusted: bool = False) -> Spec:
    return Spec(x.shape[:axis] + indices.shape + x.shape[axis + 1 :], x.dtype)


take.vjp(0)(lambda g, y, x, indices, axis, trusted=False: take_grad(g, indices, axis=axis, size=x.shape[axis]))

# Adds slices of `g` into zeros at `indices`, the transpose of take.
take_grad = Primitive("take_grad")


@take_grad.forward
def _take_grad(g: np.ndarray, indices: np.ndarray, out: np.ndarray | None = None, **how: int) -> np.ndarray:
    spec = _take_grad_shape(g, indices, **how)
    out = np.empty(spec.shape, spec.dtype) if out is None else out
    take_grad.fill([g, indices], [out], **how)
    return out


# The rows in the order of their indices, and their sums.
take_grad.workspace(lambda g, indices, axis, size: (Spec(g.shape, g.dtype), Spec(g.shape, g.dtype)))


@take_grad.bind
def _bind_take_grad(inputs: Any, outputs: Any, work: Any, axis: int, size: int) -> Callable[[], None]:
    (g, indices), (out,) = inputs, outputs
    indices = indices.reshape(-1)
    shape = g.shape[:axis] + (indices.size,) + g.shape[axis + inputs[1].ndim :]
    rows, ordered, sums = g.reshape(shape), work[0].reshape(shape), work[1].reshape(shape)
    if axis or not indices.size:
        places: Any = (slice(None),) * axis

        def run() -> None:
            out.fill(0)
            np.add.at(out, (*places, indices), rows)

        return run

    def run_sorted() -> None:
        # Sorted, equal indices stand together, and their rows are summed in one pass.
        flat = indices % size
        order = np.argsort(flat, kind="stable")
        flat = flat[order]
        starts = np.flatnonzero(np.diff(flat, prepend=-1))
        np.take(rows, order, 0, ordered, "clip")
        np.add.reduceat(ordered, starts, 0, None, sums[: len(starts)])
        out.fill(0)
        out[flat[starts]] = sums[: len(starts)]

    return run_sorted


@take_grad.shape
def _take_grad_shape(g: Any, indices: Any, axis: int, size: int) -> Spec:
    return Spec(g.shape[:axis] + (size,) + g.shape[axis + len(indices.shape) :], g.dtype)


take_grad.vjp(0)(lambda gg, y, g, indices, axis, size: take(gg, indices, axis=axis))


@implements(np.take)
def _np_take(a: Any, indices: Any, axis: int | None = None, out: None = None, mode: str = "raise") -> Any:
    x, indices = to_array(a), as_index(indices)
    if axis is None:
        x, axis = np.reshape(x, -1), 0
    axis = _axes((axis,), len(x.shape))[0]
    if mode == "clip":
        indices = np.clip(indices, 0, x.shape[axis] - 1)
    return take(x, indices, axis=axis)


def as_index(indices: Any) -> Any:
    indices = to_array(indices)
    if not is_integer(indices.dtype):
        indices = to_dtype(indices, np.dtype("int32"))
    return indices


# --- take_along_axis: element by element along one axis ---------------------------------------------------------------

take_along_axis = Primitive("take_along_axis")
take_along_axis.forward(lambda x, indices, axis, out=None: np.take_along_axis(x, indices, axis))


@take_along_axis.shape
def _take_along_axis_shape(x: Any, indices: Any, axis: int) -> Spec:
    return Spec(indices.shape, x.dtype)


take_along_axis.vjp(0)(lambda g, y, x, indices, axis: put_along_axis(g, indices, axis=axis, size=x.shape[axis]))

put_along_axis = Primitive("put_along_axis")  # adds into zeros, the transpose of take_along_axis


@put_along_axis.forward
def _put_along_axis(
    g: np.ndarray, indices: np.ndarray, axis: int, size: int, out: np.ndarray | None = None
) -> np.ndarray:
    shape = g.shape[:axis] + (size,) + g.shape[axis + 1 :]
    out = np.empty(shape, g.dtype) if out is None else out
    out[...] = 0
    grid = list(np.ogrid[tuple(slice(n) for n in indices.shape)])
    grid[axis] = indices
    np.add.at(out, tuple(grid), g)
    return out


put_along_axis.shape(lambda g, indices, axis, size: Spec(g.shape[:axis] + (size,) + g.shape[axis + 1 :], g.dtype))
put_along_axis.vjp(0)(lambda gg, y, g, indices, axis, size: take_along_axis(gg, indices, axis=axis))


@implements(np.take_along_axis)
def _np_take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    x, indices = to_array(arr), as_index(indices)
    if axis is None:
        return take_along_axis(np.reshape(x, -1), np.reshape(indices, -1), axis=0)
    axis = _axes((axis,), len(x.shape))[0]
    shape = np.broadcast_shapes(
        tuple(1 if i == axis else n for i, n in enumerate(x.shape)),
        tuple(1 if i == axis else n for i, n in enumerate(indices.shape)),
    )
    x = np.broadcast_to(x, tuple(x.shape[i] if i == axis else n for i, n in enumerate(shape)))
    indices = np.broadcast_to(indices, tuple(indices.shape[i] if i == axis else n for i, n in enumerate(shape)))
    return take_along_axis(x, indices, axis=axis)


# --- general gather and scatter: index arrays for the first axes ------------------------------------------------------

gather = Primitive("gather")  # x[indices[0], indices[1], ...]
gather.forward(lambda x, *indices, out=None: x[indices])


@gather.shape
def _gather_shape(x: Any, *indices: Any) -> Spec:
    return Spec(np.broadcast_shapes(*(i.shape for i in indices)) + x.shape[len(indices) :], x.dtype)


gather.vjp(0)(lambda g, y, x, *indices: scatter(np.zeros(x.shape, g.dtype), g, *indices, mode="add"))

_SCATTER: dict[str, Any] = {"add": np.add, "multiply": np.multiply, "max": np.maximum, "min": np.minimum}
scatter = Primitive("scatter", inplace=(0,))  # x with updates written, added, ... at indices of the first axes


@scatter.forward
def _scatter(
    x: np.ndarray, updates: np.ndarray, *indices: np.ndarray, mode: str, out: np.ndarray | None = None
) -> np.ndarray:
    if out is None:
        out = x.copy()
    elif out is not x:
        np.copyto(out, x)
    if mode == "set":
        out[indices] = updates
    else:
        _SCATTER[mode].at(out, indices, updates)
    return out


scatter.shape(lambda x, updates, *indices, mode: Spec(x.shape, x.dtype))


def _scatter_vjp(g: Any, y: Any, x: Any, updates: Any, *indices: Any, mode: str) -> list[Any]:
    at = gather(g, *indices)
    rest = [None] * len(indices)
    if mode == "add":
        return [g, at, *rest]
    if mode == "set":
        return [scatter(g, np.zeros(updates.shape, g.dtype), *indices, mode="set"), at, *rest]
    if mode in ("max", "min"):
        # The gradient goes to whoever gave the result, shared among equals.
        kept = to_dtype(x == y, g.dtype)
        won = to_dtype(updates == gather(y, *indices), g.dtype)
        share = g / np.maximum(scatter(kept, won, *indices, mode="add"), to_dtype(1, g.dtype))
        return [share * kept, gather(share, *indices) * won, *rest]
    ones = np.ones(x.shape, g.dtype)
    factor = scatter(ones, updates, *indices, mode="multiply")
    return [g * factor, gather(g * y, *indices) / updates, *rest]


scatter.vjp_all = _scatter_vjp


@implements("getitem")
def getitem(x: Any, index: Any) -> Any:
    """`x[index]` for slices, ints, None, Ellipsis and integer arrays. Boolean masks raise TypeError: their result has
    a shape that depends on values."""
    index = index if isinstance(index, tuple) else (index,)
    index = tuple(to_array(i) if isinstance(i, list) or hasattr(i, "__tensor__") else i for i in index)
    for i in index:
        if getattr(i, "dtype", None) is not None and i.dtype.kind == "b" and np.ndim(i):
            raise TypeError("A boolean mask gives a shape that depends on values; use lamina.ops.where in traced code.")
    given = sum(1 for i in index if i is not None and i is not Ellipsis)
    if given > len(x.shape):
        raise IndexError(f"Too many indices for a tensor of shape {x.shape}: {given}.")
    fill = (slice(None),) * (len(x.shape) - given)
    if any(i is Ellipsis for i in index):
        where = next(n for n, i in enumerate(index) if i is Ellipsis)
        index = index[:where] + fill + index[where + 1 :]
    else:
        index = index + fill

    has_arrays = any(not isinstance(i, slice) and i is not None and (is_traced(i) or np.ndim(i)) for i in index)
    basic: list[Any] = []  # one entry an axis of x
    layout: list[Any] = []  # None for a new axis, "kept", or an index array, in order of the result
    for i in index:
        if i is None:
            layout.append(None)
        elif isinstance(i, slice):
            basic.append(slice(*(None if p is None else int(p) for p in (i.start, i.stop, i.step))))
            layout.append("kept")
        elif isinstance(i, (int, np.integer)) or (not is_traced(i) and np.ndim(i) == 0):
            n, axis = int(i), len(basic)
            if not -x.shape[axis] <= n < x.shape[axis]:
                raise IndexError(f"Index {n} is out of range for axis {axis} of a tensor of shape {x.shape}.")
            if has_arrays:  # NumPy counts it among the index arrays then
                basic.append(slice(None))
                layout.append(np.asarray(n))
            else:
                basic.append(n)
        else:
            basic.append(slice(None))
            layout.append(as_index(i))
    if any(b != slice(None) for b in basic):
        x = slice_(x, index=tuple(basic))
    arrays = [(n, i) for n, i in enumerate(p for p in layout if p is not None) if not isinstance(i, str)]
    if arrays:
        x = _advanced(x, arrays)
        first, rank = arrays[0][0], len(np.broadcast_shapes(*(i.shape for _, i in arrays)))
        adjacent = [n for n, _ in arrays] == list(range(first, first + len(arrays)))
        if any(p is None for p in layout):
            if not adjacent:
                raise TypeError(
                    "None together with index arrays that are not adjacent is not supported in traced code."
                )
            merged: list[Any] = []
            for p in layout:
                if p is None or isinstance(p, str):
                    merged.append(p)
                elif "arrays" not in merged:
                    merged.append("arrays")
            layout = [q for p in merged for q in (["kept"] * rank if p == "arrays" else [p])]
    for n, p in enumerate(layout):
        if p is None:
            x = np.expand_dims(x, n)
    return x


def _advanced(x: Any, arrays: list[tuple[int, Any]]) -> Any:
    axes = [n for n, _ in arrays]
    if len(arrays) == 1:
        return take(x, arrays[0][1], axis=axes[0])
    rank = len(x.shape)
    x = np.transpose(x, axes + [n for n in range(rank) if n not in axes])
    result = gather(x, *(i for _, i in arrays))
    index_rank = len(np.broadcast_shapes(*(i.shape for _, i in arrays)))
    if axes == list(range(axes[0], axes[0] + len(axes))) and axes[0] > 0:
        result = np.moveaxis(result, range(index_rank), range(axes[0], axes[0] + index_rank))
    return result


# --- slices at traced positions ---------------------------------------------------------------------------------------

dynamic_slice = Primitive("dynamic_slice")  # x[start0:start0+n0, ...]; `starts` is one integer vector


def _window(starts: np.ndarray, sizes: tuple[int, ...], shape: tuple[int, ...]) -> tuple[slice, ...]:
    # Clamped so that the window fits, as XLA does.
    return tuple(
        slice(s := max(0, min(int(start), n - size)), s + size) for start, size, n in zip(starts, sizes, shape)
    )


@dynamic_slice.forward
def _dynamic_slice(
    x: np.ndarray, starts: np.ndarray, sizes: tuple[int, ...], out: np.ndarray | None = None
) -> np.ndarray:
    window = x[_window(starts, sizes, x.shape)]
    if out is None:
        return window.copy()
    np.copyto(out, window)
    return out


dynamic_slice.shape(lambda x, starts, sizes: Spec(sizes, x.dtype))
dynamic_slice.vjp(0)(lambda g, y, x, starts, sizes: dynamic_update_slice(np.zeros(x.shape, g.dtype), g, starts))

dynamic_update_slice = Primitive("dynamic_update_slice", inplace=(0,))


@dynamic_update_slice.forward
def _dynamic_update_slice(
    x: np.ndarray, update: np.ndarray, starts: np.ndarray, out: np.ndarray | None = None
) -> np.ndarray:
    if out is None:
        out = x.copy()
    elif out is not x:
        np.copyto(out, x)
    out[_window(starts, update.shape, x.shape)] = update
    return out


dynamic_update_slice.shape(lambda x, update, starts: Spec(x.shape, x.dtype))
dynamic_update_slice.vjp(0)(
    lambda g, y, x, update, starts: dynamic_update_slice(g, np.zeros(update.shape, g.dtype), starts)
)
dynamic_update_slice.vjp(1)(lambda g, y, x, update, starts: dynamic_slice(g, starts, sizes=update.shape))

# --- sorting ----------------------------------------------------------------------------------------------------------

argsort = Primitive("argsort").no_gradient()
argsort.forward(lambda x, axis, out=None: np.argsort(x, axis=axis, kind="stable"))
argsort.shape(lambda x, axis: Spec(x.shape, np.dtype(np.intp)))


@implements(np.argsort)
def _np_argsort(a: Any, axis: int | None = -1, **_: Any) -> Any:
    x = to_array(a)
    if axis is None:
        x, axis = np.reshape(x, -1), 0
    return argsort(x, axis=_axes((axis,), len(x.shape))[0])


@implements(np.sort)
def _np_sort(a: Any, axis: int | None = -1, **_: Any) -> Any:
    x = to_array(a)
    if axis is None:
        x, axis = np.reshape(x, -1), 0
    return np.take_along_axis(x, np.argsort(x, axis=axis), axis=axis)


@implements(np.median)
def _median(a: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    return np.quantile(a, 0.5, axis=axis, keepdims=keepdims)


@implements(np.quantile)
def _quantile(
    a: Any, q: Any, axis: Any = None, *_: Any, method: str = "linear", keepdims: bool = False, **_k: Any
) -> Any:
    x = to_array(a)
    if x.dtype.kind in "biu":
        x = to_dtype(x, np.dtype("float32"))
    ndim = len(x.shape)
    axes = tuple(range(ndim)) if axis is None else _axes(axis if isinstance(axis, (tuple, list)) else (axis,), ndim)
    rest = [i for i in range(ndim) if i not in axes]
    moved = np.reshape(np.transpose(x, [*rest, *axes]), (*(x.shape[i] for i in rest), -1))
    ordered, n = np.sort(moved, axis=-1), moved.shape[-1]
    q = to_array(q)
    place = q * float(n - 1)
    low = np.floor(place)
    fraction = {
        "linear": lambda: place - low,
        "lower": lambda: np.zeros_like(place),
        "higher": lambda: np.ceil(place) - low,
        "nearest": lambda: np.round(place) - low,
        "midpoint": lambda: np.where(place == low, 0.0, 0.5),
    }[method]()
    fraction = to_dtype(fraction, x.dtype)
    low = to_dtype(low, np.dtype("int32"))
    high = np.minimum(low + 1, n - 1)
    below, above = np.take(ordered, low, axis=-1), np.take(ordered, high, axis=-1)
    result = below + (above - below) * fraction
    if len(q.shape):
        result = np.moveaxis(result, range(len(rest), len(rest) + len(q.shape)), range(len(q.shape)))
    if keepdims:
        for i in sorted(axes):
            result = np.expand_dims(result, i + len(q.shape))
    return result


searchsorted = Primitive("searchsorted").no_gradient()
searchsorted.forward(lambda a, v, side, out=None: np.searchsorted(a, v, side=side))
searchsorted.shape(lambda a, v, side: Spec(v.shape, np.dtype(np.intp)))
implements(np.searchsorted)(lambda a, v, side="left", sorter=None: searchsorted(to_array(a), to_array(v), side=side))


@implements(np.digitize)
def _digitize(x: Any, bins: Any, right: bool = False) -> Any:
    return searchsorted(to_array(bins), to_array(x), side="left" if right else "right")


bincount = Primitive("bincount").no_gradient()
bincount.forward(
    lambda x, weights, minlength, out=None: np.bincount(x, weights, minlength)[:minlength].astype(weights.dtype)
)
bincount.shape(lambda x, weights, minlength: Spec((minlength,), weights.dtype))


def _shape_from_values(name: str) -> Any:
    def refuse(*_: Any, **__: Any) -> Any:
        raise TypeError(
            f"{name} gives a shape that depends on values, so it cannot be traced. Run with run_eagerly=True."
        )

    return refuse


for _name in ("nonzero", "flatnonzero", "argwhere", "unique", "bincount", "extract", "trim_zeros", "histogram"):
    implements(getattr(np, _name))(_shape_from_values(f"numpy.{_name}"))

FUNCTIONS["update_slice"] = update_slice
