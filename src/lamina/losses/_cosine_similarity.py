"""The cosine of the angle between target and prediction, negated so that less is better."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper
from ._loss import operands


@public("losses.cosine_similarity", "losses.cosine", "losses.cosine_proximity")
@compares
def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """- Σ (y_true / ‖y_true‖) · (y_pred / ‖y_pred‖) along `axis`.

    Args:
        y_true: targets, `(..., n)`, cast to the dtype of `y_pred`.
        y_pred: predictions, `(..., n)`, floating.
        axis: the axis of the vectors.
    Returns: `(...)`, dtype of `y_pred`.
    Example:
        >>> losses.cosine_similarity([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor([-0.94868326, -0.70710677], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred)
    return ops.negative(ops.sum(ops.multiply(unit(y_true, axis), unit(y_pred, axis)), axis=axis))


def unit(x: Any, axis: int) -> Any:
    """x divided by its length along `axis`; a zero vector stays zero."""
    squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return ops.multiply(x, ops.rsqrt(ops.maximum(squares, 1e-12)))


@public("losses.CosineSimilarity")
class CosineSimilarity(LossFunctionWrapper):
    """Minus the cosine between target and prediction: -1 for the same direction, 1 for opposite ones.

    Args:
        axis: the axis of the vectors.
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.CosineSimilarity()([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor(-0.82789505, dtype=float32)
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: Any = None,
    ):
        super().__init__(cosine_similarity, reduction=reduction, name=name, dtype=dtype, axis=axis)
