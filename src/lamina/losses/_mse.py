"""The mean squared error."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper
from ._loss import operands


@public(
    "losses.mean_squared_error", "metrics.mean_squared_error", "losses.mse", "losses.MSE", "metrics.mse", "metrics.MSE"
)
@compares
def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """Mean of (y_true - y_pred)² over the last axis.

    Args:
        y_true: targets, `(..., n)`, cast to the dtype of `y_pred`.
        y_pred: predictions, `(..., n)`, floating.
    Returns: `(...)`, dtype of `y_pred`.
    Example:
        >>> losses.mean_squared_error([[0.0, 2.0]], [[1.0, 5.0]])
        Tensor([5.], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred)
    return ops.mean(ops.square(ops.subtract(y_true, y_pred)), axis=-1)


@public("losses.MeanSquaredError")
class MeanSquaredError(LossFunctionWrapper):
    """Mean of (y_true - y_pred)².

    Args:
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.MeanSquaredError()([[0.0, 2.0]], [[1.0, 5.0]])
        Tensor(5., dtype=float32)
    """

    def __init__(
        self, reduction: Any = "sum_over_batch_size", name: str | None = "mean_squared_error", dtype: Any = None
    ):
        super().__init__(mean_squared_error, reduction=reduction, name=name, dtype=dtype)
