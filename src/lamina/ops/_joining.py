"""Functions that join tensors or cut them apart."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from lamina._checks import ShapeMismatch
from lamina._typing import Tensor, TensorLike

from ._axes import one_axis
from ._backend import xp
from ._convert import promote, tensor
from ._dtypes import dtype_name, result_type
from ._op import op
from ._symbolic import KerasTensor


def axes_of_join(name: str, xs: Any) -> list[Any]:
    if not isinstance(xs, (list, tuple)):
        xs = [tensor(xs)[i] for i in range(tensor(xs).shape[0])]
    if not xs:
        raise ValueError(f"{name}: expected at least one tensor; got an empty list.")
    return promote(*xs, arrays=True)


def _concatenate_spec(call: Callable[..., Any], xs: Any, axis: int = 0) -> KerasTensor:
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
    return KerasTensor(
        shape, result_type(*(x.dtype if isinstance(x, KerasTensor) else dtype_name(tensor(x)) for x in xs))
    )


@op("numpy", tensors="xs", spec=_concatenate_spec)
def concatenate(xs: TensorLike, axis: int | None = 0) -> Tensor:
    """Tensors joined along an axis.

    Args:
        xs: list[Any] of tensors, alike except on `axis`.
        axis: int, or None to flatten first.

    Returns: the joined tensor, the promoted dtype.

    Example:
        >>> ops.concatenate([[1, 2], [3]])
        Tensor([1, 2, 3], dtype=int32)
    """
    xs = axes_of_join("concatenate", xs)
    if axis is None:
        return xp.concatenate([xp.reshape(x, (-1,)) for x in xs])
    _check_alike("concatenate", xs, but=axis)
    return xp.concatenate(xs, axis=axis)


def _check_alike(name: str, xs: list[Any], but: int | None = None) -> None:
    """Raises ShapeMismatch unless all have one shape, `but` for one axis."""
    shapes = [list(x.shape) for x in xs]
    if but is not None and len({len(s) for s in shapes}) == 1 and -len(shapes[0]) <= but < len(shapes[0]):
        for shape in shapes:
            shape[but] = None
    if any(shape != shapes[0] for shape in shapes):
        differs = "in shape" if but is None else f"on other axes than {but}"
        raise ShapeMismatch(f"{name}: the tensors must not differ {differs}; got {[tuple(x.shape) for x in xs]}.")


@op("numpy", tensors="x", adds_axis=True)
def stack(x: TensorLike, axis: int = 0) -> Tensor:
    """Tensors of one shape joined along a new axis.

    Args:
        x: list[Any] of tensors.
        axis: int, where the new axis goes.

    Returns: the joined tensor, the promoted dtype.

    Example:
        >>> ops.stack([[1, 2], [3, 4]])
        Tensor([[1, 2],
                [3, 4]], dtype=int32)
    """
    xs = axes_of_join("stack", x)
    _check_alike("stack", xs)
    return xp.stack(xs, axis=axis)


def _at_least(x: Any, rank: int) -> Any:
    if rank == 3 and x.ndim == 2:
        return xp.expand_dims(x, -1)
    if rank == 3 and x.ndim == 1:
        return xp.reshape(x, (1, -1, 1))
    return xp.reshape(x, (1,) * (rank - x.ndim) + tuple(x.shape)) if x.ndim < rank else x


@op("numpy")
def hstack(xs: TensorLike) -> Tensor:
    """Tensors joined along axis 1 (axis 0 if they have one axis).

    Args:
        xs: list[Any] of tensors.
    Example:
        >>> ops.hstack([[1, 2], [3]])
        Tensor([1, 2, 3], dtype=int32)
    """
    xs = [_at_least(x, 1) for x in axes_of_join("hstack", xs)]
    return xp.concatenate(xs, axis=0 if xs[0].ndim == 1 else 1)


@op("numpy")
def vstack(xs: TensorLike) -> Tensor:
    """Tensors joined along axis 0, those with one axis taken as rows.

    Args:
        xs: list[Any] of tensors.
    Example:
        >>> ops.vstack([[1, 2], [3, 4]])
        Tensor([[1, 2],
                [3, 4]], dtype=int32)
    """
    return xp.concatenate([_at_least(x, 2) for x in axes_of_join("vstack", xs)], axis=0)


@op("numpy")
def dstack(xs: TensorLike) -> Tensor:
    """Tensors joined along the third axis, which is added where missing.

    Args:
        xs: list[Any] of tensors.
    Example:
        >>> ops.dstack([[1, 2], [3, 4]])
        Tensor([[[1, 3],
                 [2, 4]]], dtype=int32)
    """
    return xp.concatenate([_at_least(x, 3) for x in axes_of_join("dstack", xs)], axis=2)


@op("numpy", tensors="x1 x2")
def append(x1: TensorLike, x2: TensorLike, axis: int | None = None) -> Tensor:
    """`x2` joined to the end of `x1`.

    Args:
        x1, x2: tensors, alike except on `axis`.
        axis: int, or None to flatten both first.
    Example:
        >>> ops.append([1, 2], [3])
        Tensor([1, 2, 3], dtype=int32)
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
    axis = one_axis(axis, x, where)
    cuts = _cuts(x.shape[axis], sections, even, where)
    before = (slice(None),) * axis
    return [x[(*before, slice(a, max(a, b)))] for a, b in pairwise(cuts)]


