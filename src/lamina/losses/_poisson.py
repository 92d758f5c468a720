"""The negative log-likelihood of a Poisson count, up to a constant."""

from typing import Any

from lamina import _settings, ops
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper


@public("losses.poisson", "metrics.poisson")
@compares
def poisson(y_true: Any, y_pred: Any) -> Any:
    """Mean of y_pred - y_true · log(y_pred + epsilon) over the last axis.

    Args:
        y_true: targets, `(..., n)`, cast to the dtype of `y_pred`.
        y_pred: predictions, `(..., n)`, floating.
    Returns: `(...)`, dtype of `y_pred`.
    Example:
        >>> losses.poisson([[0.0, 2.0]], [[1.0, 5.0]])
        Tensor([1.390562], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true, dtype=y_pred.dtype)
    log = ops.log(ops.add(y_pred, _settings.epsilon()))
    return ops.mean(ops.subtract(y_pred, ops.multiply(y_true, log)), axis=-1)


@public("losses.Poisson")
class Poisson(LossFunctionWrapper):
    """Mean of y_pred - y_true · log(y_pred).

    Args:
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.Poisson()([[0.0, 2.0]], [[1.0, 5.0]])
        Tensor(1.390562, dtype=float32)
    """

    def __init__(self, reduction: Any = "sum_over_batch_size", name: str | None = "poisson", dtype: Any = None):
        super().__init__(poisson, reduction=reduction, name=name, dtype=dtype)
