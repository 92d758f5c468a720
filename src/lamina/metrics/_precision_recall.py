"""Precision and recall."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._confusion import LOWEST, are_even, parse_thresholds, update_counts
from ._metric import Metric


class _Share(Metric):
    """true positives / (true positives + errors of one kind)."""

    _direction = "up"
    errors: str

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        self.thresholds: Any = parse_thresholds(thresholds, 0.5 if top_k is None else LOWEST, type(self).__name__)
        self._even = are_even(self.thresholds)
        shape = (len(self.thresholds),)
        self.true_positives: Any = self.add_variable(shape, "zeros", name="true_positives")
        setattr(self, self.errors, self.add_variable(shape, "zeros", name=self.errors))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Adds a batch: labels 0 or 1, predictions from 0 to 1, and weights that broadcast to them."""
        update_counts(
            {"true_positives": self.true_positives, self.errors: getattr(self, self.errors)},
            y_true,
            y_pred,
            self.thresholds,
            even=self._even,
            top_k=self.top_k,
            class_id=self.class_id,
            sample_weight=sample_weight,
        )

    def result(self) -> Any:
        hits = self.true_positives.value
        share = ops.divide_no_nan(hits, ops.add(hits, getattr(self, self.errors).value))
        return ops.squeeze(share, 0) if len(self.thresholds) == 1 else share

    def get_config(self) -> dict[str, Any]:
        own = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **own}


@public("metrics.Precision")
class Precision(_Share):
    """How many of the positive predictions are right: TP / (TP + FP).

    Args:
        thresholds: number or list from 0 to 1; by default 0.5, or none with `top_k`.
        top_k: only the k highest predictions of a sample count as positive.
        class_id: the only class looked at; None for all.
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.Precision()
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.75, 0.5, 0.125])
        >>> metric.result()
        Tensor(1., dtype=float32)
    """

    errors = "false_positives"


@public("metrics.Recall")
class Recall(_Share):
    """How many of the positive samples are found: TP / (TP + FN).

    Args:
        thresholds: number or list from 0 to 1; by default 0.5, or none with `top_k`.
        top_k: only the k highest predictions of a sample count as positive.
        class_id: the only class looked at; None for all.
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.Recall()
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.75, 0.5, 0.125])
        >>> metric.result()
        Tensor(0.33333334, dtype=float32)
    """

    errors = "false_negatives"
