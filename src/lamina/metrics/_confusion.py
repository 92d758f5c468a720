"""Counts of true and false positives and negatives, for one or many thresholds."""

from typing import Any

import numpy as np

from lamina import _settings, ops
from lamina._public import public
from lamina.losses._loss import match_ranks
from lamina.variables import take_room

from ._metric import Metric

LOWEST = -1e10
COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


def parse_thresholds(thresholds: Any, default: float, where: str) -> list[float]:
    """The thresholds as a list. Raises ValueError for one outside [0, 1]."""
    if thresholds is None:
        return [default]
    values = list(thresholds) if isinstance(thresholds, (list, tuple, np.ndarray)) else [thresholds]
    for value in values:
        if value is None or not 0 <= value <= 1:
            raise ValueError(f"{where}: thresholds must lie between 0 and 1; got {thresholds!r}.")
    return values


def even_thresholds(count: int) -> list[float]:
    """`count` thresholds from 0 to 1 in equal steps."""
    take_room(f"a metric with {count} thresholds", 64 * count)
    return [0.0, *((i + 1) / (count - 1) for i in range(count - 2)), 1.0]


def are_even(thresholds: Any) -> bool:
    """Whether the thresholds go from 0 to 1 in equal steps, so that a division tells how many a prediction passes."""
    count = len(thresholds)
    if count < 3:
        return False
    return bool(np.allclose(thresholds, np.arange(count, dtype="float32") / (count - 1), atol=_settings.epsilon()))


def update_counts(
    counts: dict[str, Any],
    y_true: Any,
    y_pred: Any,
    thresholds: Any,
    *,
    even: bool = False,
    top_k: int | None = None,
    class_id: int | None = None,
    sample_weight: Any = None,
    multi_label: bool = False,
    label_weights: Any = None,
) -> None:
    """Adds a batch to the counts.

    Args:
        counts: Variable `(thresholds,)`, or `(thresholds, labels)` with `multi_label`, by a name out of COUNTS.
        y_true: labels 0 or 1, shape of `y_pred`.
        y_pred: predictions, `(batch, ...)`; positive above a threshold.
        thresholds: list[Any] of numbers.
        even: whether they go from 0 to 1 in equal steps (the ends may be moved outwards by epsilon).
        top_k: only the k highest predictions of a sample count as predictions.
        class_id: the only class looked at.
        sample_weight: broadcasts to `y_pred`.
        multi_label: whether the last axis is counted apart.
        label_weights: weights of the last axis.
    """
    dtype = next(iter(counts.values())).dtype
    y_pred, y_true = match_ranks(ops.cast(y_pred, dtype), ops.cast(y_true, dtype))
    weight = None
    if sample_weight is not None:
        weight = ops.expand_dims(ops.cast(sample_weight, dtype), -1)
        _, weight = match_ranks(y_true, weight, expand_rank_1=False)
    if top_k is not None:
        y_pred = _keep_top(y_pred, top_k)
    if class_id is not None:
        if len(y_pred.shape) == 1:
            raise ValueError(f"class_id={class_id} needs predictions of shape (batch, classes); got {y_pred.shape}.")
        y_true, y_pred = y_true[..., class_id : class_id + 1], y_pred[..., class_id : class_id + 1]
    weight = ops.ones_like(y_pred) if weight is None else ops.broadcast_to(weight, y_pred.shape)
    if label_weights is not None:
        weight = ops.multiply(weight, ops.expand_dims(ops.cast(label_weights, dtype), 0))
    is_true = ops.cast(ops.cast(y_true, "bool"), dtype)
    parts = (y_pred, ops.multiply(is_true, weight), ops.multiply(ops.subtract(1.0, is_true), weight))
    # From here on everything is (samples, labels), with one label unless they are counted apart.
    labels = y_pred.shape[-1] if multi_label else 1
    y_pred, true, false = (ops.reshape(part, (-1, labels)) for part in parts)
    count = _count_even if even else _count_any
    for above, below, part in (
        ("true_positives", "false_negatives", true),
        ("false_positives", "true_negatives", false),
    ):
        if above not in counts and below not in counts:
            continue
        passed, failed = count(y_pred, part, thresholds)
        for name, found in ((above, passed), (below, failed)):
            if name in counts:
                counts[name].assign_add(ops.reshape(found, counts[name].shape))


