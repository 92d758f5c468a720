"""NumPy's functions that give an array another shape."""

from typing import Any

import numpy as np

from .._dispatch import implements
from .._operands import to_array
from ._axes import axes_of, axis_of
from ._views import Shape, broadcast_to, reshape, transpose


def resolve_shape(shape: Any, size: int) -> Shape:
    """The shape with -1 replaced. Raises ValueError if the sizes do not fit."""
    shape = (shape,) if isinstance(shape, (int, np.integer)) else shape
    dims = [int(n) for n in shape]
    if dims.count(-1) > 1:
        raise ValueError(f"reshape: only one size may be -1; got {tuple(dims)}.")
    known = 1
    for n in dims:
        known *= n if n != -1 else 1
    if -1 in dims:
        if known == 0 or size % known:
            raise ValueError(f"reshape: {size} elements do not fill shape {tuple(dims)}.")
        dims[dims.index(-1)] = size // known
    elif known != size:
        raise ValueError(f"reshape: {size} elements do not fill shape {tuple(dims)}.")
    return tuple(dims)


@implements(np.reshape)
def _reshape(a: Any, /, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None) -> Any:
    x = to_array(a)
    size = 1
    for n in x.shape:
        size *= n
    shape = resolve_shape(newshape if shape is None else shape, size)
    return x if shape == x.shape else reshape(x, shape=shape)


implements(np.ravel)(lambda a, order="C": np.reshape(a, -1))


@implements(np.transpose, np.permute_dims)
def _transpose(a: Any, axes: Any = None) -> Any:
    x = to_array(a)
    ndim = len(x.shape)
    axes = tuple(reversed(range(ndim))) if axes is None else axes_of(axes, ndim)
    if sorted(axes) != list(range(ndim)):
        raise ValueError(f"transpose: axes must be a permutation of {tuple(range(ndim))}; got {axes}.")
    return x if axes == tuple(range(ndim)) else transpose(x, axes=axes)


implements(np.matrix_transpose)(lambda x: np.swapaxes(x, -1, -2))


@implements(np.swapaxes)
def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    order = list(range(len(a.shape)))
    i, j = axes_of((axis1, axis2), len(order))
    order[i], order[j] = order[j], order[i]
    return np.transpose(a, order)


@implements(np.moveaxis)
def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    ndim = len(a.shape)
    source = axes_of(source, ndim)
    destination = axes_of(destination, ndim)
    order = [i for i in range(ndim) if i not in source]
    for d, s in sorted(zip(destination, source)):
        order.insert(d, s)
    return np.transpose(a, order)


@implements(np.rollaxis)
def _rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    axis = axis_of(axis, len(a.shape))
    return np.moveaxis(a, axis, start - 1 if axis < start else start)


@implements(np.expand_dims)
def _expand_dims(a: Any, axis: Any) -> Any:
    x = to_array(a)
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    ndim = len(x.shape) + len(axes)
    new = set(axes_of(axes, ndim))
    rest = iter(x.shape)
    return reshape(x, shape=tuple(1 if i in new else next(rest) for i in range(ndim)))


@implements(np.squeeze)
def _squeeze(a: Any, axis: Any = None) -> Any:
    x = to_array(a)
    if axis is None:
        drop = {i for i, n in enumerate(x.shape) if n == 1}
    else:
        drop = set(axes_of(axis, len(x.shape)))
        if any(x.shape[i] != 1 for i in drop):
            raise ValueError(f"squeeze: cannot drop axis {axis} of shape {x.shape}, its size is not 1.")
    return np.reshape(x, tuple(n for i, n in enumerate(x.shape) if i not in drop))


@implements(np.broadcast_to)
def _broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    x = to_array(array)
    shape = (int(shape),) if isinstance(shape, (int, np.integer)) else tuple(int(n) for n in shape)
    if np.broadcast_shapes(x.shape, shape) != shape:
        raise ValueError(f"broadcast_to: {x.shape} does not broadcast to {shape}.")
    return x if x.shape == shape else broadcast_to(x, shape=shape)


@implements(np.broadcast_arrays)
def _broadcast_arrays(*args: Any, subok: bool = False) -> list[Any]:
    arrays = [to_array(a) for a in args]
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    return [np.broadcast_to(a, shape) for a in arrays]


def _atleast(rank: int) -> Any:
    def one(x: Any) -> Any:
        x = to_array(x)
        shape = x.shape
        if len(shape) >= rank:
            return x
        if rank == 3 and len(shape) == 2:
            return np.reshape(x, (*shape, 1))
        if rank == 3 and len(shape) == 1:
            return np.reshape(x, (1, *shape, 1))
        return np.reshape(x, (1,) * (rank - len(shape)) + shape)

    return lambda *arrays: one(arrays[0]) if len(arrays) == 1 else tuple(one(a) for a in arrays)


implements(np.atleast_1d)(_atleast(1))
implements(np.atleast_2d)(_atleast(2))
implements(np.atleast_3d)(_atleast(3))
