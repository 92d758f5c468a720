"""Quantiles, with and without NaN."""

from typing import Any

import numpy as np

from lamina import tree
from lamina._checks import check_one_of
from lamina._typing import Axis, Tensor, TensorLike

from ._axes import all_axes
from ._backend import xp
from ._convert import floating, tensor, to
from ._dtypes import dtype_name
from ._nan_reductions import nan_where
from ._op import op
from ._reductions import as_axes, documented


def _along(x: Any, axis: Any) -> tuple[Any, int]:
    """`x` as a tensor with one axis to work along: several axes, or all, become one at the end."""
    if axis is None:
        return xp.reshape(x, (-1,)), 0
    axes = all_axes(axis, x, "quantile")
    if len(axes) == 1:
        return x, axes[0]
    rest = [a for a in range(x.ndim) if a not in axes]
    moved = xp.transpose(x, (*rest, *axes))
    return xp.reshape(moved, (*(x.shape[a] for a in rest), int(np.prod([x.shape[a] for a in axes])))), len(rest)


def _ordered(x: Any, axis: Any) -> Any:
    """The elements in order along the last axis; of none, NaN."""
    flat, along = _along(x, axis)
    if flat.shape[along] == 0:
        return xp.full((*flat.shape[:along], *flat.shape[along + 1 :], 1), np.nan, dtype=x.dtype)
    return xp.moveaxis(xp.sort(flat, axis=along), along, -1)


def _shares(q: Any, most: int, where: str) -> Any:
    """`q` as a tensor. Raises ValueError for numbers, lists of them and arrays that are not from 0 to `most`."""
    shares = tensor(q)
    if all(isinstance(part, (int, float, np.number, np.ndarray)) for part in tree.flatten(q)):  # a tensor may be traced
        values = np.asarray(q)
        if not ((values >= 0) & (values <= most)).all():
            raise ValueError(f"{where}: q must be from 0 to {most}; got {values.tolist()}.")
    return shares


def _kept_shape(x: Any, axis: Any) -> tuple[Any, ...]:
    axes = all_axes(axis, x, "quantile")
    return tuple(1 if i in axes else n for i, n in enumerate(x.shape))


