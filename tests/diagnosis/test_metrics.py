"""Metrics whose arguments do not fit the outputs."""

import numpy as np
import pytest

import lamina
from lamina import layers, losses, metrics

X = np.random.default_rng(0).normal(size=(64, 5)).astype("float32")
YES, KINDS = (X[:, 0] > 0).astype(int), (X[:, 0] > 0) + 2 * (X[:, 1] > 0)
BINARY, SPARSE = losses.BinaryCrossentropy, losses.SparseCategoricalCrossentropy


def said(units, activation, loss, y, metric):
    model = lamina.Sequential([lamina.Input((5,)), layers.Dense(8, "relu"), layers.Dense(units, activation=activation)])
    model.compile("adam", loss, metrics=[metric])
    return [(finding.rule, finding.fix) for finding in lamina.diagnose(model, X, y)]


@pytest.mark.parametrize(
    "metric, fix",
    [
        (metrics.BinaryAccuracy(), "BinaryAccuracy(threshold=0)"),
        ("binary_accuracy", "binary_accuracy(threshold=0)"),
        (metrics.Recall(), "Recall(thresholds=0)"),
        (metrics.FalsePositives(thresholds=0.7), "FalsePositives(thresholds=0)"),
        (metrics.AUC(curve="PR"), "AUC(from_logits=True)"),
        (metrics.BinaryCrossentropy(), "BinaryCrossentropy(from_logits=True)"),
    ],
)
def test_probabilities_are_taken_for_logits(metric, fix):
    assert said(1, None, BINARY(from_logits=True), YES, metric) == [("metric-mismatch", f"metrics=[{fix}]")]


@pytest.mark.parametrize(
    "metric",
    [
        metrics.BinaryAccuracy(threshold=0), metrics.AUC(from_logits=True), metrics.Precision(thresholds=0.0),
        metrics.Recall(thresholds=[0.0, 1.0]), metrics.F1Score(), "mae",
    ],
)  # fmt: skip
def test_logits_are_read_as_logits(metric):
    assert not said(1, None, BINARY(from_logits=True), YES, metric)


def test_a_threshold_that_no_probability_passes():
    assert said(1, "sigmoid", BINARY(), YES, metrics.BinaryAccuracy(threshold=0))
    assert said(1, "sigmoid", BINARY(), YES, metrics.Precision(thresholds=0))
    assert not said(1, "sigmoid", BINARY(), YES, metrics.Precision(thresholds=0.9))
    assert said(1, "sigmoid", BINARY(), YES, metrics.AUC(from_logits=True))
    assert not said(1, "sigmoid", BINARY(), YES, "AUC")


def test_the_k_largest_of_k():
    for metric in ("sparse_top_k_categorical_accuracy", metrics.SparseTopKCategoricalAccuracy(k=4)):
        assert said(4, "softmax", SPARSE(), KINDS, metric)
    assert not said(4, "softmax", SPARSE(), KINDS, metrics.SparseTopKCategoricalAccuracy(k=3))
    assert not said(10, "softmax", SPARSE(), KINDS, "sparse_top_k_categorical_accuracy")


def test_a_metric_of_ones_own_may_take_logits():
    def auc(y_true, y_pred):
        return lamina.ops.mean(lamina.ops.sigmoid(y_pred) * y_true)

    assert not said(1, None, BINARY(from_logits=True), YES, auc)
