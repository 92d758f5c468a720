"""Choices by element: where, and clip between two numbers."""

from typing import Any

import numpy as np

from .._cut import aligned
from .._dispatch import implements
from .._dtypes import is_float
from .._emit import Emit
from .._graph import Spec
from .._operands import as_operands, to_array, to_dtype
from .._primitive import Primitive
from ._arithmetic import maximum, minimum
from ._elementwise import BOOL, broadcast_shapes


def _where(condition: np.ndarray, a: np.ndarray, b: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    if out is None:
        return np.where(condition, a, b)
    if out is a:
        np.copyto(out, b, where=~condition)
    else:
        if out is not b:
            np.copyto(out, b)
        np.copyto(out, a, where=condition)
    return out


where = Primitive(
    "where",
    forward=_where,
    shape=lambda condition, a, b: Spec(broadcast_shapes(condition.shape, a.shape, b.shape), a.dtype),
    vjp=(
        None,
        lambda g, y, condition, a, b: where(condition, g, to_dtype(0, g.dtype)),
        lambda g, y, condition, a, b: where(condition, to_dtype(0, g.dtype), g),
    ),
    cut=aligned,
    elementwise=True,
    inplace=(1, 2),
    cheap=True,
    emit=Emit(scalar=lambda f, condition, a, b: f.choose(condition, a, b)),
)


@implements(np.where)
def _np_where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None or y is None:
        raise TypeError("where with a condition alone has a shape that depends on values; give both alternatives.")
    return where(to_dtype(to_array(condition), BOOL), *as_operands(x, y))


# --- clip: the bounds are numbers -------------------------------------------------------------------------------------

clip = Primitive(
    "clip",
    forward=lambda x, low, high, out=None: np.clip(x, low, high, out=out),
    shape=lambda x, low, high: Spec(x.shape, x.dtype),
    vjp=(lambda g, y, x, low, high: clip_grad(g, x, low=low, high=high),),
    cut=aligned,
    elementwise=True,
    inplace=(0,),
    emit=Emit(scalar=lambda f, x, low, high: f.minimum(f.maximum(x, f.like(low, x)), f.like(high, x))),
)


def _clip_grad(g: np.ndarray, x: np.ndarray, low: float, high: float, out: np.ndarray | None = None) -> np.ndarray:
    return np.multiply(g, (x >= low) & (x <= high), out=out)


def _clip_grad_scalar(f: Any, g: Any, x: Any, low: float, high: float) -> Any:
    above, below = f.compare("greater_equal", x, f.like(low, x)), f.compare("less_equal", x, f.like(high, x))
    return f.multiply(g, f.cast(f.logical_and(above, below), g.dtype))


clip_grad = Primitive(  # g where x lies within the bounds, else 0
    "clip_grad",
    forward=_clip_grad,
    shape=lambda g, x, low, high: Spec(g.shape, g.dtype),
    vjp=(
        lambda gg, y, g, x, low, high: clip_grad(gg, x, low=low, high=high),
        lambda gg, y, g, x, low, high: None,
    ),
    cut=aligned,
    elementwise=True,
    inplace=(0,),
    emit=Emit(scalar=_clip_grad_scalar),
)


@implements(np.clip)
def _clip(a: Any, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None, **_: Any) -> Any:
    low = min if a_min is None else a_min
    high = max if a_max is None else a_max
    x = to_array(a)
    if type(low) in (int, float) and type(high) in (int, float) and is_float(x.dtype):
        return clip(x, low=low, high=high)
    if low is not None:
        x = maximum.apply(x, low)
    return x if high is None else minimum.apply(x, high)
