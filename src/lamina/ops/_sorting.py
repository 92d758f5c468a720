"""Functions that put elements in order."""

import numpy as np

from lamina._typing import Tensor, TensorLike

from ._backend import kernels, xp
from ._convert import tensor, to
from ._op import op


@op("numpy")
def sort(x: TensorLike, axis: int = -1) -> Tensor:
    """`x` in ascending order along an axis.

    Args:
        x: tensor of any shape.
        axis: int, or None to flatten first.

    Returns: shape and dtype of `x`.

    Example:
        >>> ops.sort([3.0, 1.0, 2.0])
        Tensor([1., 2., 3.], dtype=float32)
    """
    return xp.sort(tensor(x), axis=axis)


@op("numpy")
def argsort(x: TensorLike, axis: int = -1) -> Tensor:
    """The places that would sort `x` along an axis; equal elements keep their order.

    Args:
        x: tensor of any shape.
        axis: int, or None to flatten first.

    Returns: shape of `x`, int32.

    Example:
        >>> ops.argsort([3.0, 1.0, 2.0])
        Tensor([1, 2, 0], dtype=int32)
    """
    x = tensor(x)
    if axis is None or not x.ndim:  # of a number: its place among one
        x, axis = xp.reshape(x, (-1,)), 0
    return to(xp.argsort(x, axis=axis, stable=True), "int32")


@op("numpy", tensors="x")
def argpartition(x: TensorLike, kth: int, axis: int = -1) -> Tensor:
    """Places in an order in which the `kth` is where sorting would put it, smaller ones before, larger ones after.

    Args:
        x: tensor of any shape.
        kth: int.
        axis: int, or None to flatten first.

    Returns: shape of `x`, int32.
    """
    if not isinstance(kth, (int, np.integer)):
        raise ValueError(f"argpartition: kth must be one int; got {kth!r}.")
    return argsort(x, axis)  # the full order is one such order, and has a gradient-free kernel on every engine


@op("math", tensors="x")
def top_k(x: TensorLike, k: int, sorted: bool = True) -> tuple[Tensor, Tensor]:
    """The `k` largest values on the last axis, and their places.

    Args:
        x: `(..., n)`, real.
        k: positive int, at most n.
        sorted: whether the values come in descending order (they always do).

    Returns: values `(..., k)` in the dtype of `x`, places `(..., k)` int32.

    Example:
        >>> ops.top_k([3.0, 1.0, 2.0], k=2)
        (Tensor([3., 2.], dtype=float32), Tensor([0, 2], dtype=int32))
    """
    x = tensor(x)
    if not x.ndim or k > x.shape[-1]:
        raise ValueError(f"top_k: k={k} is more than the last axis of shape {tuple(x.shape)} holds.")
    values, places = kernels.top_k(x, k)
    return values, to(places, "int32")


@op("math", tensors="targets predictions", class_name="InTopK")
def in_top_k(targets: TensorLike, predictions: TensorLike, k: int) -> Tensor:
    """Whether each target is among the `k` classes with the highest predictions (ties count as in).

    Args:
        targets: `(batch,)`, integer.
        predictions: `(batch, classes)`, floating.
        k: positive int.

    Returns: `(batch,)`, bool; False where the target's prediction is not finite or the target is out of range.
    """
    targets, predictions = to(tensor(targets), "int32"), tensor(predictions)
    classes = predictions.shape[-1]
    inside = xp.logical_and(xp.greater_equal(targets, 0), xp.less(targets, classes))
    place = xp.expand_dims(xp.where(inside, targets, xp.zeros_like(targets)), -1)
    own = xp.take_along_axis(predictions, place, axis=-1)
    higher = to(xp.greater(predictions, own), "int32")
    rank = xp.sum(higher, axis=-1, dtype=higher.dtype)
    finite = xp.isfinite(xp.squeeze(own, -1))
    return xp.logical_and(xp.logical_and(inside, finite), xp.less(rank, k))
