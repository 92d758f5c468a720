"""Functions that rearrange elements without changing them."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lamina._checks import check_one_of
from lamina._typing import Axis, Shape, Tensor, TensorLike

from ._axes import all_axes, one_axis
from ._backend import xp
from ._convert import tensor
from ._dtypes import dtype_name
from ._op import op
from ._symbolic import KerasTensor, any_symbolic, infer_op_spec


def _target_shape(newshape: Any) -> tuple[Any, ...]:
    if isinstance(newshape, KerasTensor):
        return (-1,) * newshape.shape[0]
    if isinstance(newshape, (int, np.integer)):
        return (int(newshape),)
    return tuple(-1 if n is None or isinstance(n, KerasTensor) else int(n) for n in newshape)


def _reshape_spec(call: Callable[..., Any], x: KerasTensor, newshape: Any) -> KerasTensor:
    target = _target_shape(newshape)
    if any_symbolic(newshape):
        return KerasTensor(tuple(None if n == -1 else n for n in target), x.dtype)
    if target.count(-1) > 1:
        # None written for several unknown sizes, as ops.shape of a KerasTensor gives them.
        return KerasTensor(tuple(None if n == -1 else n for n in target), x.dtype)
    if None in x.shape:
        return KerasTensor(tuple(None if n == -1 else n for n in target), x.dtype)
    known = math.prod(n for n in target if n != -1)
    size = math.prod(n for n in x.shape if n is not None)
    if (-1 in target and (known == 0 or size % known)) or (-1 not in target and known != size):
        raise ValueError(f"reshape: {size} elements of shape {x.shape} do not fill shape {tuple(target)}.")
    return KerasTensor(tuple(size // known if n == -1 else n for n in target), x.dtype)


@op("numpy", tensors="x", spec=_reshape_spec)
def reshape(x: TensorLike, newshape: Shape) -> Tensor:
    """The elements of `x`, in order, in another shape.

    Args:
        x: tensor of any shape.
        newshape: int or tuple of ints with as many elements; one of them may be -1, to be found.

    Returns: `newshape`, dtype of `x`.

    Example:
        >>> ops.reshape([1, 2, 3, 4], (2, 2))
        Tensor([[1, 2],
                [3, 4]], dtype=int32)
    """
    x = tensor(x)
    target = _target_shape(newshape)
    known = math.prod(n for n in target if n != -1)
    size = math.prod(n for n in x.shape if n is not None)
    if (known != size) if -1 not in target else (known == 0 and size) or (known and size % known):
        raise ValueError(f"reshape: {size} elements of shape {tuple(x.shape)} do not fill shape {target}.")
    return xp.reshape(x, target)


@op("numpy")
def ravel(x: TensorLike) -> Tensor:
    """All elements of `x` on one axis."""
    return xp.reshape(tensor(x), (-1,))


@op("numpy")
def transpose(x: TensorLike, axes: Sequence[int] | None = None) -> Tensor:
    """`x` with its axes in another order, reversed if none is given.

    Args:
        x: tensor of any shape.
        axes: tuple[Any, ...] of ints, a permutation of the axes, or None.

    Returns: `x` with axis i taken from `axes[i]`.

    Example:
        >>> ops.transpose([[1.0, 2.0], [3.0, 4.0]])
        Tensor([[1., 3.],
                [2., 4.]], dtype=float32)
    """
    return xp.transpose(tensor(x), None if axes is None else tuple(axes))


@op("numpy", tensors="x")
def moveaxis(x: TensorLike, source: Any, destination: Any) -> Tensor:
    """`x` with some axes moved to other places, the others kept in order.

    Args:
        x: tensor of any shape.
        source, destination: int, or tuples of as many ints.
    Example:
        >>> ops.moveaxis([[1, 2, 3]], 0, 1)
        Tensor([[1],
                [2],
                [3]], dtype=int32)
    """
    x = tensor(x)
    for name, axes in (("source", source), ("destination", destination)):
        places = all_axes(axes, x, "moveaxis")
        if len(set(places)) < len(places):
            raise ValueError(f"moveaxis: {name} must not name an axis twice; got {axes!r}.")
    return xp.moveaxis(x, source, destination)


@op("numpy", tensors="x")
def swapaxes(x: TensorLike, axis1: Any, axis2: Any) -> Tensor:
    """`x` with two axes exchanged."""
    return xp.swapaxes(tensor(x), axis1, axis2)


@op("numpy", tensors="x", adds_axis=True)
def expand_dims(x: TensorLike, axis: Axis) -> Tensor:
    """`x` with new axes of size 1.

    Args:
        x: tensor of any shape.
        axis: int or tuple of ints, places in the result.
    Example:
        >>> ops.expand_dims([1, 2], 0)
        Tensor([[1, 2]], dtype=int32)
    """
    return xp.expand_dims(tensor(x), tuple(axis) if isinstance(axis, list) else axis)


def _squeeze_spec(call: Callable[..., Any], x: KerasTensor, axis: Any = None) -> KerasTensor:
    if axis is None:
        return KerasTensor(tuple(n for n in x.shape if n != 1), x.dtype)
    axes = set(all_axes(axis, x, "squeeze"))
    for a in axes:
        if x.shape[a] != 1:
            raise ValueError(f"squeeze: axis {a} of shape {x.shape} has size {x.shape[a]}, not 1.")
    return KerasTensor(tuple(n for i, n in enumerate(x.shape) if i not in axes), x.dtype)


@op("numpy", spec=_squeeze_spec)
def squeeze(x: TensorLike, axis: Axis = None) -> Tensor:
    """`x` without axes of size 1.

    Args:
        x: tensor of any shape.
        axis: int or tuple of ints; None: all axes of size 1.
    Example:
        >>> ops.squeeze([[1, 2]], axis=0)
        Tensor([1, 2], dtype=int32)
    """
    return xp.squeeze(tensor(x), tuple(axis) if isinstance(axis, list) else axis)


@op("numpy", tensors="x")
def broadcast_to(x: TensorLike, shape: Shape) -> Tensor:
    """`x` repeated to fill `shape`, without a copy where the engine can.

    Args:
        x: tensor that broadcasts to `shape`.
        shape: tuple[Any, ...] of ints, or an int for one axis.
    Example:
        >>> ops.broadcast_to([1, 2], (2, 2))
        Tensor([[1, 2],
                [1, 2]], dtype=int32)
    """
    return xp.broadcast_to(tensor(x), tuple(int(n) for n in np.atleast_1d(shape)))


@op("numpy")
def flip(x: TensorLike, axis: Axis = None) -> Tensor:
    """`x` in reverse order along axes.

    Args:
        x: tensor of any shape.
        axis: int, tuple of ints, or None for all axes.
    Example:
        >>> ops.flip([1, 2, 3])
        Tensor([3, 2, 1], dtype=int32)
    """
    return xp.flip(tensor(x), tuple(axis) if isinstance(axis, list) else axis)


@op("numpy")
def fliplr(x: TensorLike) -> Tensor:
    """`x` in reverse order along axis 1."""
    return xp.flip(tensor(x), 1)


@op("numpy")
def flipud(x: TensorLike) -> Tensor:
    """`x` in reverse order along axis 0."""
    return xp.flip(tensor(x), 0)


@op("numpy", tensors="array")
def rot90(array: TensorLike, k: int = 1, axes: Sequence[int] = (0, 1)) -> Tensor:
    """`array` turned by `k` quarter turns in the plane of two axes, from the first towards the second.

    Args:
        array: tensor with two axes or more.
        k: int.
        axes: two different ints.
    Example:
        >>> ops.rot90([[1.0, 2.0], [3.0, 4.0]])
        Tensor([[2., 4.],
                [1., 3.]], dtype=float32)
    """
    x = tensor(array)
    if x.ndim < 2:
        raise ValueError(f"rot90: expected at least two axes; got shape {tuple(x.shape)}.")
    first, second = all_axes(axes, x, "rot90")
    if first == second:
        raise ValueError(f"rot90: axes must differ; got {tuple(axes)}.")
    k %= 4
    if k == 0:
        return x
    if k == 2:
        return xp.flip(x, (first, second))
    return xp.swapaxes(xp.flip(x, second), first, second) if k == 1 else xp.flip(xp.swapaxes(x, first, second), second)


@op("numpy", tensors="x")
def roll(x: TensorLike, shift: Any, axis: Axis = None) -> Tensor:
    """`x` with elements shifted along axes, those that fall off coming back at the other end.

    Args:
        x: tensor of any shape.
        shift: int, or tuple of ints, one for each axis.
        axis: int, tuple of ints, or None to roll the flattened tensor.
    Example:
        >>> ops.roll([1, 2, 3], 1)
        Tensor([3, 1, 2], dtype=int32)
    """
    x = tensor(x)
    if axis is None:
        return xp.roll(x, shift)
    try:
        pairs = np.broadcast(np.atleast_1d(shift), np.atleast_1d(axis))
    except ValueError:
        raise ValueError(f"roll: shift and axis must be numbers or equally many; got {shift!r} and {axis!r}.") from None
    shifts, axes = zip(*((int(s), one_axis(a, x, "roll")) for s, a in pairs))
    return xp.roll(x, shifts, axes)


def _repeat_spec(call: Callable[..., Any], x: KerasTensor, repeats: Any, axis: int | None = None) -> KerasTensor:
    """An unknown axis stays so, however often its elements are repeated."""
    if axis is None or x.shape[axis] is not None:
        return infer_op_spec(call, (x, repeats), {}, axis)
    return KerasTensor(tuple(None if i == axis % x.ndim else n for i, n in enumerate(x.shape)), x.dtype)


@op("numpy", tensors="x", spec=_repeat_spec)
def repeat(x: TensorLike, repeats: Any, axis: int | None = None) -> Tensor:
    """Each element repeated along an axis.

    Args:
        x: tensor of any shape.
        repeats: int, or ints, one for each element of the axis.
        axis: int, or None to flatten first.
    Example:
        >>> ops.repeat([1, 2], 2)
        Tensor([1, 1, 2, 2], dtype=int32)
    """
    if not isinstance(repeats, (int, np.integer)):
        repeats = np.asarray(repeats)
        repeats = int(repeats.ravel()[0]) if repeats.size == 1 else repeats
    return xp.repeat(tensor(x), repeats, axis=axis)


@op("numpy", tensors="x")
def tile(x: TensorLike, repeats: Any) -> Tensor:
    """The whole of `x` repeated along its axes.

    Args:
        x: tensor of any shape.
        repeats: int or tuple of ints, one for each axis (the last ones if fewer).
    Example:
        >>> ops.tile([1, 2], 2)
        Tensor([1, 2, 1, 2], dtype=int32)
    """
    times = repeats if isinstance(repeats, (int, np.integer)) else tuple(int(r) for r in repeats)
    if np.min(times, initial=0) < 0:
        raise ValueError(f"tile: repeats must not be negative; got {repeats!r}.")
    return xp.tile(tensor(x), times)


@op("numpy", tensors="x constant_values")
def pad(x: TensorLike, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Tensor:
    """`x` with elements added around it.

    Args:
        x: tensor of any shape.
        pad_width: int; `(before, after)` for all axes; or one such pair for each axis.
        mode: "constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp" (on NumPy arrays) and the other modes of
            `numpy.pad`.
        constant_values: what to add in mode "constant", 0 if None.

    Returns: the larger tensor, dtype of `x`.

    Example:
        >>> ops.pad([1, 2], (1, 0))
        Tensor([0, 1, 2], dtype=int32)
    """
    x = tensor(x)
    widths = _pad_widths(pad_width, x.ndim)
    if mode == "constant":
        value = 0 if constant_values is None else constant_values
        return xp.pad(x, widths, mode="constant", constant_values=value)
    if constant_values is not None:
        raise ValueError(f"pad: constant_values belongs to mode 'constant'; got mode {mode!r}.")
    if mode in ("edge", "reflect", "symmetric", "wrap"):
        for axis, (before, after) in enumerate(widths):
            if before or after:
                x = xp.take(x, _pad_places(x.shape[axis], before, after, mode), axis=axis)
        return x
    return xp.pad(x, widths, mode=mode)


def _pad_widths(pad_width: Any, rank: int) -> tuple[Any, ...]:
    if isinstance(pad_width, (int, np.integer)):
        return ((int(pad_width),) * 2,) * rank
    widths = tuple(pad_width)
    if len(widths) == 2 and not any(isinstance(w, (tuple, list)) for w in widths):
        return (tuple(int(w) for w in widths),) * rank
    pairs = tuple((int(w[0]), int(w[-1])) for w in widths)
    if len(pairs) == 1:
        return pairs * rank
    if len(pairs) != rank:
        raise ValueError(f"pad: pad_width must hold one pair for each of {rank} axes; got {pad_width!r}.")
    return pairs


def _pad_places(size: int, before: int, after: int, mode: str) -> np.ndarray:
    return np.pad(np.arange(size), (before, after), mode=mode)


@op("numpy")
def diff(a: TensorLike, n: int = 1, axis: int = -1) -> Tensor:
    """The `n`-th difference along an axis, x[i + 1] - x[i] taken `n` times.

    Args:
        a: tensor of any shape.
        n: int, zero or more.
        axis: int.
    Example:
        >>> ops.diff([1, 4, 9])
        Tensor([3, 5], dtype=int32)
    """
    x = tensor(a)
    axis = one_axis(axis, x, "diff")
    before = (slice(None),) * axis
    for _ in range(n):
        high, low = x[(*before, slice(1, None))], x[(*before, slice(None, -1))]
        x = xp.not_equal(high, low) if dtype_name(x) == "bool" else xp.subtract(high, low)
    return x


@op("nn", tensors="x")
def space_to_depth(x: TensorLike, block_size: Any, data_format: str | None = "channels_last") -> Tensor:
    """Blocks of pixels moved into channels.

    Args:
        x: `(batch, height, width, channels)`, or channels first.
        block_size: int; height and width must be multiples of it.
        data_format: "channels_last" or "channels_first".

    Returns: `(batch, height / b, width / b, channels · b²)`.
    """
    check_one_of(data_format, ("channels_last", "channels_first"), "data_format", "space_to_depth")
    x, b = tensor(x), block_size
    if data_format == "channels_first":
        n, c, h, w = x.shape
        x = xp.transpose(xp.reshape(x, (n, c, h // b, b, w // b, b)), (0, 3, 5, 1, 2, 4))
        return xp.reshape(x, (n, b * b * c, h // b, w // b))
    n, h, w, c = x.shape
    x = xp.transpose(xp.reshape(x, (n, h // b, b, w // b, b, c)), (0, 1, 3, 2, 4, 5))
    return xp.reshape(x, (n, h // b, w // b, b * b * c))


@op("nn", tensors="x")
def depth_to_space(x: TensorLike, block_size: int, data_format: str | None = "channels_last") -> Tensor:
    """Channels moved into blocks of pixels; the inverse of `space_to_depth`.

    Args:
        x: `(batch, height, width, channels)`, or channels first; channels a multiple of `block_size²`.
        block_size: int.
        data_format: "channels_last" or "channels_first".

    Returns: `(batch, height · b, width · b, channels / b²)`.
    """
    check_one_of(data_format, ("channels_last", "channels_first"), "data_format", "depth_to_space")
    x, b = tensor(x), block_size
    if data_format == "channels_first":
        n, c, h, w = x.shape
        x = xp.transpose(xp.reshape(x, (n, b, b, c // (b * b), h, w)), (0, 3, 4, 1, 5, 2))
        return xp.reshape(x, (n, c // (b * b), h * b, w * b))
    n, h, w, c = x.shape
    x = xp.transpose(xp.reshape(x, (n, h, w, b, b, c // (b * b))), (0, 1, 3, 2, 4, 5))
    return xp.reshape(x, (n, h * b, w * b, c // (b * b)))
