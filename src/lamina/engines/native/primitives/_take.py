"""Gathering along one axis, whole slices or element by element, and the transposes, which add up."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._cut import Cut, Known, Split, along_another_axis
from .._dispatch import implements
from .._dtypes import is_integer
from .._emit import Emit
from .._graph import Node, Spec
from .._operands import to_array, to_dtype
from .._primitive import MOVES, Bound, Primitive
from ._axes import axis_of
from ._parts import fill

# --- take: whole slices along one axis --------------------------------------------------------------------------------


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


def _take_shape(x: Any, indices: Any, axis: int, trusted: bool = False) -> Spec:
    return Spec(x.shape[:axis] + indices.shape + x.shape[axis + 1 :], x.dtype)


def _cut_take(node: Node, known: Known, batch: int) -> Cut | None:
    (_, indices), axis = node.inputs, node.params["axis"]
    if known[0] is None and known[1] is not None:
        return Cut([None, known[1]], [Split(axis + known[1].axis, known[1].per)])
    if known[0] is not None and known[1] is None and known[0].axis != axis:
        moved = known[0].axis + (len(indices.shape) - 1 if known[0].axis > axis else 0)
        return Cut([known[0], None], [Split(moved, known[0].per)])
    return None


def _emit_place(f: Any, indices: Any, i: Any, size: int) -> Any:
    """The index at `i`, a negative one counted from the end; whatever it is, the place is one of the axis."""
    place = f.remainder(f.cast(f.load(indices, i), np.int64), f.index(size))
    negative = f.compare("less", place, f.like(0, place))
    return f.choose(negative, f.add(place, f.like(size, place)), place)


def _emit_take(f: Any, inputs: Any, outputs: Any, axis: int, trusted: bool, share: Any = None) -> None:
    (x, indices), (out,) = inputs, outputs
    stop = axis + len(indices.shape)
    rows = f.loops(indices.shape, independent=False) if share is None else f.range_of(*share)
    with f.loops(x.shape[:axis], independent=False) as lead, rows as i:
        place = _emit_place(f, indices, i, x.shape[axis])
        row = x._replace(pointer=f.address(x, (*lead, place)), shape=x.shape[axis + 1 :], strides=x.strides[axis + 1 :])
        f.copy(row, out._replace(
            pointer=f.address(out, (*lead, *i)), shape=out.shape[stop:], strides=out.strides[stop:]
        ))  # fmt: skip


def _pieces_of_take(kind: Any, inputs: Any, outputs: Any, axis: int, trusted: bool = False) -> int:
    """Row by row, where there is much to copy."""
    (_, indices), (out,) = inputs, outputs
    is_long = math.prod(out.shape) >= kind.least_shared
    return indices.shape[0] if is_long and axis == 0 and len(indices.shape) == 1 else 1


take = Primitive(
    "take",
    forward=_take,
    shape=_take_shape,
    vjp=(lambda g, y, x, indices, axis, trusted=False: take_grad(g, indices, axis=axis, size=x.shape[axis]),),
    cut=_cut_take,
    cost=MOVES,
    # What is not trusted is checked first, and an error raised.
    emit=Emit(loops=_emit_take, pieces=_pieces_of_take, can=lambda kind, inputs, outputs, axis, trusted=False: trusted),
)

# --- take_grad: adds slices of `g` into zeros at `indices`, the transpose of take -------------------------------------


def _take_grad(g: np.ndarray, indices: np.ndarray, out: np.ndarray | None = None, **how: int) -> np.ndarray:
    spec = _take_grad_shape(g, indices, **how)
    out = np.empty(spec.shape, spec.dtype) if out is None else out
    take_grad.fill([g, indices], [out], **how)
    return out


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


def _take_grad_shape(g: Any, indices: Any, axis: int, size: int) -> Spec:
    return Spec(g.shape[:axis] + (size,) + g.shape[axis + len(indices.shape) :], g.dtype)


def _emit_take_grad(f: Any, inputs: Any, outputs: Any, axis: int, size: int) -> None:
    """Row by row into zeros, in the order of the indices."""
    (g, indices), (out,) = inputs, outputs
    fill(f, out, 0)
    rest = g.shape[axis + len(indices.shape) :]
    with f.loops(g.shape[:axis], independent=False) as lead, f.loops(indices.shape, independent=False) as i:
        place = _emit_place(f, indices, i, size)
        with f.loops(rest) as j:
            into = (*lead, place, *j)
            f.store(f.add(f.load(out, into), f.load(g, (*lead, *i, *j))), out, into)


def _cut_take_grad(node: Node, known: Known, batch: int) -> Cut | None:
    g, axis = known[0], node.params["axis"]
    if g is None or known[1] is not None or axis <= g.axis < axis + len(node.inputs[1].shape):
        return None
    moved = g.axis - (len(node.inputs[1].shape) - 1 if g.axis > axis else 0)
    return Cut([g, None], [Split(moved, g.per)])


take_grad = Primitive(
    "take_grad",
    forward=_take_grad,
    shape=_take_grad_shape,
    vjp=(lambda gg, y, g, indices, axis, size: take(gg, indices, axis=axis),),
    cut=_cut_take_grad,
    # The workspace: the rows in the order of their indices, and their sums.
    bound=Bound(
        bind=_bind_take_grad,
        workspace=lambda g, indices, axis, size: (Spec(g.shape, g.dtype), Spec(g.shape, g.dtype)),
    ),
    emit=Emit(loops=_emit_take_grad),
)


@implements(np.take)
def _np_take(a: Any, indices: Any, axis: int | None = None, out: None = None, mode: str = "raise") -> Any:
    x, indices = to_array(a), as_index(indices)
    if axis is None:
        x, axis = np.reshape(x, -1), 0
    axis = axis_of(axis, len(x.shape))
    if mode == "clip":
        indices = np.clip(indices, 0, x.shape[axis] - 1)
    if isinstance(indices, np.ndarray):  # known before any call: checked once
        _check_indices(indices, x.shape[axis])
        return take(x, indices, axis=axis, trusted=True)
    return take(x, indices, axis=axis)


def as_index(indices: Any) -> Any:
    indices = to_array(indices)
    if not is_integer(indices.dtype):
        indices = to_dtype(indices, np.dtype("int32"))
    return indices


# --- take_along_axis: element by element along one axis ---------------------------------------------------------------

take_along_axis = Primitive(
    "take_along_axis",
    forward=lambda x, indices, axis, out=None: np.take_along_axis(x, indices, axis),
    shape=lambda x, indices, axis: Spec(indices.shape, x.dtype),
    vjp=(lambda g, y, x, indices, axis: put_along_axis(g, indices, axis=axis, size=x.shape[axis]),),
    cut=along_another_axis,
    cost=MOVES,
)

# --- put_along_axis: adds into zeros, the transpose of take_along_axis ------------------------------------------------


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


put_along_axis = Primitive(
    "put_along_axis",
    forward=_put_along_axis,
    shape=lambda g, indices, axis, size: Spec(g.shape[:axis] + (size,) + g.shape[axis + 1 :], g.dtype),
    vjp=(lambda gg, y, g, indices, axis, size: take_along_axis(gg, indices, axis=axis),),
    cut=along_another_axis,
    cost=MOVES,
)


@implements(np.take_along_axis)
def _np_take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    x, indices = to_array(arr), as_index(indices)
    if axis is None:
        return take_along_axis(np.reshape(x, -1), np.reshape(indices, -1), axis=0)
    axis = axis_of(axis, len(x.shape))
    shape = np.broadcast_shapes(
        tuple(1 if i == axis else n for i, n in enumerate(x.shape)),
        tuple(1 if i == axis else n for i, n in enumerate(indices.shape)),
    )
    x = np.broadcast_to(x, tuple(x.shape[i] if i == axis else n for i, n in enumerate(shape)))
    indices = np.broadcast_to(indices, tuple(indices.shape[i] if i == axis else n for i, n in enumerate(shape)))
    return take_along_axis(x, indices, axis=axis)
