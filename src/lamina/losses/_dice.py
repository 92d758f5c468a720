"""The Dice loss of segmentation."""

from typing import Any

from lamina import _settings, ops
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper


@public("losses.dice")
@compares
def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Any:
    """1 - 2 · Σ(y_true · y_pred) / (Σ y_true + Σ y_pred + epsilon), the sums over `axis`.

    Args:
        y_true: targets, `(..., n)`, cast to the dtype of `y_pred`.
        y_pred: predictions, `(..., n)`, floating.
        axis: int, tuple of ints, or None for all axes.
    Returns: `(...)`, dtype of `y_pred`.
    Example:
        >>> losses.dice([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor(0.375, dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(y_true, y_pred.dtype)
    overlap = ops.sum(ops.multiply(y_true, y_pred), axis=axis)
    total = ops.add(ops.sum(y_true, axis=axis), ops.sum(y_pred, axis=axis))
    return ops.subtract(1.0, ops.divide(ops.multiply(2.0, overlap), ops.add(total, _settings.epsilon())))


@public("losses.Dice")
class Dice(LossFunctionWrapper):
    """One minus the Dice coefficient of overlap.

    Args:
        axis: int, tuple of ints, or None for all axes.
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.Dice()([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor(0.375, dtype=float32)
    """

    def __init__(
        self, reduction: Any = "sum_over_batch_size", name: str | None = "dice", axis: Any = None, dtype: Any = None
    ):
        super().__init__(dice, reduction=reduction, name=name, dtype=dtype, axis=axis)
