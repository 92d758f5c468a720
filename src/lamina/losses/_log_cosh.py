"""The logarithm of the hyperbolic cosine of the error."""

import math
from typing import Any

from lamina import ops
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper
from ._loss import operands


@public("losses.log_cosh", "metrics.log_cosh", "losses.logcosh", "metrics.logcosh")
@compares
def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """Mean of log(cosh(y_pred - y_true)) over the last axis, as x + softplus(-2x) - log 2.

    Args:
        y_true: targets, `(..., n)`, cast to the dtype of `y_pred`.
        y_pred: predictions, `(..., n)`, floating.
    Returns: `(...)`, dtype of `y_pred`.
    Example:
        >>> losses.log_cosh([[0.0, 2.0]], [[1.0, 5.0]])
        Tensor([1.3715546], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred)
    x = ops.subtract(y_pred, y_true)
    return ops.mean(ops.subtract(ops.add(x, ops.softplus(ops.multiply(x, -2.0))), math.log(2.0)), axis=-1)


@public("losses.LogCosh")
class LogCosh(LossFunctionWrapper):
    """log(cosh(y_pred - y_true)): like half the square near zero, like the absolute value far from it.

    Args:
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.LogCosh()([[0.0, 2.0]], [[1.0, 5.0]])
        Tensor(1.3715546, dtype=float32)
    """

    def __init__(self, reduction: Any = "sum_over_batch_size", name: str | None = "log_cosh", dtype: Any = None):
        super().__init__(log_cosh, reduction=reduction, name=name, dtype=dtype)
