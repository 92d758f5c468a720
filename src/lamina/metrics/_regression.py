"""Metrics of numbers."""

from typing import Any

from lamina import ops
from lamina._public import public
from lamina.losses import (
    cosine_similarity as negated_cosine,
)
from lamina.losses import (
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from lamina.losses._loss import match_ranks

from ._reduction import Mean, MeanMetricWrapper, as_tensors


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """The cosine between target and prediction along `axis`."""
    return ops.negative(negated_cosine(y_true, y_pred, axis=axis))


@public("metrics.MeanSquaredError")
class MeanSquaredError(MeanMetricWrapper):
    """Mean of (y_true - y_pred)².

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.MeanSquaredError()
        >>> metric.update_state([[0.0, 2.0]], [[1.0, 5.0]])
        >>> metric.result()
        Tensor(5., dtype=float32)
    """

    _direction = "down"

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None):
        super().__init__(mean_squared_error, name=name, dtype=dtype)


@public("metrics.MeanAbsoluteError")
class MeanAbsoluteError(MeanMetricWrapper):
    """Mean of |y_true - y_pred|.

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.MeanAbsoluteError()
        >>> metric.update_state([[0.0, 2.0]], [[1.0, 5.0]])
        >>> metric.result()
        Tensor(2., dtype=float32)
    """

    _direction = "down"

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None):
        super().__init__(mean_absolute_error, name=name, dtype=dtype)


@public("metrics.MeanAbsolutePercentageError")
class MeanAbsolutePercentageError(MeanMetricWrapper):
    """Mean of 100 · |y_true - y_pred| / |y_true|.

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.MeanAbsolutePercentageError()
        >>> metric.update_state([[2.0, 4.0]], [[1.0, 5.0]])
        >>> metric.result()
        Tensor(37.5, dtype=float32)
    """

    _direction = "down"

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None):
        super().__init__(mean_absolute_percentage_error, name=name, dtype=dtype)


@public("metrics.MeanSquaredLogarithmicError")
class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """Mean of (log(1 + y_true) - log(1 + y_pred))².

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.MeanSquaredLogarithmicError()
        >>> metric.update_state([[0.0, 2.0]], [[1.0, 5.0]])
        >>> metric.result()
        Tensor(0.48045295, dtype=float32)
    """

    _direction = "down"

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None):
        super().__init__(mean_squared_logarithmic_error, name=name, dtype=dtype)


@public("metrics.CosineSimilarity")
class CosineSimilarity(MeanMetricWrapper):
    """Mean cosine of the angle between target and prediction; the loss of that name is its negative.

    Args:
        name, dtype: as for `Metric`.
        axis: the axis of the vectors.
    Example:
        >>> metric = metrics.CosineSimilarity()
        >>> metric.update_state([[0.0, 1.0]], [[1.0, 1.0]])
        >>> metric.result()
        Tensor(0.70710677, dtype=float32)
    """

    _direction = "up"

    def __init__(self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1):
        super().__init__(cosine_similarity, name=name, dtype=dtype, axis=axis)


@public("metrics.LogCoshError")
class LogCoshError(MeanMetricWrapper):
    """Mean of log(cosh(y_pred - y_true)).

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.LogCoshError()
        >>> metric.update_state([[0.0, 2.0]], [[1.0, 5.0]])
        >>> metric.result()
        Tensor(1.3715546, dtype=float32)
    """

    _direction = "down"

    def __init__(self, name: str | None = "logcosh", dtype: Any = None):
        super().__init__(log_cosh, name=name, dtype=dtype)


@public("metrics.RootMeanSquaredError")
class RootMeanSquaredError(Mean):
    """The square root of the mean of (y_true - y_pred)².

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.RootMeanSquaredError()
        >>> metric.update_state(np.array([[0.0, 2.0]]), np.array([[1.0, 5.0]]))
        >>> metric.result()
        Tensor(2.236068, dtype=float32)
    """

    _direction = "down"

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None):
        super().__init__(name=name, dtype=dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Adds a batch: targets, predictions, and weights that broadcast to them."""
        y_true, y_pred = match_ranks(*as_tensors(self.dtype, y_true, y_pred))
        super().update_state(ops.square(ops.subtract(y_pred, y_true)), sample_weight=sample_weight)

    def result(self) -> Any:
        return ops.sqrt(super().result())
