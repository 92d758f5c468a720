"""Functions that rearrange elements without changing them."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina._checks import check_one_of

from ._backend import xp
from ._convert import dtype_name, promote, tensor, to
from ._dtypes import result_type
from ._op import op
from ._symbolic import KerasTensor


def _target_shape(newshape: Any) -> tuple:
    if isinstance(newshape, (int, np.integer)):
        return (int(newshape),)
    return tuple(-1 if n is None else int(n) for n in newshape)


def _reshape_spec(call: Callable, x: KerasTensor, newshape: Any) -> KerasTensor:
    target = _target_shape(newshape)
    if target.count(-1) > 1:
        # None written for several unknown sizes, as ops.shape of a KerasTensor gives them.
        return KerasTensor(tuple(None if n == -1 else n for n in target), x.dtype)
    if None in x.shape:
        return KerasTensor(tuple(None if n == -1 else n for n in target), x.dtype)
    known = math.prod(n for n in target if n != -1)
    size = math.prod(x.shape)
    if (-1 in target and (known == 0 or size % known)) or (-1 not in target and known != size):
        raise ValueError(f"reshape: {size} elements of shape {x.shape} do not fill shape {tuple(target)}.")
    return KerasTensor(tuple(size // known if n == -1 else n for n in target), x.dtype)


@op("numpy", tensors="x", spec=_reshape_spec)
def reshape(x, newshape):
    """The elements of `x`, in order, in another shape.

    Args:
        x: tensor of any shape.
        newshape: int or tuple of ints with as many elements; one of them may be -1, to be found.

    Returns: `newshape`, dtype of `x`.
    """
    x = tensor(x)
    target = _target_shape(newshape)
    known = math.prod(n for n in target if n != -1)
    size = math.prod(x.shape)
    if (known != size) if -1 not in target else (known == 0 and size) or (known and size % known):
        raise ValueError(f"reshape: {size} elements of shape {tuple(x.shape)} do not fill shape {target}.")
    return xp.reshape(x, target)


@op("numpy")
def ravel(x):
    """All elements of `x` on one axis."""
    return xp.reshape(tensor(x), (-1,))


@op("numpy")
def transpose(x, axes=None):
    """`x` with its axes in another order, reversed if none is given.

    Args:
        x: tensor of any shape.
        axes: tuple of ints, a permutation of the axes, or None.

    Returns: `x` with axis i taken from `axes[i]`.
    """
    return xp.transpose(tensor(x), None if axes is None else tuple(axes))


@op("numpy", tensors="x")
def moveaxis(x, source, destination):
    """`x` with some axes moved to other places, the others kept in order.

    Args:
        x: tensor of any shape.
        source, destination: int, or tuples of as many ints.
    """
    return xp.moveaxis(tensor(x), source, destination)


@op("numpy", tensors="x")
def swapaxes(x, axis1, axis2):
    """`x` with two axes exchanged."""
    return xp.swapaxes(tensor(x), axis1, axis2)


@op("numpy", tensors="x")
def expand_dims(x, axis):
    """`x` with new axes of size 1.

    Args:
        x: tensor of any shape.
        axis: int or tuple of ints, places in the result.
    """
    return xp.expand_dims(tensor(x), tuple(axis) if isinstance(axis, list) else axis)


def _squeeze_spec(call: Callable, x: KerasTensor, axis: Any = None) -> KerasTensor:
    if axis is None:
        return KerasTensor(tuple(n for n in x.shape if n != 1), x.dtype)
    axes = {a % x.ndim for a in ((axis,) if isinstance(axis, int) else axis)}
    for a in axes:
        if x.shape[a] not in (1, None):
            raise ValueError(f"squeeze: axis {a} of shape {x.shape} has size {x.shape[a]}, not 1.")
    return KerasTensor(tuple(n for i, n in enumerate(x.shape) if i not in axes), x.dtype)


@op("numpy", spec=_squeeze_spec)
def squeeze(x, axis=None):
    """`x` without axes of size 1.

    Args:
        x: tensor of any shape.
        axis: int or tuple of ints; None: all axes of size 1.
    """
    return xp.squeeze(tensor(x), tuple(axis) if isinstance(axis, list) else axis)


@op("numpy", tensors="x")
def broadcast_to(x, shape):
    """`x` repeated to fill `shape`, without a copy where the engine can.

    Args:
        x: tensor that broadcasts to `shape`.
        shape: tuple of ints.
    """
    return xp.broadcast_to(tensor(x), tuple(int(n) for n in shape))


@op("numpy")
def flip(x, axis=None):
    """`x` in reverse order along axes.

    Args:
        x: tensor of any shape.
        axis: int, tuple of ints, or None for all axes.
    """
    return xp.flip(tensor(x), tuple(axis) if isinstance(axis, list) else axis)


@op("numpy")
def fliplr(x):
    """`x` in reverse order along axis 1."""
    return xp.flip(tensor(x), 1)


@op("numpy")
def flipud(x):
    """`x` in reverse order along axis 0."""
    return xp.flip(tensor(x), 0)


@op("numpy", tensors="array")
def rot90(array, k=1, axes=(0, 1)):
    """`array` turned by `k` quarter turns in the plane of two axes, from the first towards the second.

    Args:
        array: tensor with two axes or more.
        k: int.
        axes: two different ints.
    """
    x = tensor(array)
    if x.ndim < 2:
        raise ValueError(f"rot90: expected at least two axes; got shape {tuple(x.shape)}.")
    first, second = (a % x.ndim for a in axes)
    if first == second:
        raise ValueError(f"rot90: axes must differ; got {tuple(axes)}.")
    k %= 4
    if k == 0:
        return x
    if k == 2:
        return xp.flip(x, (first, second))
    return xp.swapaxes(xp.flip(x, second), first, second) if k == 1 else xp.flip(xp.swapaxes(x, first, second), second)


@op("numpy", tensors="x")
def roll(x, shift, axis=None):
    """`x` with elements shifted along axes, those that fall off coming back at the other end.

    Args:
        x: tensor of any shape.
        shift: int, or tuple of ints, one for each axis.
        axis: int, tuple of ints, or None to roll the flattened tensor.
    """
    return xp.roll(tensor(x), shift, axis)


@op("numpy", tensors="x")
def repeat(x, repeats, axis=None):
    """Each element repeated along an axis.

    Args:
        x: tensor of any shape.
        repeats: int, or ints, one for each element of the axis.
        axis: int, or None to flatten first.
    """
    if not isinstance(repeats, (int, np.integer)):
        repeats = np.asarray(repeats)
        repeats = int(repeats.ravel()[0]) if repeats.size == 1 else repeats
    return xp.repeat(tensor(x), repeats, axis=axis)


@op("numpy", tensors="x")
def tile(x, repeats):
    """The whole of `x` repeated along its axes.

    Args:
        x: tensor of any shape.
        repeats: int or tuple of ints, one for each axis (the last ones if fewer).
    """
    return xp.tile(tensor(x), repeats if isinstance(repeats, (int, np.integer)) else tuple(int(r) for r in repeats))


def _axes_of_join(name: str, xs: Any) -> list[Any]:
    if not isinstance(xs, (list, tuple)):
        xs = [tensor(xs)[i] for i in range(tensor(xs).shape[0])]
    if not xs:
        raise ValueError(f"{name}: expected at least one tensor; got an empty list.")
    return promote(*xs, arrays=True)


def _concatenate_spec(call: Callable, xs: Any, axis: int = 0) -> KerasTensor:
    shapes = [tuple(x.shape) if hasattr(x, "shape") else np.shape(x) for x in xs]
    ranks = {len(s) for s in shapes}
    if len(ranks) != 1:
        raise ValueError(f"concatenate: tensors must have equally many axes; got shapes {shapes}.")
    rank = ranks.pop()
    if axis is None or not -rank <= axis < rank:
        raise ValueError(f"concatenate: axis must be an int from {-rank} to {rank - 1}; got {axis!r}.")
    axis %= rank
    shape: list[Any] = []
    for i, sizes in enumerate(zip(*shapes)):
        if i == axis:
            shape.append(None if None in sizes else sum(sizes))
            continue
        known = {n for n in sizes if n is not None}
        if len(known) > 1:
            raise ValueError(
                f"concatenate: shapes {shapes} differ on axis {i} ({sorted(known)}); only axis {axis} may differ."
            )
        shape.append(known.pop() if known else None)
    return KerasTensor(shape, result_type(*(x.dtype if isinstance(x, KerasTensor) else dtype_name(tensor(x)) for x in xs)))


@op("numpy", tensors="xs", spec=_concatenate_spec)
def concatenate(xs, axis=0):
    """Tensors joined along an axis.

    Args:
        xs: list of tensors, alike except on `axis`.
        axis: int, or None to flatten first.

    Returns: the joined tensor, the promoted dtype.
    """
    xs = _axes_of_join("concatenate", xs)
    if axis is None:
        return xp.concatenate([xp.reshape(x, (-1,)) for x in xs])
    return xp.concatenate(xs, axis=axis)


@op("numpy", tensors="x")
def stack(x, axis=0):
    """Tensors of one shape joined along a new axis.

    Args:
        x: list of tensors.
        axis: int, where the new axis goes.

    Returns: the joined tensor, the promoted dtype.
    """
    return xp.stack(_axes_of_join("stack", x), axis=axis)


def _at_least(x: Any, rank: int) -> Any:
    if rank == 3 and x.ndim == 2:
        return xp.expand_dims(x, -1)
    if rank == 3 and x.ndim == 1:
        return xp.reshape(x, (1, -1, 1))
    return xp.reshape(x, (1,) * (rank - x.ndim) + tuple(x.shape)) if x.ndim < rank else x


@op("numpy")
def hstack(xs):
    """Tensors joined along axis 1 (axis 0 if they have one axis).

    Args:
        xs: list of tensors.
    """
    xs = [_at_least(x, 1) for x in _axes_of_join("hstack", xs)]
    return xp.concatenate(xs, axis=0 if xs[0].ndim == 1 else 1)


@op("numpy")
def vstack(xs):
    """Tensors joined along axis 0, those with one axis taken as rows.

    Args:
        xs: list of tensors.
    """
    return xp.concatenate([_at_least(x, 2) for x in _axes_of_join("vstack", xs)], axis=0)


@op("numpy")
def dstack(xs):
    """Tensors joined along the third axis, which is added where missing.

    Args:
        xs: list of tensors.
    """
    return xp.concatenate([_at_least(x, 3) for x in _axes_of_join("dstack", xs)], axis=2)


@op("numpy", tensors="x1 x2")
def append(x1, x2, axis=None):
    """`x2` joined to the end of `x1`.

    Args:
        x1, x2: tensors, alike except on `axis`.
        axis: int, or None to flatten both first.
    """
    return concatenate([x1, x2], axis)


def _cuts(size: int, sections: Any, even: bool, where: str) -> list[int]:
    if isinstance(sections, (int, np.integer)):
        if sections < 1 or (even and size % sections):
            raise ValueError(f"{where}: an axis of size {size} cannot be cut into {sections} equal parts.")
        small, extra = divmod(size, int(sections))
        sizes = [small + 1] * extra + [small] * (int(sections) - extra)
        return [0, *np.cumsum(sizes).tolist()]
    bounds = [slice(None, int(i)).indices(size)[1] for i in np.asarray(sections).tolist()]
    return [0, *bounds, size]


def _split(x: Any, sections: Any, axis: int, even: bool, where: str) -> list[Any]:
    x = tensor(x)
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"{where}: axis {axis} is out of range for shape {tuple(x.shape)}.")
    axis %= x.ndim
    cuts = _cuts(x.shape[axis], sections, even, where)
    before = (slice(None),) * axis
    return [x[(*before, slice(a, max(a, b)))] for a, b in zip(cuts[:-1], cuts[1:])]


def _split_spec(call: Callable, x: KerasTensor, indices_or_sections: Any, axis: int = 0) -> Any:
    axis %= x.ndim
    if x.shape[axis] is None:
        if not isinstance(indices_or_sections, (int, np.integer)):
            raise ValueError(f"split: axis {axis} of shape {x.shape} is unknown; it can only be cut into equal parts.")
        return [KerasTensor(x.shape, x.dtype) for _ in range(indices_or_sections)]
    cuts = _cuts(x.shape[axis], indices_or_sections, True, "split")
    return [
        KerasTensor((*x.shape[:axis], max(b - a, 0), *x.shape[axis + 1 :]), x.dtype) for a, b in zip(cuts[:-1], cuts[1:])
    ]


@op("numpy", tensors="x", spec=_split_spec)
def split(x, indices_or_sections, axis=0):
    """`x` cut along an axis.

    Args:
        x: tensor of any shape.
        indices_or_sections: int, the number of equal parts, or a list of ints, where to cut.
        axis: int.

    Returns: list of tensors.
    """
    return _split(x, indices_or_sections, axis, True, "split")


@op("numpy", tensors="x")
def array_split(x, indices_or_sections, axis=0):
    """As `split`, but the parts may differ by one in size.

    Args:
        x: tensor of any shape.
        indices_or_sections: int or list of ints.
        axis: int.

    Returns: list of tensors.
    """
    return _split(x, indices_or_sections, axis, False, "array_split")


@op("numpy", tensors="x")
def hsplit(x, indices_or_sections):
    """`x` cut along axis 1 (axis 0 if it has one axis). Returns a list of tensors."""
    x = tensor(x)
    return _split(x, indices_or_sections, 1 if x.ndim > 1 else 0, True, "hsplit")


@op("numpy", tensors="x")
def vsplit(x, indices_or_sections):
    """`x` cut along axis 0. Returns a list of tensors."""
    return _split(x, indices_or_sections, 0, True, "vsplit")


@op("numpy", tensors="x")
def dsplit(x, indices_or_sections):
    """`x` cut along axis 2. Returns a list of tensors."""
    return _split(x, indices_or_sections, 2, True, "dsplit")


@op("core")
def unstack(x, num=None, axis=0):
    """The slices of `x` along an axis, the axis itself gone.

    Args:
        x: tensor of any shape.
        num: int, the size of the axis; found if None.
        axis: int.

    Returns: list of tensors.
    """
    x = tensor(x)
    axis %= x.ndim
    count = x.shape[axis]
    if num is not None and num != count:
        raise ValueError(f"unstack: num={num}, but axis {axis} of shape {tuple(x.shape)} has size {count}.")
    before = (slice(None),) * axis
    return [x[(*before, i)] for i in range(count)]


@op("numpy", tensors="x constant_values")
def pad(x, pad_width, mode="constant", constant_values=None):
    """`x` with elements added around it.

    Args:
        x: tensor of any shape.
        pad_width: int; `(before, after)` for all axes; or one such pair for each axis.
        mode: "constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp" (on NumPy arrays) and the other modes of
            `numpy.pad`.
        constant_values: what to add in mode "constant", 0 if None.

    Returns: the larger tensor, dtype of `x`.
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


