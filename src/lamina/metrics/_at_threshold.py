"""The best of one rate over all thresholds at which another is good enough."""

from typing import Any

from lamina import ops
from lamina._checks import check_fraction, check_positive_int
from lamina._public import public

from ._confusion import COUNTS, even_thresholds, update_counts
from ._metric import Metric


class _BestRate(Metric):
    """The highest `wanted` rate where the `bounded` rate reaches `value`."""

    _direction = "up"
    argument: str
    wanted: str
    bounded: str

    def __init__(self, value: float, num_thresholds: int, class_id: int | None, name: str | None, dtype: Any):
        super().__init__(name=name, dtype=dtype)
        where = type(self).__name__
        check_fraction(value, self.argument, where)
        check_positive_int(num_thresholds, "num_thresholds", where)
        self.value = value
        setattr(self, self.argument, value)
        self.num_thresholds = num_thresholds
        self.class_id = class_id
        self.thresholds: Any = [0.5] if num_thresholds == 1 else even_thresholds(num_thresholds)
        for count in COUNTS:
            setattr(self, count, self.add_variable((len(self.thresholds),), "zeros", name=count))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Adds a batch: labels 0 or 1, predictions from 0 to 1, and weights that broadcast to them."""
        update_counts(
            {count: getattr(self, count) for count in COUNTS},
            y_true,
            y_pred,
            self.thresholds,
            even=len(self.thresholds) > 1,
            class_id=self.class_id,
            sample_weight=sample_weight,
        )

    def rate(self, name: str) -> Any:
        tp, fp, tn, fn = (getattr(self, count).value for count in COUNTS)
        right, wrong = {
            "sensitivity": (tp, fn),
            "recall": (tp, fn),
            "specificity": (tn, fp),
            "precision": (tp, fp),
        }[name]
        return ops.divide_no_nan(right, ops.add(right, wrong))

    def result(self) -> Any:
        wanted = self.rate(self.wanted)
        good = ops.greater_equal(self.rate(self.bounded), self.value)
        return ops.max(ops.where(good, wanted, ops.zeros_like(wanted)))

    def get_config(self) -> dict[str, Any]:
        own = {"class_id": self.class_id, "num_thresholds": self.num_thresholds, self.argument: self.value}
        return {**super().get_config(), **own}


@public("metrics.SensitivityAtSpecificity")
class SensitivityAtSpecificity(_BestRate):
    """The highest sensitivity TP / (TP + FN) where the specificity TN / (TN + FP) is at least the one asked for.

    Args:
        specificity: from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried.
        class_id: the only class looked at; None for all.
        name, dtype: as for `Metric`.
    Raises ValueError if specificity is outside [0, 1].
    Example:
        >>> metric = metrics.SensitivityAtSpecificity(specificity=0.5)
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.75, 0.5, 0.125])
        >>> metric.result()
        Tensor(0.6666667, dtype=float32)
    """

    argument: str = "specificity"
    bounded: str = "specificity"
    wanted: str = "sensitivity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(specificity, num_thresholds, class_id, name, dtype)


@public("metrics.SpecificityAtSensitivity")
class SpecificityAtSensitivity(_BestRate):
    """The highest specificity TN / (TN + FP) where the sensitivity TP / (TP + FN) is at least the one asked for.

    Args:
        sensitivity: from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried.
        class_id: the only class looked at; None for all.
        name, dtype: as for `Metric`.
    Raises ValueError if sensitivity is outside [0, 1].
    Example:
        >>> metric = metrics.SpecificityAtSensitivity(sensitivity=0.5)
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.75, 0.5, 0.125])
        >>> metric.result()
        Tensor(1., dtype=float32)
    """

    argument: str = "sensitivity"
    bounded: str = "sensitivity"
    wanted: str = "specificity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)


@public("metrics.PrecisionAtRecall")
class PrecisionAtRecall(_BestRate):
    """The highest precision TP / (TP + FP) where the recall TP / (TP + FN) is at least the one asked for.

    Args:
        recall: from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried.
        class_id: the only class looked at; None for all.
        name, dtype: as for `Metric`.
    Raises ValueError if recall is outside [0, 1].
    Example:
        >>> metric = metrics.PrecisionAtRecall(recall=0.5)
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.75, 0.5, 0.125])
        >>> metric.result()
        Tensor(1., dtype=float32)
    """

    argument: str = "recall"
    bounded: str = "recall"
    wanted: str = "precision"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(recall, num_thresholds, class_id, name, dtype)


@public("metrics.RecallAtPrecision")
class RecallAtPrecision(_BestRate):
    """The highest recall TP / (TP + FN) where the precision TP / (TP + FP) is at least the one asked for.

    Args:
        precision: from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried.
        class_id: the only class looked at; None for all.
        name, dtype: as for `Metric`.
    Raises ValueError if precision is outside [0, 1].
    Example:
        >>> metric = metrics.RecallAtPrecision(precision=0.5)
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.75, 0.5, 0.125])
        >>> metric.result()
        Tensor(1., dtype=float32)
    """

    argument: str = "precision"
    bounded: str = "precision"
    wanted: str = "recall"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(precision, num_thresholds, class_id, name, dtype)
