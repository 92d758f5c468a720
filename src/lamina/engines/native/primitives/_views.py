"""Primitives that look at the same elements in another way: reshape, transpose, broadcast_to."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._cut import Cut, Known, Split, aligned, resized
from .._graph import Node, Spec, Var
from .._primitive import MOVES, Primitive
from ._rewriting import made_by, outer_alone

Shape = tuple[int, ...]

# --- reshape ----------------------------------------------------------------------------------------------------------


def _reshape_view(x: np.ndarray, shape: Shape) -> np.ndarray | None:
    try:
        return np.reshape(x, shape, copy=False)
    except ValueError:
        return None


def _cut_reshape(node: Node, known: Known, batch: int) -> Cut | None:
    split, shape = known[0], node.params["shape"]
    assert split is not None
    before = math.prod(node.inputs[0].shape[: split.axis])
    for axis, n in enumerate(shape):
        if math.prod(shape[:axis]) == before and n % batch == 0 and n:
            return Cut([split], [Split(axis, n // batch)], resized("shape", shape, Split(axis, n // batch)))
    return None


def _skip_same_shape(node: Node, emit: Callable[..., Any]) -> Var | None:
    """reshape or broadcast_to the shape that is there -> x."""
    (x,), (out,) = node.inputs, node.outputs
    return x if x.shape == out.shape else None


reshape = Primitive(
    "reshape",
    forward=lambda x, shape, out=None: np.reshape(x, shape),
    shape=lambda x, shape: Spec(shape, x.dtype),
    vjp=(lambda g, y, x, shape: reshape(g, shape=x.shape),),
    cut=_cut_reshape,
    rewrites=(_skip_same_shape, outer_alone),
    cost=MOVES,
    view=_reshape_view,
)

# --- transpose --------------------------------------------------------------------------------------------------------


def _cut_transpose(node: Node, known: Known, batch: int) -> Cut | None:
    split = known[0]
    assert split is not None
    return Cut([split], [Split(node.params["axes"].index(split.axis), split.per)])


def _merge_transposes(node: Node, emit: Callable[..., Any]) -> Var | None:
    """transpose(transpose(x)) -> transpose(x), or x."""
    inner = made_by(transpose, node.inputs[0])
    if inner is None:
        return None
    axes = tuple(inner.params["axes"][i] for i in node.params["axes"])
    return inner.inputs[0] if axes == tuple(range(len(axes))) else emit(transpose, inner.inputs, axes=axes)


transpose = Primitive(
    "transpose",
    forward=lambda x, axes, out=None: np.transpose(x, axes),
    shape=lambda x, axes: Spec(tuple(x.shape[i] for i in axes), x.dtype),
    vjp=(lambda g, y, x, axes: transpose(g, axes=tuple(int(i) for i in np.argsort(axes))),),
    cut=_cut_transpose,
    rewrites=(_merge_transposes,),
    cost=MOVES,
    view=np.transpose,
)

# --- broadcast_to -----------------------------------------------------------------------------------------------------


def _cut_broadcast_to(node: Node, known: Known, batch: int) -> Cut | None:
    found = aligned(node, known, batch)
    return found and found._replace(params=resized("shape", node.params["shape"], found.outputs[0]))


broadcast_to = Primitive(
    "broadcast_to",
    forward=lambda x, shape, out=None: np.broadcast_to(x, shape),
    shape=lambda x, shape: Spec(shape, x.dtype),
    vjp=(lambda g, y, x, shape: g,),  # autodiff sums it back
    cut=_cut_broadcast_to,
    rewrites=(_skip_same_shape, outer_alone),
    spreads=True,
    cost=MOVES,
    view=np.broadcast_to,
)
