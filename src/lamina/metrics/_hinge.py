"""Hinge metrics."""

from typing import Any

from lamina._public import public
from lamina.losses import categorical_hinge, hinge, squared_hinge

from ._reduction import MeanMetricWrapper


@public("metrics.Hinge")
class Hinge(MeanMetricWrapper):
    """Mean of max(1 - y_true · y_pred, 0), for labels -1 and 1 (or 0 and 1).

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.Hinge()
        >>> metric.update_state([[-1.0, 1.0]], [[0.5, 2.0]])
        >>> metric.result()
        Tensor(0.75, dtype=float32)
    """

    _direction = "down"

    def __init__(self, name: str | None = "hinge", dtype: Any = None):
        super().__init__(hinge, name=name, dtype=dtype)


@public("metrics.SquaredHinge")
class SquaredHinge(MeanMetricWrapper):
    """Mean of max(1 - y_true · y_pred, 0)², for labels -1 and 1 (or 0 and 1).

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.SquaredHinge()
        >>> metric.update_state([[-1.0, 1.0]], [[0.5, 2.0]])
        >>> metric.result()
        Tensor(1.125, dtype=float32)
    """

    _direction = "down"

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None):
        super().__init__(squared_hinge, name=name, dtype=dtype)


@public("metrics.CategoricalHinge")
class CategoricalHinge(MeanMetricWrapper):
    """Mean of max(neg - pos + 1, 0): pos the score of the true class, neg the highest other.

    Args:
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.CategoricalHinge()
        >>> metric.update_state([[0.0, 1.0]], [[0.5, 0.75]])
        >>> metric.result()
        Tensor(0.75, dtype=float32)
    """

    _direction = "down"

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None):
        super().__init__(categorical_hinge, name=name, dtype=dtype)