def _pad_widths(pad_width: Any, rank: int) -> tuple:
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


@op("numpy", tensors="x")
def diag(x, k=0):
    """A matrix with `x` on a diagonal, or the diagonal of a matrix.

    Args:
        x: `(n,)` or `(n, m)`.
        k: which diagonal, above the main one positive.

    Returns: `(n + |k|, n + |k|)`, or the diagonal.
    """
    x = tensor(x)
    if x.ndim == 2:
        return diagonal(x, k)
    if x.ndim != 1:
        raise ValueError(f"diag: x must have one or two axes; got shape {tuple(x.shape)}.")
    n = x.shape[0] + abs(k)
    # Row i of the matrix holds element i, or i + k below the main diagonal.
    rows = xp.pad(x, ((max(-k, 0), max(k, 0)),), mode="constant", constant_values=0)
    return _triangle(xp.broadcast_to(xp.expand_dims(rows, -1), (n, n)), np.eye(n, k=k, dtype=bool))


@op("numpy", tensors="x")
def diagflat(x, k=0):
    """A matrix with the elements of `x` on a diagonal.

    Args:
        x: tensor of any shape.
        k: which diagonal.
    """
    return diag(xp.reshape(tensor(x), (-1,)), k)


@op("numpy", tensors="x")
def diagonal(x, offset=0, axis1=0, axis2=1):
    """The diagonals in the planes of two axes.

    Args:
        x: tensor with two axes or more.
        offset: which diagonal, above the main one positive.
        axis1, axis2: the axes of the planes.

    Returns: the other axes, then the diagonal.
    """
    x = tensor(x)
    if x.ndim < 2:
        raise ValueError(f"diagonal: expected at least two axes; got shape {tuple(x.shape)}.")
    axis1, axis2 = axis1 % x.ndim, axis2 % x.ndim
    rest = [a for a in range(x.ndim) if a not in (axis1, axis2)]
    x = xp.transpose(x, (*rest, axis1, axis2))
    rows, columns = x.shape[-2:]
    length = max(min(rows - max(-offset, 0), columns - max(offset, 0)), 0)
    places = np.arange(length)
    flat = (places + max(-offset, 0)) * columns + places + max(offset, 0)
    return xp.take(xp.reshape(x, (*x.shape[:-2], rows * columns)), flat, axis=-1)


