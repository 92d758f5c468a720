"""Shapes: reading them, joining, cutting and moving axes."""

from typing import Any

import numpy as np

from lamina import ops
from lamina._public import public
from lamina._settings import standardize_data_format
from lamina.ops._symbolic import Operation


class Sizes(tuple):
    """The shape of a symbolic tensor with sizes that are not known yet; `cast` and `prod` make a symbolic tensor of it."""

    of: Any


class SizesOf(Operation):
    """The sizes of a tensor, as integers `(rank,)`."""

    def call(self, x: Any) -> Any:
        return ops.convert_to_tensor(np.array(ops.shape(x), "int32"))


def with_sizes(x: Any) -> Any:
    """A symbolic tensor in the place of `Sizes`; everything else as it is."""
    return SizesOf()(x.of) if isinstance(x, Sizes) else x


@public("backend.int_shape")
def int_shape(x: Any) -> tuple[Any, ...]:
    """The shape as a tuple, None for sizes not known yet."""
    return tuple(x.shape)


@public("backend.shape")
def shape(x: Any) -> tuple[Any, ...]:
    """The shape; a size that is not known yet is None (inside a layer's call all are known)."""
    sizes = ops.shape(x)
    if None in sizes:
        sizes = Sizes(sizes)
        sizes.of = x
    return sizes


@public("backend.ndim")
def ndim(x: Any) -> int:
    """The number of axes."""
    return len(x.shape)


@public("backend.concatenate")
def concatenate(tensors: Any, axis: int = -1) -> Any:
    """Tensors joined along an axis."""
    return ops.concatenate(tensors, axis=axis)


@public("backend.stack")
def stack(x: Any, axis: int = 0) -> Any:
    """Tensors stacked along a new axis."""
    return ops.stack(x, axis=axis)


@public("backend.reshape")
def reshape(x: Any, shape: Any) -> Any:
    """The same elements in another shape; one size may be -1."""
    return ops.reshape(x, tuple(-1 if size is None else size for size in shape))


@public("backend.flatten")
def flatten(x: Any) -> Any:
    """All elements in one axis."""
    return ops.reshape(x, (-1,))


@public("backend.batch_flatten")
def batch_flatten(x: Any) -> Any:
    """All elements of each sample in one axis: `(batch, features)`."""
    sizes = tuple(x.shape[1:])
    return ops.reshape(x, (-1, int(np.prod(sizes)))) if None not in sizes else ops.reshape(x, (x.shape[0], -1))


@public("backend.expand_dims")
def expand_dims(x: Any, axis: int = -1) -> Any:
    """With a new axis of size 1."""
    return ops.expand_dims(x, axis)


@public("backend.squeeze")
def squeeze(x: Any, axis: Any) -> Any:
    """Without an axis of size 1."""
    return ops.squeeze(x, axis)


@public("backend.permute_dimensions")
def permute_dimensions(x: Any, pattern: Any) -> Any:
    """Axes in another order."""
    return ops.transpose(x, tuple(pattern))


@public("backend.transpose")
def transpose(x: Any) -> Any:
    """Axes in reversed order."""
    return ops.transpose(x)


@public("backend.repeat")
def repeat(x: Any, n: int) -> Any:
    """`(batch, features)` repeated to `(batch, n, features)`."""
    return ops.repeat(ops.expand_dims(x, 1), n, axis=1)


@public("backend.repeat_elements")
def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Every element along an axis `rep` times."""
    return ops.repeat(x, rep, axis=axis)


@public("backend.tile")
def tile(x: Any, n: Any) -> Any:
    """The whole tensor repeated along its axes."""
    return ops.tile(x, n)


@public("backend.reverse")
def reverse(x: Any, axes: Any) -> Any:
    """Elements in reversed order along axes."""
    return ops.flip(x, axis=axes)


@public("backend.gather")
def gather(reference: Any, indices: Any) -> Any:
    """The entries of the first axis at these places."""
    return ops.take(reference, indices, axis=0)


@public("backend.one_hot")
def one_hot(indices: Any, num_classes: int) -> Any:
    """1 at the place of each index, 0 elsewhere, along a new last axis."""
    return ops.one_hot(indices, num_classes)


@public("backend.slice")
def slice(x: Any, start: Any, size: Any) -> Any:
    """The block of that size that begins at `start`."""
    return ops.slice(x, tuple(start), tuple(size))


@public("backend.temporal_padding")
def temporal_padding(x: Any, padding: Any = (1, 1)) -> Any:
    """`(batch, steps, features)` with zeros before and after the steps."""
    return ops.pad(x, ((0, 0), tuple(padding), (0, 0)))


@public("backend.spatial_2d_padding")
def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: Any = None) -> Any:
    """Images with zeros around them."""
    rows, columns = (tuple(p) for p in padding)
    if standardize_data_format(data_format) == "channels_first":
        return ops.pad(x, ((0, 0), (0, 0), rows, columns))
    return ops.pad(x, ((0, 0), rows, columns, (0, 0)))
