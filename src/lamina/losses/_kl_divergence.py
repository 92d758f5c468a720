"""The Kullback-Leibler divergence."""

from typing import Any

from lamina import _settings, ops
from lamina._public import public

from ._comparing import compares
from ._function_loss import LossFunctionWrapper


@public(
    "losses.kl_divergence",
    "metrics.kl_divergence",
    "losses.kld",
    "losses.KLD",
    "losses.kullback_leibler_divergence",
    "metrics.kld",
    "metrics.KLD",
    "metrics.kullback_leibler_divergence",
)
@compares
def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """Σ y_true · log(y_true / y_pred) over the last axis, both clipped to [epsilon, 1].

    Args:
        y_true: targets, `(..., n)`, cast to the dtype of `y_pred`.
        y_pred: predictions, `(..., n)`, floating.
    Returns: `(...)`, dtype of `y_pred`.
    Example:
        >>> losses.kullback_leibler_divergence([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor([0.28768066, 0.69314563], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.clip(ops.convert_to_tensor(y_true, dtype=y_pred.dtype), _settings.epsilon(), 1.0)
    y_pred = ops.clip(y_pred, _settings.epsilon(), 1.0)
    return ops.sum(ops.multiply(y_true, ops.log(ops.divide(y_true, y_pred))), axis=-1)


@public("losses.KLDivergence")
class KLDivergence(LossFunctionWrapper):
    """Kullback-Leibler divergence Σ y_true · log(y_true / y_pred).

    Args:
        reduction, name, dtype: as for `Loss`.
    Example:
        >>> losses.KLDivergence()([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        Tensor(0.49041313, dtype=float32)
    """

    def __init__(self, reduction: Any = "sum_over_batch_size", name: str | None = "kl_divergence", dtype: Any = None):
        super().__init__(kl_divergence, reduction=reduction, name=name, dtype=dtype)
