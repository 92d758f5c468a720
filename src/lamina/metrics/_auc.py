"""The area under a curve of two rates over all thresholds."""

from typing import Any

import numpy as np

from lamina import _settings, ops
from lamina._public import public
from lamina.variables import deserialize_keras_object

from ._confusion import COUNTS, are_even, even_thresholds, update_counts
from ._metric import Metric

_CURVES = {"roc": "ROC", "pr": "PR", "prgain": "PRGAIN"}
_METHODS = ("interpolation", "majoring", "minoring")


@public("metrics.AUC")
class AUC(Metric):
    """The area under the ROC curve (or the precision-recall curve), by a sum over thresholds.

    For the ROC curve it is the chance that a positive sample is scored higher than a negative one.

    Args:
        num_thresholds: how many thresholds approximate the curve.
        curve: "ROC" (true against false positive rate), "PR" (precision against recall) or "PRGAIN".
        summation_method: "interpolation" (trapezoids; for "PR" of the counts), "minoring" or "majoring".
        name, dtype: as for `Metric`.
        thresholds: list[Any] of numbers between 0 and 1 instead of `num_thresholds`; 0 and 1 are added.
        multi_label: whether an area is taken for each label, and their mean.
        num_labels: number of labels, if known before the first batch.
        label_weights: weights of the labels in the mean (with `multi_label`) or of their samples.
        from_logits: whether predictions are logits.
    Raises ValueError for other values.
    Example:
        >>> metric = metrics.AUC()
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.75, 0.5, 0.125])
        >>> metric.result()
        Tensor(0.6666667, dtype=float32)

    Reference: Davis and Goadrich, 2006, doi:10.1145/1143844.1143874; Flach and Kull, 2015 (PRGAIN).
    """

    _direction = "up"

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ):
        super().__init__(name=name, dtype=dtype)
        curve, method = (getattr(choice, "value", choice) for choice in (curve, summation_method))
        if not isinstance(curve, str) or curve.lower() not in _CURVES:
            raise ValueError(f"AUC: curve must be 'ROC', 'PR' or 'PRGAIN'; got {curve!r}.")
        if not isinstance(method, str) or method.lower() not in _METHODS:
            raise ValueError(f"AUC: summation_method must be one of {_METHODS}; got {method!r}.")
        if num_labels and not multi_label:
            raise ValueError("AUC: num_labels is for multi_label=True only.")
        self._init_thresholds = None if thresholds is None else sorted(thresholds)
        if thresholds is None:
            if not num_thresholds > 1:
                raise ValueError(f"AUC: num_thresholds must be an integer above 1; got {num_thresholds!r}.")
            self.num_thresholds: int = num_thresholds
            inner: Any = even_thresholds(num_thresholds)[1:-1]
            self._even = True
        else:
            inner = self._init_thresholds
            self.num_thresholds = len(inner) + 2
            self._even = are_even(np.array([0.0, *inner, 1.0]))
        self.thresholds: Any = [-_settings.epsilon(), *inner, 1.0 + _settings.epsilon()]
        self.curve: str = _CURVES[curve.lower()]
        self.summation_method: str = method.lower()
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights: Any = None if label_weights is None else [float(w) for w in label_weights]
        self.from_logits = from_logits
        self._built = False
        if not multi_label:
            self._build((self.num_thresholds,))
        elif num_labels:
            self._build((self.num_thresholds, num_labels))

    def _build(self, shape: tuple[int, ...]) -> None:
        for count in COUNTS:
            setattr(self, count, self.add_variable(shape, "zeros", name=count))
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Adds a batch: labels 0 or 1, predictions from 0 to 1, and weights that broadcast to them."""
        y_pred = ops.convert_to_tensor(y_pred)
        if not self._built:
            if len(y_pred.shape) != 2:
                raise ValueError(
                    f"AUC with multi_label=True: expected predictions of shape (batch, labels); got {y_pred.shape}."
                )
            self._build((self.num_thresholds, y_pred.shape[1]))
        update_counts(
            {count: getattr(self, count) for count in COUNTS},
            y_true,
            ops.sigmoid(y_pred) if self.from_logits else y_pred,
            self.thresholds,
            even=self._even,
            sample_weight=sample_weight,
            multi_label=self.multi_label,
            label_weights=None if self.multi_label else self.label_weights,
        )

    def result(self) -> Any:
        tp, fp, tn, fn = (getattr(self, count).value for count in COUNTS)
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self._mean_over_labels(_interpolated_pr(tp, fp, fn))
        x, y = self._points(tp, fp, tn, fn)
        if self.summation_method == "interpolation":
            height = ops.multiply(ops.add(y[:-1], y[1:]), 0.5)
        else:
            height = (ops.minimum if self.summation_method == "minoring" else ops.maximum)(y[:-1], y[1:])
        return self._mean_over_labels(ops.multiply(ops.subtract(x[:-1], x[1:]), height))

    def _points(self, tp: Any, fp: Any, tn: Any, fn: Any) -> tuple[Any, Any]:
        recall = ops.divide_no_nan(tp, ops.add(tp, fn))
        if self.curve == "ROC":
            return ops.divide_no_nan(fp, ops.add(fp, tn)), recall
        if self.curve == "PR":
            return recall, ops.divide_no_nan(tp, ops.add(tp, fp))
        ratio = ops.divide_no_nan(ops.add(tp, fn), ops.add(tn, fp))
        recall_gain = ops.subtract(1.0, ops.multiply(ratio, ops.divide_no_nan(fn, tp)))
        precision_gain = ops.subtract(1.0, ops.multiply(ratio, ops.divide_no_nan(fp, tp)))
        nothing = ops.equal(tp, 0.0)
        recall_gain = ops.maximum(ops.where(nothing, ops.zeros_like(tp), recall_gain), 0.0)
        return recall_gain, ops.where(nothing, ops.ones_like(tp), precision_gain)

    def _mean_over_labels(self, terms: Any) -> Any:
        if not self.multi_label:
            return ops.sum(terms)
        areas = ops.sum(terms, axis=0)
        if self.label_weights is None:
            return ops.mean(areas)
        weights = ops.convert_to_tensor(self.label_weights, dtype=areas.dtype)
        return ops.divide_no_nan(ops.sum(ops.multiply(areas, weights)), ops.sum(weights))

    def get_config(self) -> dict[str, Any]:
        own = {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": self.label_weights,
            "from_logits": self.from_logits,
        }
        if self._init_thresholds is not None:
            own["thresholds"] = self._init_thresholds
        return {**super().get_config(), **own}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "AUC":
        weights = config.get("label_weights")
        return cls(**{**config, "label_weights": None if weights is None else deserialize_keras_object(weights)})


def _interpolated_pr(tp: Any, fp: Any, fn: Any) -> Any:
    """Area between neighbouring thresholds of the precision-recall curve, the counts growing linearly in between."""
    positive = ops.add(tp, fp)
    slope = ops.divide_no_nan(
        ops.subtract(tp[:-1], tp[1:]), ops.maximum(ops.subtract(positive[:-1], positive[1:]), 0.0)
    )
    intercept = ops.subtract(tp[1:], ops.multiply(slope, positive[1:]))
    both = ops.logical_and(ops.greater(positive[:-1], 0.0), ops.greater(positive[1:], 0.0))
    growth = ops.where(both, ops.divide_no_nan(positive[:-1], positive[1:]), ops.ones_like(intercept))
    area = ops.multiply(slope, ops.add(ops.subtract(tp[:-1], tp[1:]), ops.multiply(intercept, ops.log(growth))))
    return ops.divide_no_nan(area, ops.maximum(ops.add(tp[1:], fn[1:]), 0.0))