@op("numpy", tensors="x q")
def quantile(x: TensorLike, q: TensorLike, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """The values below which the shares `q` of the elements lie.

    Args:
        x: tensor of any shape.
        q: number or `(n,)`, in [0, 1].
        axis: int, tuple of ints, or None for all axes.
        method: "linear", "lower", "higher", "midpoint" or "nearest": what to take between two elements.
        keepdims: whether the shortened axes stay with size 1.

    Returns: `q.shape` followed by `x` without the shortened axes, floating.

    Example:
        >>> ops.quantile([1.0, 2.0, 3.0], 0.5)
        Tensor(2., dtype=float32)
    """
    check_one_of(method, ("linear", "lower", "higher", "midpoint", "nearest"), "method", "quantile")
    x = floating(x)
    axis = as_axes(axis)
    ordered = _ordered(x, axis)
    q = to(_shares(q, 1, "quantile"), dtype_name(x))
    result = _between(ordered, q, ordered.shape[-1], method)
    # A NaN sorts last and stands for the whole.
    spoiled = xp.isnan(ordered[..., -1])
    result = xp.where(spoiled, xp.full_like(result, np.nan), result)
    return xp.reshape(result, (*q.shape, *_kept_shape(x, axis))) if keepdims else result


def _between(ordered: Any, q: Any, n: int, method: str) -> Any:
    """Elements at the places q·(n - 1) of the last axis of `ordered`, that axis moved to the front as `q.shape`."""
    place = q * (n - 1)
    low, high = xp.floor(place), xp.ceil(place)
    if method == "nearest":
        low = high = xp.round(place)
    elif method == "lower":
        high = low
    elif method == "higher":
        low = high
    share = xp.full_like(place, 0.5) if method == "midpoint" else place - low
    if method in ("lower", "higher", "nearest"):
        share = xp.zeros_like(place)
    below = _take_places(ordered, to(low, "int32"))
    above = _take_places(ordered, to(high, "int32"))
    share = xp.reshape(share, tuple(share.shape) + (1,) * (ordered.ndim - 1))
    return below + (above - below) * share


def _take_places(ordered: Any, places: Any) -> Any:
    taken = xp.take(ordered, places, axis=-1)
    for i in range(places.ndim):
        taken = xp.moveaxis(taken, ordered.ndim - 1 + i, i)
    return taken


@op("numpy", tensors="x q")
def percentile(
    x: TensorLike, q: TensorLike, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """`quantile(x, q / 100)`.

    Args:
        x: tensor of any shape.
        q: number or `(n,)`, in [0, 100].
        axis, method, keepdims: as for `quantile`.

    Returns: `q.shape` followed by `x` without the shortened axes, floating.

    Example:
        >>> ops.percentile([1.0, 2.0, 3.0], 50)
        Tensor(2., dtype=float32)
    """
    return quantile(x, _shares(q, 100, "percentile") / 100, axis, method, keepdims)


@op("numpy")
@documented("The middle value over axes (mean of the two middle ones if even in number).", "floating")
def median(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return quantile(x, 0.5, axis, "linear", keepdims)


@op("numpy", tensors="x q")
def nanquantile(
    x: TensorLike, q: TensorLike, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """As `quantile`, NaN left out.

    Args:
        x, q, axis, method, keepdims: as for `quantile`.

    Returns: `q.shape` followed by `x` without the shortened axes, floating.
    """
    check_one_of(method, ("linear", "lower", "higher", "midpoint", "nearest"), "method", "nanquantile")
    x = floating(x)
    axis = as_axes(axis)
    ordered = _ordered(x, axis)
    q = to(_shares(q, 1, "nanquantile"), dtype_name(x))
    count = to(xp.sum(to(xp.logical_not(xp.isnan(ordered)), "int32"), axis=-1), dtype_name(x))
    ordered = xp.where(xp.isnan(ordered), xp.zeros_like(ordered), ordered)
    places = xp.reshape(q, tuple(q.shape) + (1,) * count.ndim) * xp.maximum(count - 1, 0)
    low, high = xp.floor(places), xp.ceil(places)
    if method in ("lower", "higher", "nearest"):
        low = high = {"lower": low, "higher": high, "nearest": xp.round(places)}[method]
    share = xp.full_like(places, 0.5) if method == "midpoint" else places - low
    below, above = _take_rowwise(ordered, low), _take_rowwise(ordered, high)
    # Equal neighbours, which may be infinite, are the result themselves.
    between = xp.where(xp.equal(below, above), below, below + (above - below) * share)
    result = nan_where(xp.equal(count, 0), between)
    return xp.reshape(result, (*q.shape, *_kept_shape(x, axis))) if keepdims else result


def _take_rowwise(ordered: Any, places: Any) -> Any:
    """Elements of each row at its own places; `places`: `(*q.shape, *rows)`."""
    extra = places.ndim - (ordered.ndim - 1)
    rows = xp.broadcast_to(ordered, (*places.shape, ordered.shape[-1]) if extra else ordered.shape)
    return xp.squeeze(xp.take_along_axis(rows, xp.expand_dims(to(places, "int32"), -1), axis=-1), -1)


@op("numpy", tensors="x q")
def nanpercentile(
    x: TensorLike, q: TensorLike, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """`nanquantile(x, q / 100)`.

    Args:
        x, axis, method, keepdims: as for `quantile`.
        q: number or `(n,)`, in [0, 100].

    Returns: `q.shape` followed by `x` without the shortened axes, floating.
    """
    return nanquantile(x, _shares(q, 100, "nanpercentile") / 100, axis, method, keepdims)


@op("numpy")
@documented("The middle value over axes, NaN left out.", "floating")
def nanmedian(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return nanquantile(x, 0.5, axis, "linear", keepdims)
