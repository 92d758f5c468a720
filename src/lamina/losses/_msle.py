"""The mean squared error of logarithms."""

from typing import Any

from lamina import _settings, ops
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper
from ._loss import operands


@public(
    "losses.mean_squared_logarithmic_error",
    "metrics.mean_squared_logarithmic_error",
    "losses.msle",
    "losses.MSLE",
    "metrics.msle",
    "metrics.MSLE",
)
@compares
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """Mean of (log(1 + y_true) - log(1 + y_pred))² over the last axis, both held at epsilon or above.

    Args:
        y_true: targets, `(..., n)`, cast to the dtype of `y_pred`.
        y_pred: predictions, `(..., n)`, floating.
    Returns: `(...)`, dtype of `y_pred`.
    Example:
        >>> losses.mean_squared_logarithmic_error([[0.0, 2.0]], [[1.0, 5.0]])
        Tensor([0.48045295], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred)
    log_pred = ops.log(ops.add(ops.maximum(y_pred, _settings.epsilon()), 1.0))
    log_true = ops.log(ops.add(ops.maximum(y_true, _settings.epsilon()), 1.0))
    return ops.mean(ops.square(ops.subtract(log_pred, log_true)), axis=-1)


@public("losses.MeanSquaredLogarithmicError")
class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """Mean of (log(1 + y_true) - log(1 + y_pred))².

    Args:
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.MeanSquaredLogarithmicError()([[0.0, 2.0]], [[1.0, 5.0]])
        Tensor(0.48045295, dtype=float32)
    """

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ):
        super().__init__(mean_squared_logarithmic_error, reduction=reduction, name=name, dtype=dtype)
