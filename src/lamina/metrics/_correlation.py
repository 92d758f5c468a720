"""Correlations of targets and predictions."""

from typing import Any

from lamina import _settings, ops
from lamina._public import public
from lamina.losses._comparing import compares
from lamina.losses._loss import match_ranks

from ._reduction import MeanMetricWrapper


def _pair(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    y_pred = ops.convert_to_tensor(y_pred)
    return match_ranks(ops.convert_to_tensor(y_true, dtype=y_pred.dtype), y_pred)


@public("metrics.pearson_correlation")
@compares
def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """cov(y_true, y_pred) / (σ_true · σ_pred) along `axis`.

    Args:
        y_true, y_pred: `(..., n)`.
        axis: the axis along which values are correlated.
    Returns: the shape without `axis`.
    Example:
        >>> metrics.pearson_correlation([[1.0, 2.0, 3.0]], [[2.0, 4.0, 6.0]])
        Tensor([0.9999998], dtype=float32)
    """
    y_true, y_pred = (
        ops.divide(ops.subtract(y, ops.mean(y, axis=axis, keepdims=True)), ops.std(y, axis=axis, keepdims=True))
        for y in _pair(y_true, y_pred)
    )
    return ops.mean(ops.multiply(y_true, y_pred), axis=axis)


@public("metrics.concordance_correlation")
@compares
def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """2 · cov(y_true, y_pred) / (σ²_true + σ²_pred + (μ_true - μ_pred)²) along `axis`.

    Args:
        y_true, y_pred: `(..., n)`.
        axis: the axis along which values are correlated.
    Returns: the shape without `axis`.
    Example:
        >>> metrics.concordance_correlation([[1.0, 2.0, 3.0]], [[1.0, 2.0, 4.0]])
        Tensor([0.85714275], dtype=float32)

    Reference: Lin, A concordance correlation coefficient to evaluate reproducibility, 1989.
    """
    y_true, y_pred = _pair(y_true, y_pred)
    mean_true = ops.mean(y_true, axis=axis, keepdims=True)
    mean_pred = ops.mean(y_pred, axis=axis, keepdims=True)
    # One mean suffices in the product: the other factor sums to zero.
    product = ops.multiply(ops.subtract(y_true, mean_pred), ops.subtract(y_pred, mean_pred))
    spread = ops.add(ops.var(y_true, axis=axis, keepdims=True), ops.var(y_pred, axis=axis, keepdims=True))
    spread = ops.add(ops.add(spread, ops.square(ops.subtract(mean_true, mean_pred))), _settings.epsilon())
    return ops.mean(ops.divide(ops.multiply(2.0, product), spread), axis=axis)


@public("metrics.PearsonCorrelation")
class PearsonCorrelation(MeanMetricWrapper):
    """Mean Pearson correlation of targets and predictions.

    Args:
        name, dtype: as for `Metric`.
        axis: the axis along which values are correlated.
    Example:
        >>> metric = metrics.PearsonCorrelation()
        >>> metric.update_state([[1.0, 2.0, 3.0]], [[1.0, 2.0, 4.0]])
        >>> metric.result()
        Tensor(0.9819804, dtype=float32)
    """

    _direction = "up"

    def __init__(self, name: str | None = "pearson_correlation", dtype: Any = None, axis: int = -1):
        super().__init__(pearson_correlation, name=name, dtype=dtype, axis=axis)


@public("metrics.ConcordanceCorrelation")
class ConcordanceCorrelation(MeanMetricWrapper):
    """Mean concordance correlation of targets and predictions.

    Args:
        name, dtype: as for `Metric`.
        axis: the axis along which values are correlated.
    Example:
        >>> metric = metrics.ConcordanceCorrelation()
        >>> metric.update_state([[1.0, 2.0, 3.0]], [[1.0, 2.0, 4.0]])
        >>> metric.result()
        Tensor(0.85714275, dtype=float32)
    """

    _direction = "up"

    def __init__(self, name: str | None = "concordance_correlation", dtype: Any = None, axis: int = -1):
        super().__init__(concordance_correlation, name=name, dtype=dtype, axis=axis)
