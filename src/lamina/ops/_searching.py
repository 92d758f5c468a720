"""Functions that find elements by their value, count them, and tell places from numbers."""

from typing import Any

import numpy as np

from lamina._checks import check_non_negative_int, check_one_of
from lamina._typing import Shape, Tensor, TensorLike
from lamina.engines import engine

from ._backend import xp
from ._concrete import concrete
from ._convert import promote, scalar, tensor, to
from ._dtypes import dtype_name, numpy_dtype, result_type
from ._indexing import integer
from ._op import op
from ._value_specs import nonzero_spec, searchsorted_spec, unique_spec


@op("numpy", spec=nonzero_spec)
def nonzero(x: TensorLike) -> tuple[Tensor, ...]:
    """The places of the elements that are not zero.

    Args:
        x: tensor of any shape, with values (not while traced: the result's shape depends on them).

    Returns: tuple[Any, ...] of int32 tensors `(n,)`, one for each axis.

    Example:
        >>> ops.nonzero([0, 1, 2])
        (Tensor([1, 2], dtype=int32),)
    """
    return tuple(engine.tensor(i.astype(np.int32)) for i in np.nonzero(np.atleast_1d(concrete(x, "nonzero"))))


@op("numpy", tensors="x", spec=unique_spec)
def unique(
    x: TensorLike,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: TensorLike = None,
) -> Any:
    """The different elements of `x`, in ascending order.

    Args:
        x: tensor of any shape, with values (not while traced: the result's shape depends on them).
        sorted: accepted for Keras's sake; the elements are always sorted.
        return_index, return_inverse, return_counts: what else to return: first places, the place of each element of `x`
            among the different ones, how often each occurs.
        axis: int, to compare slices along it, or None to flatten.
        size: int, to cut or fill up to; None: as many as there are.
        fill_value: what to fill up with; None: the smallest element.

    Returns: the elements, or a tuple that begins with them.

    Example:
        >>> ops.unique([2, 1, 2])
        Tensor([1, 2], dtype=int32)
    """
    values = concrete(x, "unique")
    # No NaN is equal to another.
    found = np.unique(values, return_index=True, return_inverse=True, return_counts=True, axis=axis, equal_nan=False)
    unique_values, index, inverse, counts = found
    along = axis or 0
    count = unique_values.shape[along]
    if size is not None and size != count:
        unique_values, index, counts = _resize_unique(unique_values, index, counts, along, size, fill_value)
    shape = values.shape if axis is None else (-1,)
    out = [engine.tensor(unique_values)]
    if return_index:
        out.append(engine.tensor(index.astype(np.int32)))
    if return_inverse:
        out.append(engine.tensor(inverse.reshape(shape).astype(np.int32)))
    if return_counts:
        out.append(engine.tensor(counts.astype(np.int32)))
    return out[0] if len(out) == 1 else tuple(out)


def _resize_unique(values: Any, index: Any, counts: Any, axis: int, size: int, fill_value: Any) -> tuple[Any, ...]:
    kept = np.take(values, np.arange(min(size, values.shape[axis])), axis=axis)
    missing = size - kept.shape[axis]
    if missing > 0:
        first = np.take(values, [0] * missing, axis=axis)
        filler = first if fill_value is None else np.full_like(first, fill_value)
        kept = np.concatenate([kept, filler], axis=axis)
        index = np.concatenate([index, np.repeat(index[:1], missing)])
        counts = np.concatenate([counts, np.zeros(missing, counts.dtype)])
    return kept, index[:size], counts[:size]


