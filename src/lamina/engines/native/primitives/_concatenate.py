"""Arrays put together and taken apart along an axis."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._cut import along_another_axis
from .._dispatch import implements
from .._dtypes import promote
from .._emit import Emit
from .._graph import Node, Spec
from .._operands import to_array, to_dtype
from .._primitive import MOVES, Primitive
from ._axes import axis_of
from ._slices import slice_


def _concatenate(*arrays: np.ndarray, axis: int, out: np.ndarray | None = None) -> np.ndarray:
    return np.concatenate(arrays, axis=axis, out=out)


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


def _concatenate_vjp(g: Any, y: Any, *arrays: Any, needed: Any, axis: int) -> list[Any]:
    result, start = [], 0
    for a in arrays:
        stop = start + a.shape[axis]
        index = tuple(slice(start, stop) if i == axis else slice(None) for i in range(len(a.shape)))
        result.append(slice_(g, index=index))
        start = stop
    return result


def _joins(node: Node) -> list[int] | None:
    shape, axis = node.outputs[0].shape, node.params["axis"]
    if any(n != 1 for n in shape[:axis]):
        return None
    return list(itertools.accumulate((v.nbytes for v in node.inputs[:-1]), initial=0))


def _emit(f: Any, inputs: Any, outputs: Any, axis: int) -> None:
    (out,), start = outputs, 0
    for x in inputs:
        if 0 not in x.shape:
            f.copy(x, f.part(out, axis, f.index(start), x.shape[axis]))
        start += x.shape[axis]


concatenate = Primitive(
    "concatenate",
    forward=_concatenate,
    shape=_concatenate_shape,
    vjp=_concatenate_vjp,
    cut=along_another_axis,
    cost=MOVES,
    joins=_joins,
    emit=Emit(loops=_emit),
)


@implements(np.concatenate, np.concat)
def _np_concatenate(arrays: Sequence[Any], axis: int | None = 0, out: None = None, **_: Any) -> Any:
    parts = [to_array(a) for a in arrays]
    if axis is None:
        parts, axis = [np.reshape(a, -1) for a in parts], 0
    dtype = promote(*parts)
    axis = axis_of(axis, len(parts[0].shape))
    parts = [to_dtype(a, dtype) for a in parts]
    return parts[0] if len(parts) == 1 else concatenate(*parts, axis=axis)


@implements(np.stack)
def _stack(arrays: Sequence[Any], axis: int = 0, out: None = None, **_: Any) -> Any:
    parts = [to_array(a) for a in arrays]
    if len({p.shape for p in parts}) != 1:
        raise ValueError(f"stack: all shapes must be equal; got {[p.shape for p in parts]}.")
    axis = axis_of(axis, len(parts[0].shape) + 1)
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
    axis = axis_of(axis, len(x.shape))
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
