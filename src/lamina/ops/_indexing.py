"""Functions that pick or place elements by number."""

from typing import Any

import numpy as np

from lamina._checks import check_one_of
from lamina._typing import Shape, Tensor, TensorLike
from lamina.engines import engine

from ._axes import one_axis
from ._backend import kernels, xp
from ._convert import tensor, to
from ._dtypes import dtype_name, is_float_dtype, standardize_dtype
from ._op import op
from ._symbolic import KerasTensor, infer_spec, sizes_are_made_up


def integer(x: Any) -> Any:
    """Truths and floats as whole numbers; whole numbers as they are."""
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
    x, indices = tensor(x), integer(indices)
    try:
        return xp.take(x, indices, axis=axis)
    except IndexError:
        _refuse_range("take", x, indices, axis)
        return xp.take(x, xp.zeros_like(indices), axis=axis)


def _refuse_range(name: str, x: Any, indices: Any, axis: int | None) -> None:
    """Raises ValueError for indices out of range, unless they follow from a size that is made up (a range of positions)."""
    if not sizes_are_made_up() or (axis is not None and not -x.ndim <= axis < x.ndim):
        raise ValueError(_out_of_range(name, x, indices, axis)) from None


def _out_of_range(name: str, x: Any, indices: Any, axis: int | None) -> str:
    if axis is not None and not -x.ndim <= axis < x.ndim:
        return f"{name}: axis must lie between {-x.ndim} and {x.ndim - 1} for x of shape {tuple(x.shape)}; got {axis}."
    size = int(np.prod(x.shape)) if axis is None else x.shape[axis]
    found = engine.numpy(indices)
    return (
        f"{name}: indices must lie between {-size} and {size - 1} for x of shape {tuple(x.shape)} and axis={axis}; got "
        f"values from {found.min()} to {found.max()}."
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
    x, indices = tensor(x), integer(indices)
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
        _refuse_range("take_along_axis", x, indices, axis)
        return xp.take_along_axis(x, xp.zeros_like(indices), axis=axis)


def _slice_tensor(x: Any, key: Any) -> Any:
    keys = list(key) if isinstance(key, tuple) else [key]
    if not any(isinstance(k, slice) and (k.step or 1) < 0 for k in keys):
        return x[key]
    try:
        return x[key]
    except ValueError:  # PyTorch takes no steps backwards
        return _forwards(x, keys)


def _forwards(x: Any, keys: list[Any]) -> Any:
    """The entries that steps backwards lead to, by steps forwards over flipped axes."""
    used = sum(map(_takes_axis, keys))
    axis, flipped = 0, []
    for i, k in enumerate(keys):
        if isinstance(k, slice) and (k.step or 1) < 0:
            places = range(*k.indices(x.shape[axis]))
            begin = x.shape[axis] - 1 - places.start
            keys[i] = slice(begin, begin - k.step * (len(places) - 1) + 1, -k.step) if places else slice(0, 0)
            flipped.append(axis)
        axis += x.ndim - used if k is Ellipsis else int(_takes_axis(k))
    return xp.flip(x, axis=tuple(flipped))[tuple(keys)]


def _takes_axis(key: Any) -> bool:
    return key is not None and key is not Ellipsis


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
