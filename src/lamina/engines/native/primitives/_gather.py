"""Gather and scatter: index arrays for the first axes, or a window at a traced position."""

from typing import Any

import numpy as np

from .._cut import WHOLE
from .._graph import Spec
from .._operands import to_dtype
from .._primitive import MOVES, Primitive

# --- gather: x[indices[0], indices[1], ...] ---------------------------------------------------------------------------


def _gather_shape(x: Any, *indices: Any) -> Spec:
    return Spec(np.broadcast_shapes(*(i.shape for i in indices)) + x.shape[len(indices) :], x.dtype)


gather = Primitive(
    "gather",
    forward=lambda x, *indices, out=None: x[indices],
    shape=_gather_shape,
    vjp=(lambda g, y, x, *indices: scatter(np.zeros(x.shape, g.dtype), g, *indices, mode="add"),),
    cut=WHOLE,
    cost=MOVES,
)

# --- scatter: x with updates written, added, ... at indices of the first axes -----------------------------------------

_SCATTER: dict[str, Any] = {"add": np.add, "multiply": np.multiply, "max": np.maximum, "min": np.minimum}


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


def _scatter_vjp(g: Any, y: Any, x: Any, updates: Any, *indices: Any, needed: Any, mode: str) -> list[Any]:
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


scatter = Primitive(
    "scatter",
    forward=_scatter,
    shape=lambda x, updates, *indices, mode: Spec(x.shape, x.dtype),
    vjp=_scatter_vjp,
    cut=WHOLE,
    inplace=(0,),
)

# --- windows at traced positions; `starts` is one integer vector ------------------------------------------------------


def window(starts: np.ndarray, sizes: tuple[int, ...], shape: tuple[int, ...]) -> tuple[slice, ...]:
    """The slices of `sizes` at `starts`, moved inside if they stick out, as XLA does."""
    return tuple(
        slice(s := max(0, min(int(start), n - size)), s + size) for start, size, n in zip(starts, sizes, shape)
    )


def _dynamic_slice(
    x: np.ndarray, starts: np.ndarray, sizes: tuple[int, ...], out: np.ndarray | None = None
) -> np.ndarray:
    found = x[window(starts, sizes, x.shape)]
    if out is None:
        return found.copy()
    np.copyto(out, found)
    return out


dynamic_slice = Primitive(
    "dynamic_slice",
    forward=_dynamic_slice,
    shape=lambda x, starts, sizes: Spec(sizes, x.dtype),
    vjp=(lambda g, y, x, starts, sizes: dynamic_update_slice(np.zeros(x.shape, g.dtype), g, starts),),
    cut=WHOLE,
    cost=MOVES,
)


def _dynamic_update_slice(
    x: np.ndarray, update: np.ndarray, starts: np.ndarray, out: np.ndarray | None = None
) -> np.ndarray:
    if out is None:
        out = x.copy()
    elif out is not x:
        np.copyto(out, x)
    out[window(starts, update.shape, x.shape)] = update
    return out


dynamic_update_slice = Primitive(
    "dynamic_update_slice",
    forward=_dynamic_update_slice,
    shape=lambda x, update, starts: Spec(x.shape, x.dtype),
    vjp=(
        lambda g, y, x, update, starts: dynamic_update_slice(g, np.zeros(update.shape, g.dtype), starts),
        lambda g, y, x, update, starts: dynamic_slice(g, starts, sizes=update.shape),
    ),
    cut=WHOLE,
    inplace=(0,),
    cost=MOVES,
)
