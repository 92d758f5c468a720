"""Metrics of targets and predictions that do not fit each other name both shapes, on every engine."""

import numpy as np
import pytest

from lamina import losses, metrics

Y_TRUE, Y_PRED = np.ones((4, 3), "float32"), np.full((4, 5), 0.5, "float32")
ARGUMENTS = {
    "IoU": {"num_classes": 3, "target_class_ids": [0]}, "MeanIoU": {"num_classes": 3},
    "PrecisionAtRecall": {"recall": 0.5}, "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5}, "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "MeanMetricWrapper": {"fn": losses.mean_squared_error},
}  # fmt: skip
# Of values alone; or of the greatest entries, which may be found among any number.
ELSEWHERE = {
    "Metric", "Mean", "Sum", "CategoricalAccuracy", "TopKCategoricalAccuracy", "OneHotIoU", "OneHotMeanIoU",
}  # fmt: skip
CLASSES = [n for n in metrics.__all__ if isinstance(getattr(metrics, n), type) and n not in ELSEWHERE]


@pytest.mark.parametrize("name", CLASSES)
def test_a_metric_names_both_shapes(name):
    metric = getattr(metrics, name)(**ARGUMENTS.get(name, {}))
    with pytest.raises(ValueError, match=r"\w+: .*(\(4, 3\).*\(4, 5\)|\(4, 5\).*\(4, 3\))"):
        metric.update_state(Y_TRUE, Y_PRED)


def test_a_metric_of_ones_own_is_explained():
    class Own(metrics.Mean):
        def update_state(self, y_true, y_pred, sample_weight=None):
            super().update_state(y_true - y_pred, sample_weight)

    with pytest.raises(ValueError, match=r"Own: y_true of shape \(4, 3\) does not fit y_pred of shape \(4, 5\)"):
        Own().update_state(Y_TRUE, Y_PRED)
