"""Shapes and specs of TensorFlow, and the functions that move and gather elements."""

from typing import Any, NamedTuple

import numpy as np

from lamina import ops

from ._tf_functions import dtype_name


class TensorShape(tuple):
    """Sizes of the axes, None for those not known: a tuple with the methods of TensorFlow's class.

    Args:
        dims: sizes; None for a shape of which nothing is known.
    """

    rank: int | None

    def __new__(cls, dims: Any = ()) -> "TensorShape":
        known = () if dims is None else (dims,) if isinstance(dims, int) else dims
        made = super().__new__(cls, (None if size in (None, -1) else int(size) for size in known))
        made.rank = None if dims is None else len(made)
        return made

    ndims = property(lambda self: self.rank)
    dims = property(lambda self: None if self.rank is None else list(self))

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        return TensorShape(found) if isinstance(key, slice) else found

    def __add__(self, other: Any) -> "TensorShape":
        return self.concatenate(other)

    def concatenate(self, other: Any) -> "TensorShape":
        """This shape followed by another."""
        return TensorShape((*self, *TensorShape(other)))

    def as_list(self) -> list[int | None]:
        """The sizes as a list. Raises ValueError if nothing is known of the shape."""
        if self.rank is None:
            raise ValueError("TensorShape.as_list: the rank is not known.")
        return list(self)

    def is_fully_defined(self) -> bool:
        """Whether every size is known."""
        return self.rank is not None and None not in self

    def num_elements(self) -> int | None:
        """The product of the sizes; None if one is not known."""
        return int(np.prod(self)) if self.is_fully_defined() else None

    def is_compatible_with(self, other: Any) -> bool:
        """Whether the two may be the same shape."""
        other = TensorShape(other)
        if None in (self.rank, other.rank):
            return True
        return self.rank == other.rank and all(a is None or b is None or a == b for a, b in zip(self, other))


class TensorSpec(NamedTuple):
    """Shape, dtype and name of a tensor that is not there."""

    shape: Any
    dtype: Any = "float32"
    name: str | None = None


def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = "bool", name: Any = None) -> Any:
    """`(..., maxlen)`: whether a place comes before the length; the greatest length is the default of `maxlen`."""
    lengths = ops.convert_to_tensor(lengths)
    maxlen = int(ops.max(lengths)) if maxlen is None else int(maxlen)
    found = ops.less(ops.arange(maxlen, dtype=ops.dtype(lengths)), ops.expand_dims(lengths, -1))
    return ops.cast(found, dtype_name(dtype))


def roll(input: Any, shift: Any, axis: Any, name: Any = None) -> Any:
    """Elements moved along axes; what leaves at one end comes in at the other."""
    pairs = zip(np.atleast_1d(shift).tolist(), np.atleast_1d(axis).tolist())
    for steps, along in pairs:
        input = ops.roll(input, steps, axis=along)
    return input


def gather_nd(params: Any, indices: Any, batch_dims: int = 0, name: Any = None) -> Any:
    """The entries at places that the last axis of `indices` names, an axis of `params` each."""
    if batch_dims:
        return ops.vectorized_map(lambda pair: gather_nd(*pair, batch_dims=batch_dims - 1), (params, indices))
    params, indices = ops.convert_to_tensor(params), ops.convert_to_tensor(indices)
    depth, sizes = indices.shape[-1], params.shape
    strides = [int(np.prod(sizes[i + 1 : depth])) for i in range(depth)]
    flat = ops.sum(ops.multiply(indices, ops.convert_to_tensor(strides, dtype=ops.dtype(indices))), axis=-1)
    return ops.take(ops.reshape(params, (-1, *sizes[depth:])), flat, axis=0)


def scatter_nd(indices: Any, updates: Any, shape: Any, name: Any = None) -> Any:
    """Zeros of that shape with `updates` added at the places of `indices`."""
    return ops.scatter(indices, updates, tuple(int(s) for s in shape))


def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any, name: Any = None) -> Any:
    """`tensor` with other values at the places of `indices`."""
    return ops.scatter_update(tensor, indices, updates)


def searchsorted(
    sorted_sequence: Any, values: Any, side: str = "left", out_type: Any = "int32", name: Any = None
) -> Any:
    """Where values belong in sorted rows, row by row."""
    rows, wanted = ops.convert_to_tensor(sorted_sequence), ops.convert_to_tensor(values)
    if len(rows.shape) == 1:
        return ops.cast(ops.searchsorted(rows, wanted, side=side), dtype_name(out_type))
    before = ops.less if side == "left" else ops.less_equal
    counted = before(ops.expand_dims(rows, -2), ops.expand_dims(wanted, -1))
    return ops.sum(ops.cast(counted, dtype_name(out_type)), axis=-1)


def meshgrid(*args: Any, indexing: str = "xy", name: Any = None) -> Any:
    """Grids of coordinates."""
    return list(ops.meshgrid(*args, indexing=indexing))


FUNCTIONS: dict[str, Any] = {
    f.__name__: f
    for f in (
        TensorShape, TensorSpec, sequence_mask, roll, gather_nd, scatter_nd, tensor_scatter_nd_update, searchsorted, meshgrid,
    )
}  # fmt: skip
