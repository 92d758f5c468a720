"""A loss that is quadratic near zero and linear far from it."""

from typing import Any

from lamina import ops
from lamina._checks import check_positive
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper
from ._loss import operands


@public("losses.huber", "metrics.huber")
@compares
def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """With e = y_true - y_pred: e²/2 where |e| <= delta, else delta · (|e| - delta/2); mean over the last axis.

    Example:
        >>> losses.huber([[0.0, 2.0]], [[1.0, 5.0]])
        Tensor([1.5], dtype=float32)

    Reference: Huber, Robust Estimation of a Location Parameter, 1964, doi:10.1214/aoms/1177703732.

    Args:
        y_true: targets, `(..., n)`, cast to the dtype of `y_pred`.
        y_pred: predictions, `(..., n)`, floating.
        delta: positive float, where the parabola becomes a line.
    Returns: `(...)`, dtype of `y_pred`.
    """
    y_true, y_pred = operands(y_true, y_pred)
    error = ops.absolute(ops.subtract(y_pred, y_true))
    near = ops.multiply(0.5, ops.square(error))
    far = ops.subtract(ops.multiply(delta, error), 0.5 * delta * delta)
    return ops.mean(ops.where(ops.less_equal(error, delta), near, far), axis=-1)


@public("losses.Huber")
class Huber(LossFunctionWrapper):
    """Quadratic near zero, linear far from it, so that outliers pull less.

    Args:
        delta: positive float, where the parabola becomes a line.
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.Huber()([[0.0, 2.0]], [[1.0, 5.0]])
        Tensor(1.5, dtype=float32)
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ):
        check_positive(delta, "delta", "Huber")
        super().__init__(huber, reduction=reduction, name=name, dtype=dtype, delta=delta)
