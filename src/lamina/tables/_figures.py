"""How well predictions meet the targets."""

import numpy as np

from lamina import metrics

from ._class_weights import mean_f1
from ._target import NUMBER, TWO_CLASSES, Target
from ._thresholds import f1_of

Figures = dict[str, float]


def figures_of(target: Target, truth: np.ndarray, outputs: np.ndarray) -> Figures:
    """The metrics of outputs `(rows, units)` against encoded targets of the same shape."""
    if target.kind == NUMBER:
        found = {
            "mean absolute error": _value(metrics.MeanAbsoluteError(), truth, outputs),
            "root mean squared error": _value(metrics.RootMeanSquaredError(), truth, outputs),
        }
        if len(truth) > 1 and truth.std() > 0:
            found["R squared"] = 1.0 - float(np.mean((truth - outputs) ** 2) / np.var(truth.astype("float64")))
        return found
    predicted, true = classes_of(target, outputs), classes_of(target, truth)
    if target.kind == TWO_CLASSES:
        loss = _value(metrics.BinaryCrossentropy(), truth, outputs)
    else:
        loss = _value(metrics.CategoricalCrossentropy(), truth, outputs)
    found = {
        "accuracy": float(np.mean(predicted == true)),
        "balanced accuracy": float(np.mean([np.mean(predicted[true == c] == c) for c in np.unique(true)])),
        "cross-entropy": loss,
    }
    if target.kind == TWO_CLASSES and len(np.unique(true)) == 2:
        found["area under the ROC curve"] = _area_under_roc(true, outputs[:, 0])
    if target.rare:
        found[f"F1 of {target.rare!r}"] = f1_of(target, true, predicted)
    if target.rare_classes:
        found["mean F1 of the classes"] = mean_f1(true, predicted)
    return found


def score_name(target: Target) -> str:
    """The figure that models are compared by."""
    return "root mean squared error" if target.kind == NUMBER else "cross-entropy"


def classes_of(target: Target, outputs: np.ndarray) -> np.ndarray:
    """The class of each row by threshold or weights, without them the likeliest, int64 `(rows,)`."""
    if target.kind == TWO_CLASSES:
        return (outputs[:, 0] > target.threshold).astype("int64")
    return (outputs * target.weights if target.weights else outputs).argmax(axis=1)


def constant_outputs(target: Target, training: np.ndarray, rows: int) -> np.ndarray:
    """The same answer for every row: the mean, or the shares of the classes, of the training targets."""
    return np.tile(training.astype("float64").mean(axis=0), (rows, 1))


def confusion(target: Target, truth: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """How many rows of each class (first axis) were taken for each class (second axis)."""
    return counted(classes_of(target, truth), classes_of(target, outputs), len(target.classes))


def counted(true: np.ndarray, predicted: np.ndarray, size: int) -> np.ndarray:
    """How often each of `size` places (first axis) was taken for each (second axis)."""
    return np.bincount(true * size + predicted, minlength=size * size).reshape(size, size)


def _value(metric: metrics.Metric, truth: np.ndarray, outputs: np.ndarray) -> float:
    metric.update_state(truth, outputs.astype("float32"))
    return float(metric.result())


def _area_under_roc(true: np.ndarray, scores: np.ndarray) -> float:
    """The share of pairs of a positive and a negative row that are in the right order, ties counting half."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    positive = true == 1
    n = int(positive.sum())
    return float((ranks[places][positive].sum() - n * (n + 1) / 2) / (n * (len(true) - n)))
