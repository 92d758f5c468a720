"""Functions that pick or place elements by number."""

from typing import Any

import numpy as np

from lamina._checks import check_non_negative_int, check_one_of
from lamina._typing import Segments, Shape, Tensor, TensorLike
from lamina.engines import engine

from ._axes import one_axis
from ._backend import kernels, xp
from ._convert import promote, scalar, tensor, to
from ._dtypes import dtype_name, is_float_dtype, numpy_dtype, result_type, standardize_dtype
from ._op import op
from ._symbolic import KerasTensor, infer_spec
from ._value_specs import nonzero_spec, searchsorted_spec, unique_spec


def concrete(x: Any, what: str) -> np.ndarray:
    """The values of a tensor. Raises TypeError if it has none, since the shape of the result depends on them."""
    try:
        return np.asarray(engine.numpy(tensor(x)))
    except engine.ConcreteValueError:
        raise TypeError(
            f"{what}: the shape of the result depends on values, which are not known while a function is traced for "
            "compilation. Use a form of fixed size (a mask with ops.where, ops.unique with size=), or run_eagerly=True."
        ) from None


def _integer(x: Any) -> Any:
    x = tensor(x)
    if dtype_name(x) == "bool" or is_float_dtype(x.dtype):
        x = to(x, "int32")
    return x


@op("numpy", tensors="x indices")
def take(x: TensorLike, indices: TensorLike, axis: int | None = None) -> Tensor:
    """Elements of `x` by their places along an axis.

    Args:
        x: tensor of any shape.
        indices: integer tensor of any shape; negative places count from the end.
        axis: int, or None to take from the flattened tensor.

    Returns: `x` with the axis replaced by the shape of `indices`, dtype of `x`.

    Example:
        >>> ops.take([10, 20, 30], [2, 0])
        Tensor([30, 10], dtype=int32)
    """
    x, indices = tensor(x), _integer(indices)
    try:
        return xp.take(x, indices, axis=axis)
    except IndexError:
        raise ValueError(_out_of_range("take", x, indices, axis)) from None


def _out_of_range(name: str, x: Any, indices: Any, axis: int | None) -> str:
    if axis is not None and not -x.ndim <= axis < x.ndim:
        return f"{name}: axis must lie between {-x.ndim} and {x.ndim - 1} for x of shape {tuple(x.shape)}; got {axis}."
    size = int(np.prod(x.shape)) if axis is None else x.shape[axis]
    return (
        f"{name}: indices must lie between {-size} and {size - 1} for x of shape {tuple(x.shape)} and axis={axis}; got "
        f"values from {indices.min()} to {indices.max()}."
    )


@op("numpy", tensors="x indices")
def take_along_axis(x: TensorLike, indices: TensorLike, axis: int | None = None) -> Tensor:
    """Elements of each row of `x` at the row's own places.

    Args:
        x: tensor of any shape.
        indices: integer tensor with as many axes, equal to or broadcasting with `x` except on `axis`.
        axis: int, or None to take from the flattened tensor.

    Returns: shape of `indices` (broadcast), dtype of `x`.

    Example:
        >>> ops.take_along_axis([[10, 20], [30, 40]], [[1], [0]], axis=1)
        Tensor([[20],
                [30]], dtype=int32)
    """
    x, indices = tensor(x), _integer(indices)
    if axis is None:
        return xp.take(xp.reshape(x, (-1,)), xp.reshape(indices, (-1,)))
    axis = one_axis(axis, x, "take_along_axis")
    if indices.ndim != x.ndim:
        raise ValueError(
            f"take_along_axis: x and indices must have equally many axes; got shapes {tuple(x.shape)} "
            f"and {tuple(indices.shape)}."
        )
    others = (s[:axis] + (1,) + s[axis + 1 :] for s in (tuple(x.shape), tuple(indices.shape)))
    sizes = np.broadcast_shapes(*others)
    rows = tuple(x.shape[i] if i == axis else n for i, n in enumerate(sizes))
    places = tuple(indices.shape[i] if i == axis else n for i, n in enumerate(sizes))
    x = x if tuple(x.shape) == rows else xp.broadcast_to(x, rows)
    indices = indices if tuple(indices.shape) == places else xp.broadcast_to(indices, places)
    try:
        return xp.take_along_axis(x, indices, axis=axis)
    except IndexError:
        raise ValueError(_out_of_range("take_along_axis", x, indices, axis)) from None


def _slice_tensor(x: Any, key: Any) -> Any:
    return x[key]


def _as_key(key: Any) -> Any:
    """A key as it stood in square brackets; files keep the tuple of `x[:, 1:]` as a list."""
    if isinstance(key, list) and any(k is None or k is Ellipsis or isinstance(k, slice) for k in key):
        return tuple(key)
    return key


