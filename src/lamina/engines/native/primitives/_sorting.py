"""Sorting, searching and counting."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._cut import WHOLE
from .._dispatch import implements
from .._graph import Spec
from .._operands import to_array, to_dtype
from .._primitive import NO_GRADIENT, Primitive
from ._axes import axes_of, axis_of

INDEX = np.dtype(np.intp)

argsort = Primitive(
    "argsort",
    forward=lambda x, axis, out=None: np.argsort(x, axis=axis, kind="stable"),
    shape=lambda x, axis: Spec(x.shape, INDEX),
    vjp=NO_GRADIENT,
    cut=WHOLE,
)
searchsorted = Primitive(
    "searchsorted",
    forward=lambda a, v, side, out=None: np.searchsorted(a, v, side=side),
    shape=lambda a, v, side: Spec(v.shape, INDEX),
    vjp=NO_GRADIENT,
    cut=WHOLE,
)
bincount = Primitive(
    "bincount",
    forward=lambda x, weights, minlength, out=None: np.bincount(x, weights, minlength)[:minlength].astype(
        weights.dtype
    ),
    shape=lambda x, weights, minlength: Spec((minlength,), weights.dtype),
    vjp=NO_GRADIENT,
    cut=WHOLE,
)


@implements(np.argsort)
def _np_argsort(a: Any, axis: int | None = -1, **_: Any) -> Any:
    x = to_array(a)
    if axis is None:
        x, axis = np.reshape(x, -1), 0
    return argsort(x, axis=axis_of(axis, len(x.shape)))


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
    axes = tuple(range(ndim)) if axis is None else axes_of(axis, ndim)
    rest = [i for i in range(ndim) if i not in axes]
    moved = np.reshape(np.transpose(x, [*rest, *axes]), (*(x.shape[i] for i in rest), -1))
    ordered, n = np.sort(moved, axis=-1), moved.shape[-1]
    q = to_array(q)
    place = q * float(n - 1)
    low = np.floor(place)
    fractions: dict[str, Callable[[], Any]] = {
        "linear": lambda: place - low,
        "lower": lambda: np.zeros_like(place),
        "higher": lambda: np.ceil(place) - low,
        "nearest": lambda: np.round(place) - low,
        "midpoint": lambda: np.where(place == low, 0.0, 0.5),
    }
    fraction = to_dtype(fractions[method](), x.dtype)
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


implements(np.searchsorted)(lambda a, v, side="left", sorter=None: searchsorted(to_array(a), to_array(v), side=side))


@implements(np.digitize)
def _digitize(x: Any, bins: Any, right: bool = False) -> Any:
    return searchsorted(to_array(bins), to_array(x), side="left" if right else "right")


def _shape_from_values(name: str) -> Any:
    def refuse(*_: Any, **__: Any) -> Any:
        raise TypeError(
            f"{name} gives a shape that depends on values, so it cannot be traced. Run with run_eagerly=True."
        )

    return refuse


for _name in ("nonzero", "flatnonzero", "argwhere", "unique", "bincount", "extract", "trim_zeros", "histogram"):
    implements(getattr(np, _name))(_shape_from_values(f"numpy.{_name}"))