def _count_even(y_pred: Any, weight: Any, thresholds: Any) -> tuple[Any, Any]:
    """Weight above and not above each threshold, by sorting the predictions into buckets between thresholds."""
    count, labels = len(thresholds), y_pred.shape[-1]
    bucket = ops.ceil(ops.multiply(ops.clip(y_pred, 0.0, 1.0), count - 1.0))
    if thresholds[0] < 0.0 or thresholds[-1] > 1.0:
        bucket = ops.maximum(bucket, 1.0)  # zero too is above the first threshold
    ids = ops.add(ops.cast(bucket, "int32"), ops.multiply(ops.arange(labels, dtype="int32"), count + 1))
    sums = ops.segment_sum(ops.reshape(weight, (-1,)), ops.reshape(ids, (-1,)), num_segments=(count + 1) * labels)
    sums = ops.reshape(sums, (labels, count + 1))
    above = ops.flip(ops.cumsum(ops.flip(sums[:, 1:], axis=1), axis=1), axis=1)
    # Summed too, not taken from the total: where there is nothing the count is zero, not a rounding error.
    return ops.transpose(above), ops.transpose(ops.cumsum(sums, axis=1)[:, :-1])


def _count_any(y_pred: Any, weight: Any, thresholds: Any) -> tuple[Any, Any]:
    """Weight above and not above each threshold, by comparing each prediction with each threshold."""
    limits = ops.reshape(ops.convert_to_tensor(np.asarray(thresholds), dtype=y_pred.dtype), (-1, 1, 1))
    above = ops.cast(ops.greater(ops.expand_dims(y_pred, 0), limits), weight.dtype)
    passed = ops.sum(ops.multiply(above, weight), axis=1)
    return passed, ops.sum(ops.multiply(ops.subtract(1.0, above), weight), axis=1)


def _keep_top(y_pred: Any, k: int) -> Any:
    """Predictions with all but the k highest of each sample made very low."""
    _, indices = ops.top_k(y_pred, k)
    keep = ops.sum(ops.one_hot(indices, y_pred.shape[-1], dtype=y_pred.dtype), axis=-2)
    return ops.add(ops.multiply(y_pred, keep), ops.multiply(LOWEST, ops.subtract(1.0, keep)))


class _Count(Metric):
    """The weighted number of one kind of outcome."""

    kind: str

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None):
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.thresholds: Any = parse_thresholds(thresholds, 0.5, type(self).__name__)
        self._even = are_even(self.thresholds)
        self.accumulator: Any = self.add_variable((len(self.thresholds),), "zeros", name="accumulator")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Adds a batch: labels 0 or 1, predictions from 0 to 1, and weights that broadcast to them."""
        counts = {self.kind: self.accumulator}
        update_counts(counts, y_true, y_pred, self.thresholds, even=self._even, sample_weight=sample_weight)

    def result(self) -> Any:
        value = self.accumulator.value
        return ops.squeeze(value, 0) if len(self.thresholds) == 1 else value

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "thresholds": self.init_thresholds}


@public("metrics.TruePositives")
class TruePositives(_Count):
    """How many samples of label 1 are predicted above the threshold.

    Args:
        thresholds: number or list from 0 to 1; by default 0.5.
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.TruePositives()
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.75, 0.5, 0.125])
        >>> metric.result()
        Tensor(1., dtype=float32)
    """

    kind = "true_positives"


@public("metrics.FalsePositives")
class FalsePositives(_Count):
    """How many samples of label 0 are predicted above the threshold.

    Args:
        thresholds: number or list from 0 to 1; by default 0.5.
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.FalsePositives()
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.75, 0.5, 0.125])
        >>> metric.result()
        Tensor(0., dtype=float32)
    """

    kind = "false_positives"


@public("metrics.TrueNegatives")
class TrueNegatives(_Count):
    """How many samples of label 0 are not predicted above the threshold.

    Args:
        thresholds: number or list from 0 to 1; by default 0.5.
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.TrueNegatives()
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.75, 0.5, 0.125])
        >>> metric.result()
        Tensor(1., dtype=float32)
    """

    kind = "true_negatives"


@public("metrics.FalseNegatives")
class FalseNegatives(_Count):
    """How many samples of label 1 are not predicted above the threshold.

    Args:
        thresholds: number or list from 0 to 1; by default 0.5.
        name, dtype: as for `Metric`.
    Example:
        >>> metric = metrics.FalseNegatives()
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.75, 0.5, 0.125])
        >>> metric.result()
        Tensor(2., dtype=float32)
    """

    kind = "false_negatives"