def _get_item_spec(call: Any, x: KerasTensor, key: Any) -> KerasTensor:
    """Walks through the key, so that unknown sizes stay unknown only where they matter."""
    key = _as_key(key)
    keys = list(key) if isinstance(key, tuple) else [key]
    simple = (int, np.integer, slice, type(None), type(Ellipsis))
    if not all(isinstance(k, simple) for k in keys):
        return infer_spec(call, x, key)
    used = len([k for k in keys if k is not None and k is not Ellipsis])
    if used > x.ndim:
        raise ValueError(f"get_item: {used} indices for a tensor of shape {x.shape}.")
    if sum(k is Ellipsis for k in keys) > 1:
        raise ValueError(f"get_item: '...' may stand once; got {keys!r}.")
    if Ellipsis not in keys:
        keys.append(Ellipsis)
    place = keys.index(Ellipsis)
    keys[place : place + 1] = [slice(None)] * (x.ndim - used)
    shape: list[Any] = []
    sizes = iter(x.shape)
    for k in keys:
        if k is None:
            shape.append(1)
            continue
        size = next(sizes)
        if isinstance(k, slice):
            shape.append(_sliced_size(size, k))
        elif size is not None and not -size <= k < size:
            raise ValueError(f"get_item: index {k} is out of range for an axis of size {size} (shape {x.shape}).")
    return KerasTensor(shape, x.dtype)


def _sliced_size(size: int | None, key: slice) -> int | None:
    if size is not None:
        return len(range(*key.indices(size)))
    return None


@op("numpy", tensors="x key", spec=_get_item_spec)
def get_item(x: TensorLike, key: TensorLike) -> Tensor:
    """`x[key]`.

    Args:
        x: tensor of any shape.
        key: what may stand in square brackets.
    """
    return _slice_tensor(tensor(x), _as_key(key))


def _slice_spec(call: Any, inputs: Any, start_indices: Any, shape: Any) -> KerasTensor:
    """Where the block begins is known for numbers only, and then how far it goes."""
    starts = start_indices.shape[0] if hasattr(start_indices, "shape") else len(start_indices)
    if not len(inputs.shape) == starts == len(shape):
        raise ValueError(
            f"slice: inputs of shape {tuple(inputs.shape)} need as many start_indices and sizes; got {starts} and "
            f"{len(shape)}."
        )
    if hasattr(start_indices, "shape") or any(isinstance(i, KerasTensor) for i in start_indices):
        return KerasTensor(tuple(None if n == -1 else n for n in shape), standardize_dtype(inputs.dtype))
    return infer_spec(call, inputs, start_indices)


@op("core", tensors="inputs start_indices", spec=_slice_spec)
def slice_(inputs: TensorLike, start_indices: TensorLike, shape: Shape) -> Tensor:
    """The block of `inputs` that begins at `start_indices` and has `shape`.

    Args:
        inputs: tensor of any shape.
        start_indices: one integer for each axis; may be tensors.
        shape: tuple[Any, ...] of ints, one for each axis.

    Returns: `shape`, dtype of `inputs`.

    Example:
        >>> ops.slice([10, 20, 30], [1], [2])
        Tensor([20, 30], dtype=int32)
    """
    x = tensor(inputs)
    sizes = tuple(int(n) if n != -1 else -1 for n in shape)
    if isinstance(start_indices, (list, tuple)) and all(isinstance(i, (int, np.integer)) for i in start_indices):
        return x[tuple(slice(int(a), None if n == -1 else int(a) + n) for a, n in zip(start_indices, sizes))]
    return kernels.dynamic_slice(x, to(tensor(start_indices), "int32"), sizes)


@op("core", tensors="inputs start_indices updates")
def slice_update(inputs: TensorLike, start_indices: TensorLike, updates: TensorLike) -> Tensor:
    """`inputs` with the block that begins at `start_indices` replaced by `updates`.

    Args:
        inputs: tensor of any shape.
        start_indices: one integer for each axis.
        updates: tensor with as many axes, no larger.

    Returns: shape and dtype of `inputs`.

    Example:
        >>> ops.slice_update([10, 20, 30], [1], [99])
        Tensor([10, 99, 30], dtype=int32)
    """
    x = tensor(inputs)
    return kernels.dynamic_update_slice(x, to(tensor(updates), dtype_name(x)), to(tensor(start_indices), "int32"))


