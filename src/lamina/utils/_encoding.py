"""Encodings of labels and scales of vectors, on NumPy arrays."""

from typing import Any

import numpy as np

from lamina import ops
from lamina._public import public
from lamina.ops._symbolic import KerasTensor


@public("utils.to_categorical")
def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """One-hot rows from class indices.

    Args:
        x: integers `(...)`, 0 ... num_classes-1; a last axis of size one is dropped.
        num_classes: by default the largest index + 1.
    Returns: float32 `(..., num_classes)`, a tensor if `x` is one.
    Raises ValueError for an index out of range.
    Example:
        >>> utils.to_categorical([0, 2], num_classes=3)
        array([[1., 0., 0.],
               [0., 0., 1.]], dtype=float32)
    """
    if isinstance(x, KerasTensor):
        return ops.one_hot(x, num_classes)
    is_tensor = _is_no_array(x)
    try:
        labels = np.asarray(ops.convert_to_numpy(x) if is_tensor else x, dtype="int64")
    except (TypeError, ValueError):
        raise ValueError(
            f"to_categorical: x must be integers, the numbers of classes; got {x!r:.60}. Make numbers of names with "
            "np.unique(x, return_inverse=True)[1] or a lamina.layers.StringLookup."
        ) from None
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if num_classes is None:
        num_classes = int(labels.max()) + 1 if labels.size else 0
    if labels.size and not 0 <= labels.min() <= labels.max() < num_classes:
        raise ValueError(
            f"to_categorical: labels must lie in 0 ... {num_classes - 1} for num_classes={num_classes}; "
            f"got values from {labels.min()} to {labels.max()}."
        )
    one_hot = np.eye(num_classes, dtype="float32")[labels]
    return ops.convert_to_tensor(one_hot) if is_tensor else one_hot


@public("utils.normalize")
def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """`x` divided by its norm of that order along an axis; zero vectors stay zero. A tensor gives a tensor.

    Example:
        >>> utils.normalize([[3.0, 4.0]])
        array([[0.6, 0.8]])
    """
    if isinstance(x, KerasTensor) or _is_no_array(x):
        return ops.normalize(x, axis=axis, order=order)
    x = np.asarray(x)
    norm = np.atleast_1d(np.linalg.norm(x, order, axis))
    norm[norm == 0] = 1
    return x / np.expand_dims(norm, axis)


def _is_no_array(x: Any) -> bool:
    """Whether it is a tensor of an engine whose tensors are no arrays of NumPy."""
    return bool(ops.is_tensor(x)) and not isinstance(x, np.ndarray)
