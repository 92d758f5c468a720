"""Metrics of predicted probabilities."""

from typing import Any

from lamina._public import public
from lamina.losses import (
    binary_crossentropy,
    categorical_crossentropy,
    kl_divergence,
    poisson,
    sparse_categorical_crossentropy,
)

from ._reduction import MeanMetricWrapper


@public("metrics.KLDivergence")
class KLDivergence(MeanMetricWrapper):
    """Mean Kullback-Leibler divergence Σ y_true · log(y_true / y_pred).

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.KLDivergence()
        >>> metric.update_state([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        >>> metric.result()
        Tensor(0.49041313, dtype=float32)
    """

    _direction = "down"

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None):
        super().__init__(kl_divergence, name=name, dtype=dtype)


@public("metrics.Poisson")
class Poisson(MeanMetricWrapper):
    """Mean of y_pred - y_true · log(y_pred).

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.Poisson()
        >>> metric.update_state([[0.0, 2.0]], [[1.0, 5.0]])
        >>> metric.result()
        Tensor(1.390562, dtype=float32)
    """

    _direction = "down"

    def __init__(self, name: str | None = "poisson", dtype: Any = None):
        super().__init__(poisson, name=name, dtype=dtype)


@public("metrics.BinaryCrossentropy")
class BinaryCrossentropy(MeanMetricWrapper):
    """Mean cross-entropy of labels 0 and 1.

    Args:
        name, dtype: as for `Metric`.
        from_logits: whether predictions are logits rather than probabilities.
        label_smoothing: s from 0 to 1, as for the loss.
    Example:
        >>> metric = metrics.BinaryCrossentropy()
        >>> metric.update_state([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        >>> metric.result()
        Tensor(0.49041462, dtype=float32)
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ):
        super().__init__(
            binary_crossentropy, name=name, dtype=dtype, from_logits=from_logits, label_smoothing=label_smoothing
        )


@public("metrics.CategoricalCrossentropy")
class CategoricalCrossentropy(MeanMetricWrapper):
    """Mean cross-entropy of one-hot labels.

    Args:
        name, dtype: as for `Metric`.
        from_logits: whether predictions are logits rather than probabilities.
        label_smoothing: s from 0 to 1, as for the loss.
        axis: the axis of the classes.
    Example:
        >>> metric = metrics.CategoricalCrossentropy()
        >>> metric.update_state([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]])
        >>> metric.result()
        Tensor(0.49041462, dtype=float32)
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ):
        super().__init__(
            categorical_crossentropy,
            name=name,
            dtype=dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@public("metrics.SparseCategoricalCrossentropy")
class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """Mean cross-entropy of integer labels.

    Args:
        name, dtype: as for `Metric`.
        from_logits: whether predictions are logits rather than probabilities.
        ignore_class: label that does not count; None for none.
        axis: the axis of the classes.
    Example:
        >>> metric = metrics.SparseCategoricalCrossentropy()
        >>> metric.update_state([1, 0], [[0.25, 0.75], [0.5, 0.5]])
        >>> metric.result()
        Tensor(0.49041462, dtype=float32)
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ):
        super().__init__(
            sparse_categorical_crossentropy,
            name=name,
            dtype=dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