def _split_spec(call: Callable[..., Any], x: KerasTensor, indices_or_sections: Any, axis: int = 0) -> Any:
    axis = one_axis(axis, x, "split")
    size = x.shape[axis]
    if size is None:
        if not isinstance(indices_or_sections, (int, np.integer)):
            raise ValueError(f"split: axis {axis} of shape {x.shape} is unknown; it can only be cut into equal parts.")
        return [KerasTensor(x.shape, x.dtype) for _ in range(indices_or_sections)]
    cuts = _cuts(size, indices_or_sections, True, "split")
    return [KerasTensor((*x.shape[:axis], max(b - a, 0), *x.shape[axis + 1 :]), x.dtype) for a, b in pairwise(cuts)]


@op("numpy", tensors="x", spec=_split_spec)
def split(x: TensorLike, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """`x` cut along an axis.

    Args:
        x: tensor of any shape.
        indices_or_sections: int, the number of equal parts, or a list of ints, where to cut.
        axis: int.

    Returns: list[Any] of tensors.

    Example:
        >>> ops.split([1, 2, 3, 4], 2)
        [Tensor([1, 2], dtype=int32), Tensor([3, 4], dtype=int32)]
    """
    return _split(x, indices_or_sections, axis, True, "split")


@op("numpy", tensors="x")
def array_split(x: TensorLike, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """As `split`, but the parts may differ by one in size.

    Args:
        x: tensor of any shape.
        indices_or_sections: int or list of ints.
        axis: int.

    Returns: list[Any] of tensors.

    Example:
        >>> ops.array_split([1, 2, 3], 2)
        [Tensor([1, 2], dtype=int32), Tensor([3], dtype=int32)]
    """
    return _split(x, indices_or_sections, axis, False, "array_split")


@op("numpy", tensors="x")
def hsplit(x: TensorLike, indices_or_sections: Any) -> list[Tensor]:
    """`x` cut along axis 1 (axis 0 if it has one axis). Returns a list of tensors."""
    x = tensor(x)
    return _split(x, indices_or_sections, 1 if x.ndim > 1 else 0, True, "hsplit")


@op("numpy", tensors="x")
def vsplit(x: TensorLike, indices_or_sections: Any) -> list[Tensor]:
    """`x` cut along axis 0. Returns a list of tensors."""
    return _split(x, indices_or_sections, 0, True, "vsplit")


@op("numpy", tensors="x")
def dsplit(x: TensorLike, indices_or_sections: Any) -> list[Tensor]:
    """`x` cut along axis 2. Returns a list of tensors."""
    return _split(x, indices_or_sections, 2, True, "dsplit")


def _unstack_spec(call: Callable[..., Any], x: KerasTensor, num: int | None = None, axis: int = 0) -> Any:
    place = one_axis(axis, x, "unstack")
    if num is None and x.shape[place] is None:
        raise ValueError(f"unstack: axis {axis} of shape {x.shape} is unknown; give num=.")
    if x.shape[place] is not None and num not in (None, x.shape[place]):
        raise ValueError(f"unstack: num={num}, but axis {axis} of shape {x.shape} has size {x.shape[place]}.")
    shape = (*x.shape[:place], *x.shape[place + 1 :])
    return [KerasTensor(shape, x.dtype) for _ in range(num or x.shape[place])]


@op("core", spec=_unstack_spec)
def unstack(x: TensorLike, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """The slices of `x` along an axis, the axis itself gone.

    Args:
        x: tensor of any shape.
        num: int, the size of the axis; found if None.
        axis: int.

    Returns: list[Any] of tensors.

    Example:
        >>> ops.unstack([[1, 2], [3, 4]])
        [Tensor([1, 2], dtype=int32), Tensor([3, 4], dtype=int32)]
    """
    x = tensor(x)
    axis = one_axis(axis, x, "unstack")
    count = x.shape[axis]
    if num is not None and num != count:
        raise ValueError(f"unstack: num={num}, but axis {axis} of shape {tuple(x.shape)} has size {count}.")
    before = (slice(None),) * axis
    return [x[(*before, i)] for i in range(count)]
