"""Parts of an array and their transposes: slice, unslice, pad."""

from typing import Any

import numpy as np

from .._cut import Cut, Known, Split, resized
from .._emit import Emit
from .._graph import Node, Spec
from .._primitive import MOVES, Primitive
from ._parts import fill, part_at
from ._views import Shape

# --- slice: `index` is a tuple of ints and slices, one for each axis --------------------------------------------------


def _slice(x: np.ndarray, index: tuple[Any, ...], out: np.ndarray | None = None) -> np.ndarray:
    # The ellipsis keeps a single element a view: without it NumPy would copy it out as a scalar.
    return x[(*index, ...)]


def _slice_shape(x: Any, index: tuple[Any, ...]) -> Spec:
    shape = tuple(len(range(*i.indices(n))) for i, n in zip(index, x.shape) if isinstance(i, slice))
    return Spec(shape, x.dtype)


def _takes_all(index: Any, size: int) -> bool:
    return isinstance(index, slice) and index.indices(size) == (0, size, 1)


def _cut_slice(node: Node, known: Known, batch: int) -> Cut | None:
    split, index = known[0], node.params["index"]
    assert split is not None
    if not _takes_all(index[split.axis], batch * split.per):
        return None
    whole = (*index[: split.axis], slice(None), *index[split.axis + 1 :])
    axis = sum(isinstance(i, slice) for i in index[: split.axis])
    return Cut([split], [Split(axis, split.per)], lambda n: {"index": whole})


slice_ = Primitive(
    "slice",
    forward=_slice,
    shape=_slice_shape,
    vjp=(lambda g, y, x, index: unslice(g, shape=x.shape, index=index),),
    cut=_cut_slice,
    cost=MOVES,
    view=_slice,
)

# --- unslice: zeros of `shape` with the input at `index` --------------------------------------------------------------


def _unslice(g: np.ndarray, shape: Shape, index: tuple[Any, ...], out: np.ndarray | None = None) -> np.ndarray:
    out = np.empty(shape, g.dtype) if out is None else out
    out[...] = 0
    out[index] = g
    return out


def _emit_unslice(f: Any, inputs: Any, outputs: Any, shape: Shape, index: tuple[Any, ...]) -> None:
    (g,), (out,) = inputs, outputs
    fill(f, out, 0)
    f.copy(g, part_at(f, out, index))


def _cut_unslice(node: Node, known: Known, batch: int) -> Cut | None:
    split, index, shape = known[0], node.params["index"], node.params["shape"]
    assert split is not None
    axis = [i for i, part in enumerate(index) if isinstance(part, slice)][split.axis]
    if shape[axis] != batch * split.per or not _takes_all(index[axis], shape[axis]):
        return None
    whole = (*index[:axis], slice(None), *index[axis + 1 :])
    out = Split(axis, split.per)
    return Cut([split], [out], lambda n: {"index": whole, **resized("shape", shape, out)(n)})


unslice = Primitive(
    "unslice",
    forward=_unslice,
    shape=lambda g, shape, index: Spec(shape, g.dtype),
    vjp=(lambda gg, y, g, shape, index: slice_(gg, index=index),),
    cut=_cut_unslice,
    cost=MOVES,
    emit=Emit(loops=_emit_unslice),
)

# --- pad: zeros around, `widths` is ((before, after), ...) ------------------------------------------------------------


def _padded_shape(x: Any, widths: tuple[Any, ...]) -> Shape:
    return tuple(before + n + after for (before, after), n in zip(widths, x.shape))


def _inside(x: Any, widths: tuple[Any, ...]) -> tuple[slice, ...]:
    return tuple(slice(before, before + n) for (before, _), n in zip(widths, x.shape))


def _pad(x: np.ndarray, widths: tuple[Any, ...], out: np.ndarray | None = None) -> np.ndarray:
    out = np.empty(_padded_shape(x, widths), x.dtype) if out is None else out
    out[...] = 0
    out[_inside(x, widths)] = x
    return out


def _emit_pad(f: Any, inputs: Any, outputs: Any, widths: tuple[Any, ...]) -> None:
    (x,), (out,) = inputs, outputs
    fill(f, out, 0)
    f.copy(x, part_at(f, out, _inside(x, widths)))


def _cut_pad(node: Node, known: Known, batch: int) -> Cut | None:
    split = known[0]
    assert split is not None
    return Cut([split], [split]) if node.params["widths"][split.axis] == (0, 0) else None


pad = Primitive(
    "pad",
    forward=_pad,
    shape=lambda x, widths: Spec(_padded_shape(x, widths), x.dtype),
    vjp=(lambda g, y, x, widths: slice_(g, index=_inside(x, widths)),),
    cut=_cut_pad,
    cost=MOVES,
    emit=Emit(loops=_emit_pad),
)