def _triangle(x: Any, keep: np.ndarray) -> Any:
    return xp.where(keep, x, xp.zeros_like(x))


@op("numpy", tensors="x")
def tril(x, k=0):
    """`x` with the elements above the `k`-th diagonal set to zero.

    Args:
        x: `(..., n, m)`.
        k: int.
    """
    x = tensor(x)
    return _triangle(x, np.tri(*x.shape[-2:], k=k, dtype=bool))


@op("numpy", tensors="x")
def triu(x, k=0):
    """`x` with the elements below the `k`-th diagonal set to zero.

    Args:
        x: `(..., n, m)`.
        k: int.
    """
    x = tensor(x)
    return _triangle(x, ~np.tri(*x.shape[-2:], k=k - 1, dtype=bool))


@op("numpy", tensors="x")
def trace(x, offset=0, axis1=0, axis2=1):
    """Sum along the diagonals in the planes of two axes.

    Args:
        x: tensor with two axes or more.
        offset: which diagonal.
        axis1, axis2: the axes of the planes.

    Returns: `x` without the two axes; at least 32 bits wide for integers.
    """
    line = diagonal(x, offset, axis1, axis2)
    name = dtype_name(line)
    line = to(line, {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}.get(name, name))
    return xp.sum(line, axis=-1, dtype=line.dtype)


@op("numpy")
def diff(a, n=1, axis=-1):
    """The `n`-th difference along an axis, x[i + 1] - x[i] taken `n` times.

    Args:
        a: tensor of any shape.
        n: int, zero or more.
        axis: int.
    """
    x = tensor(a)
    axis %= x.ndim
    before = (slice(None),) * axis
    for _ in range(n):
        high, low = x[(*before, slice(1, None))], x[(*before, slice(None, -1))]
        x = xp.not_equal(high, low) if dtype_name(x) == "bool" else high - low
    return x


@op("nn", tensors="x")
def space_to_depth(x, block_size, data_format="channels_last"):
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
def depth_to_space(x, block_size, data_format="channels_last"):
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