@op("numpy", tensors="x1 x2", class_name="IsIn")
def isin(x1: TensorLike, x2: TensorLike, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Whether each element of `x1` occurs in `x2`.

    Args:
        x1: tensor of any shape.
        x2: tensor of any shape.
        assume_unique: accepted for Keras's sake, changes nothing.
        invert: whether to answer the opposite.

    Returns: shape of `x1`, bool.

    Example:
        >>> ops.isin([1, 2, 3], [2])
        Tensor([False,  True, False])
    """
    a, b = promote(x1, x2, arrays=True)
    found = xp.any(xp.equal(xp.expand_dims(a, -1), xp.reshape(b, (-1,))), axis=-1)
    return xp.logical_not(found) if invert else found


@op("numpy", tensors="sorted_sequence values", class_name="SearchSorted", spec=searchsorted_spec)
def searchsorted(sorted_sequence: TensorLike, values: TensorLike, side: str = "left") -> Tensor:
    """Where values would have to go into a sorted sequence to keep it sorted.

    Args:
        sorted_sequence: `(n,)`, ascending.
        values: tensor of any shape.
        side: "left" (before equal elements) or "right".

    Returns: shape of `values`, int32.

    Example:
        >>> ops.searchsorted([1.0, 2.0, 3.0], [2.5])
        Tensor([2], dtype=int32)
    """
    check_one_of(side, ("left", "right"), "side", "searchsorted")
    a, v = promote(sorted_sequence, values, arrays=True)
    if a.ndim != 1:
        raise ValueError(f"searchsorted: sorted_sequence must have one axis; got shape {tuple(a.shape)}.")
    below = (xp.less if side == "left" else xp.less_equal)(a, xp.expand_dims(v, -1))
    return xp.sum(to(below, "int32"), axis=-1, dtype=numpy_dtype("int32"))


@op("numpy", tensors="x bins")
def digitize(x: TensorLike, bins: TensorLike) -> Tensor:
    """The number of the bin each element falls into: how many of the bounds it has reached or passed.

    Args:
        x: tensor of any shape, real.
        bins: `(n,)`, ascending or descending bounds.

    Returns: shape of `x`, int32, from 0 to n.

    Example:
        >>> ops.digitize([0.5, 2.5], [1.0, 2.0])
        Tensor([0, 2], dtype=int32)
    """
    ascending = searchsorted(bins, x, side="right")
    bins = tensor(bins)
    if bins.shape[0] < 2:
        return ascending
    descending = bins.shape[0] - searchsorted(xp.flip(bins, 0), x, side="right")
    return xp.where(xp.less_equal(bins[0], bins[-1]), ascending, to(descending, "int32"))


@op("numpy", tensors="x weights")
def bincount(x: TensorLike, weights: TensorLike = None, minlength: int = 0, sparse: bool = False) -> Tensor:
    """How often each number from 0 occurs, or the sum of the weights where it does.

    Args:
        x: `(n,)` or `(batch, n)`, non-negative integers, with values unless `minlength` bounds them from above.
        weights: shaped like `x`.
        minlength: the least length of the result.
        sparse: accepted for Keras's sake; the result is dense.

    Returns: `(length,)` or `(batch, length)`, int32 or the dtype of the weights. Raises ValueError for other shapes and numbers.

    Example:
        >>> ops.bincount([0, 1, 1, 3])
        Tensor([1, 2, 0, 1], dtype=int32)
    """
    if sparse:
        raise ValueError("bincount: sparse tensors are not supported; leave sparse=False.")
    given, x = x, integer(x)
    if x.ndim not in (1, 2):
        raise ValueError(f"bincount: x must be (n,) or (batch, n); got shape {tuple(x.shape)}.")
    length = minlength
    if not minlength or not engine.is_traced(x):
        values = concrete(x, "bincount")
        if values.size and (values.min() < 0 or not np.isfinite(concrete(tensor(given), "bincount")).all()):
            raise ValueError(f"bincount: x must be non-negative integers; got {given!r}.")
        length = max(int(minlength), int(values.max()) + 1 if values.size else 0)
    hits = to(xp.equal(xp.expand_dims(x, -1), np.arange(length, dtype=numpy_dtype(dtype_name(x)))), "int32")
    if weights is None:
        return xp.sum(hits, axis=-2, dtype=hits.dtype)
    weights = tensor(weights)
    dtype = "int32" if dtype_name(weights) == "bool" else dtype_name(weights)
    return xp.sum(to(hits, dtype) * xp.expand_dims(to(weights, dtype), -1), axis=-2, dtype=numpy_dtype(dtype))


@op("numpy", tensors="x")
def histogram(x: TensorLike, bins: TensorLike = 10, range: Any = None) -> tuple[Tensor, Tensor]:
    """How many elements fall into each of some bins of equal width (the last one holds its upper bound).

    Args:
        x: `(n,)`, real.
        bins: int.
        range: `(low, high)`; None: from the smallest to the largest element.

    Returns: counts `(bins,)` and bounds `(bins + 1,)`, both in the floating dtype of `x`. Raises ValueError for others.

    Example:
        >>> ops.histogram([0.0, 0.5, 1.0], bins=2)
        (Tensor([1., 2.], dtype=float32), Tensor([0. , 0.5, 1. ], dtype=float32))
    """
    x = tensor(x)
    name = dtype_name(x)
    kind = result_type(name, float)
    check_non_negative_int(bins, "bins", "histogram")
    if x.ndim != 1:
        raise ValueError(f"histogram: x must be 1-D; got shape {tuple(x.shape)}. Flatten it by ops.ravel first.")
    x = to(x, kind)
    if range is not None and range != ():
        if len(range) != 2 or range[1] < range[0]:
            raise ValueError(f"histogram: range must be (low, high) with low <= high; got {range!r}.")
        low, high = scalar(range[0], kind), scalar(range[1], kind)
    else:
        low, high = (xp.min(x), xp.max(x)) if x.shape[0] else (scalar(0, kind), scalar(1, kind))
    flat = xp.equal(low, high)
    low, high = xp.where(flat, low - 0.5, low), xp.where(flat, high + 0.5, high)
    places = tensor(np.arange(bins + 1).astype(numpy_dtype(kind)))
    edges = xp.where(xp.equal(places, bins), high, low + (high - low) / bins * places)
    inside = xp.logical_and(xp.greater_equal(x, low), xp.less_equal(x, high))
    number = xp.minimum(searchsorted(edges, x, side="right") - 1, bins - 1)
    hits = xp.logical_and(
        xp.equal(xp.expand_dims(number, -1), np.arange(bins, dtype="int32")), xp.expand_dims(inside, -1)
    )
    return xp.sum(to(hits, kind), axis=0, dtype=numpy_dtype(kind)), edges


@op("numpy", tensors="indices")
def unravel_index(indices: TensorLike, shape: Shape) -> tuple[Tensor, ...]:
    """Places in the flattened tensor as places on each axis.

    Args:
        indices: integer tensor of any shape.
        shape: tuple[Any, ...] of ints.

    Returns: tuple[Any, ...] of tensors, one for each axis.

    Example:
        >>> ops.unravel_index([5], (2, 3))
        (Tensor([1], dtype=int32), Tensor([2], dtype=int32))
    """
    places = integer(indices)
    total = int(np.prod(shape))
    places = xp.where(xp.less(places, 0), places + total, places)
    out = []
    for size in reversed(tuple(shape)):
        out.append(xp.mod(places, size))
        places = xp.floor_divide(places, size)
    return tuple(reversed(out))
