"""The mean absolute error in percent of the target."""

from typing import Any

from lamina import _settings, ops
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper
from ._loss import operands


@public(
    "losses.mean_absolute_percentage_error",
    "metrics.mean_absolute_percentage_error",
    "losses.mape",
    "losses.MAPE",
    "metrics.mape",
    "metrics.MAPE",
)
@compares
def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """100 · mean of |y_true - y_pred| / max(|y_true|, epsilon) over the last axis.

    Args:
        y_true: targets, `(..., n)`, cast to the dtype of `y_pred`.
        y_pred: predictions, `(..., n)`, floating.
    Returns: `(...)`, dtype of `y_pred`.
    Example:
        >>> losses.mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 5.0]])
        Tensor([37.5], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred)
    scale = ops.maximum(ops.absolute(y_true), _settings.epsilon())
    return ops.multiply(100.0, ops.mean(ops.absolute(ops.divide(ops.subtract(y_true, y_pred), scale)), axis=-1))


@public("losses.MeanAbsolutePercentageError")
class MeanAbsolutePercentageError(LossFunctionWrapper):
    """Mean of 100 · |y_true - y_pred| / |y_true|.

    Args:
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 5.0]])
        Tensor(37.5, dtype=float32)
    """

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: Any = None,
    ):
        super().__init__(mean_absolute_percentage_error, reduction=reduction, name=name, dtype=dtype)