@op("core", tensors="indices values")
def scatter(indices: TensorLike, values: TensorLike, shape: Shape) -> Tensor:
    """A tensor of zeros with `values` added in at `indices`.

    Args:
        indices: `(..., k)`, integer: places on the first k axes.
        values: `(..., *shape[k:])`.
        shape: tuple[Any, ...] of ints.

    Returns: `shape`, dtype of `values`; values at one place are added up.

    Example:
        >>> ops.scatter([[0], [2]], [5, 7], (3,))
        Tensor([5, 0, 7], dtype=int32)
    """
    values = tensor(values)
    zeros = xp.zeros(tuple(int(n) for n in shape), dtype=values.dtype)
    return kernels.scatter(zeros, to(tensor(indices), "int32"), values, mode="add")


@op("core", tensors="inputs indices updates")
def scatter_update(inputs: TensorLike, indices: TensorLike, updates: TensorLike, reduction: Any = None) -> Tensor:
    """`inputs` with the elements at `indices` replaced by, or combined with, `updates`.

    Args:
        inputs: tensor of any shape.
        indices: `(..., k)`, integer: places on the first k axes.
        updates: `(..., *inputs.shape[k:])`.
        reduction: None to replace, or "add", "max", "min", "mul".

    Returns: shape and dtype of `inputs`.

    Example:
        >>> ops.scatter_update([10, 20, 30], [[1]], [99])
        Tensor([10, 99, 30], dtype=int32)
    """
    check_one_of(reduction, (None, "add", "max", "min", "mul"), "reduction", "scatter_update")
    x = tensor(inputs)
    mode = {None: "set", "mul": "multiply"}.get(reduction, reduction)
    return kernels.scatter(x, to(tensor(indices), "int32"), to(tensor(updates), dtype_name(x)), mode=mode)


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

    Returns: `(length,)` or `(batch, length)`, int32 or the dtype of the weights.

    Example:
        >>> ops.bincount([0, 1, 1, 3])
        Tensor([1, 2, 0, 1], dtype=int32)
    """
    if sparse:
        raise ValueError("bincount: sparse tensors are not supported; leave sparse=False.")
    x = _integer(x)
    length = minlength
    if isinstance(x, np.ndarray) or not minlength:
        values = concrete(x, "bincount")
        length = max(int(minlength), int(values.max()) + 1 if values.size else 0)
    hits = to(xp.equal(xp.expand_dims(x, -1), np.arange(length, dtype=numpy_dtype(dtype_name(x)))), "int32")
    if weights is None:
        return xp.sum(hits, axis=-2, dtype=hits.dtype)
    weights = tensor(weights)
    dtype = result_type(dtype_name(weights), "int32")
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
    places = _integer(indices)
    total = int(np.prod(shape))
    places = xp.where(xp.less(places, 0), places + total, places)
    out = []
    for size in reversed(tuple(shape)):
        out.append(xp.mod(places, size))
        places = xp.floor_divide(places, size)
    return tuple(reversed(out))


def _segments(name: str, text: str, body: Any) -> Any:
    def function(
        data: TensorLike, segment_ids: TensorLike, num_segments: int | None = None, sorted: bool = False
    ) -> Tensor:
        data, ids = tensor(data), to(tensor(segment_ids), "int32")
        if num_segments is None:
            values = concrete(ids, name)
            num_segments = int(values.max()) + 1 if values.size else 0
        return body(data, ids, int(num_segments))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"{text} of the rows of each segment.\n\nArgs:\n    data: `(n, ...)`.\n    segment_ids: `(n,)`, integer.\n"
        "    num_segments: int; found from the ids if None.\n    sorted: whether the ids are; changes nothing.\n\n"
        "Returns: `(num_segments, ...)`, dtype of `data`.\n"
    )
    return op("math", tensors="data segment_ids")(function)


def _scattered(mode: str, start: Any) -> Any:
    def body(data: Any, ids: Any, count: int) -> Any:
        value = start(dtype_name(data))
        base = xp.full((count, *data.shape[1:]), value, dtype=data.dtype)
        return kernels.scatter(base, xp.expand_dims(ids, -1), data, mode=mode)

    return body


def _lowest(name: str) -> Any:
    return -np.inf if is_float_dtype(name) else np.iinfo(name).min


def _highest(name: str) -> Any:
    return np.inf if is_float_dtype(name) else np.iinfo(name).max


segment_sum: Segments = _segments("segment_sum", "Sum", lambda data, ids, count: kernels.segment_sum(data, ids, count))
segment_max: Segments = _segments("segment_max", "Maximum", _scattered("max", _lowest))
segment_min: Segments = _segments("segment_min", "Minimum", _scattered("min", _highest))
segment_prod: Segments = _segments("segment_prod", "Product", _scattered("multiply", lambda name: 1))
