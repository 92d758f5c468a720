"""The Tversky loss of segmentation."""

from typing import Any

from lamina import _settings, ops
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper


@public("losses.tversky")
@compares
def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None) -> Any:
    """1 - I / (I + alpha · A + beta · B + epsilon).

    I = Σ y_true · y_pred, A = Σ y_true · (1 - y_pred), B = Σ (1 - y_true) · y_pred, the sums over `axis`.

    Example:
        >>> losses.tversky([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor(0.375, dtype=float32)

    Reference: Salehi et al., 2017, arXiv:1706.05721.

    Args:
        y_true: targets, `(..., n)`, cast to the dtype of `y_pred`.
        y_pred: predictions, `(..., n)`, floating.
        alpha, beta: weights of the two kinds of error.
        axis: int, tuple of ints, or None for all axes.
    Returns: `(...)`, dtype of `y_pred`.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(y_true, y_pred.dtype)
    overlap = ops.sum(ops.multiply(y_true, y_pred), axis=axis)
    missed = ops.sum(ops.multiply(y_true, ops.subtract(1.0, y_pred)), axis=axis)
    extra = ops.sum(ops.multiply(ops.subtract(1.0, y_true), y_pred), axis=axis)
    total = overlap + alpha * missed + beta * extra + _settings.epsilon()
    return ops.subtract(1.0, ops.divide(overlap, total))


@public("losses.Tversky")
class Tversky(LossFunctionWrapper):
    """One minus the Tversky index, which weighs false positives and false negatives apart.

    Args:
        alpha, beta: weights of the two kinds of error.
        axis: int, tuple of ints, or None for all axes.
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.Tversky()([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor(0.375, dtype=float32)
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: Any = None,
        dtype: Any = None,
    ):
        super().__init__(tversky, reduction=reduction, name=name, dtype=dtype, alpha=alpha, beta=beta, axis=axis)
