"""Hinge losses: zero once the margin is kept."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper


def _margin_errors(y_true: Any, y_pred: Any) -> Any:
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = _to_signs(ops.cast(y_true, y_pred.dtype))
    return ops.maximum(ops.subtract(1.0, ops.multiply(y_true, y_pred)), 0.0)


def _to_signs(y_true: Any) -> Any:
    """Labels 0 and 1 become -1 and 1; labels that are signs already stay."""
    is_binary = ops.all(ops.logical_or(ops.equal(y_true, 0), ops.equal(y_true, 1)))
    return ops.where(is_binary, ops.subtract(ops.multiply(2.0, y_true), 1.0), y_true)


@public("losses.hinge", "metrics.hinge")
@compares
def hinge(y_true: Any, y_pred: Any) -> Any:
    """Mean of max(1 - y_true · y_pred, 0) over the last axis.

    Args:
        y_true: labels -1 or 1 (or 0 and 1, which are taken as -1 and 1), `(..., n)`.
        y_pred: predictions, `(..., n)`, floating.
    Returns: `(...)`, dtype of `y_pred`.
    Example:
        >>> losses.hinge([[-1.0, 1.0]], [[0.5, 2.0]])
        Tensor([0.75], dtype=float32)
    """
    return ops.mean(_margin_errors(y_true, y_pred), axis=-1)


@public("losses.squared_hinge", "metrics.squared_hinge")
@compares
def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """Mean of max(1 - y_true · y_pred, 0)² over the last axis.

    Args:
        y_true: labels -1 or 1 (or 0 and 1, which are taken as -1 and 1), `(..., n)`.
        y_pred: predictions, `(..., n)`, floating.
    Returns: `(...)`, dtype of `y_pred`.
    Example:
        >>> losses.squared_hinge([[-1.0, 1.0]], [[0.5, 2.0]])
        Tensor([1.125], dtype=float32)
    """
    return ops.mean(ops.square(_margin_errors(y_true, y_pred)), axis=-1)


@public("losses.categorical_hinge", "metrics.categorical_hinge")
@compares
def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """max(neg - pos + 1, 0): pos is the score of the true class, neg the highest of the others.

    Args:
        y_true: one-hot labels, `(..., classes)`.
        y_pred: scores, `(..., classes)`, floating.
    Returns: `(...)`, dtype of `y_pred`.
    Example:
        >>> losses.categorical_hinge([[0.0, 1.0]], [[0.5, 0.75]])
        Tensor([0.75], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(y_true, y_pred.dtype)
    pos = ops.sum(ops.multiply(y_true, y_pred), axis=-1)
    neg = ops.max(ops.multiply(ops.subtract(1.0, y_true), y_pred), axis=-1)
    return ops.maximum(ops.add(ops.subtract(neg, pos), 1.0), 0.0)


@public("losses.Hinge")
class Hinge(LossFunctionWrapper):
    """Mean of max(1 - y_true · y_pred, 0), for labels -1 and 1 (or 0 and 1).

    Args:
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.Hinge()([[-1.0, 1.0]], [[0.5, 2.0]])
        Tensor(0.75, dtype=float32)
    """

    def __init__(self, reduction: Any = "sum_over_batch_size", name: str | None = "hinge", dtype: Any = None):
        super().__init__(hinge, reduction=reduction, name=name, dtype=dtype)


@public("losses.SquaredHinge")
class SquaredHinge(LossFunctionWrapper):
    """Mean of max(1 - y_true · y_pred, 0)², for labels -1 and 1 (or 0 and 1).

    Args:
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.SquaredHinge()([[-1.0, 1.0]], [[0.5, 2.0]])
        Tensor(1.125, dtype=float32)
    """

    def __init__(self, reduction: Any = "sum_over_batch_size", name: str | None = "squared_hinge", dtype: Any = None):
        super().__init__(squared_hinge, reduction=reduction, name=name, dtype=dtype)


@public("losses.CategoricalHinge")
class CategoricalHinge(LossFunctionWrapper):
    """max(neg - pos + 1, 0): pos is the score of the true class, neg the highest of the others.

    Args:
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]])
        Tensor(0.75, dtype=float32)
    """

    def __init__(
        self, reduction: Any = "sum_over_batch_size", name: str | None = "categorical_hinge", dtype: Any = None
    ):
        super().__init__(categorical_hinge, reduction=reduction, name=name, dtype=dtype)
