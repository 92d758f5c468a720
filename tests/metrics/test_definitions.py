"""Every metric against its definition in float64 NumPy, over two batches, weighted and not, at every argument."""

import inspect
import pathlib

import numpy as np
import pytest

from lamina import metrics
from lamina.metrics._confusion import are_even, even_thresholds

EPSILON = 1e-7
rng = np.random.default_rng(11)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


N, CLASSES = 12, 4
PROBS = softmax(rng.standard_normal((N, CLASSES)))
SPARSE = rng.integers(0, CLASSES, N)
HOT = np.eye(CLASSES)[SPARSE]
SURE = np.eye(CLASSES)[rng.integers(0, CLASSES, N)]
BINARY = (rng.random((N, CLASSES)) < 0.5).astype("float64")
REAL, OTHER = rng.standard_normal((N, CLASSES)), rng.standard_normal((N, CLASSES))
ZEROS, ONES = np.zeros((N, CLASSES)), np.ones((N, CLASSES))
YES_NO, SCORES = (rng.random(N) < 0.5).astype("float64"), np.round(rng.random(N), 1)
WEIGHTS = rng.integers(0, 4, N).astype("float64")
LOGITS = 4 * OTHER
HALVES = np.where(rng.random((N, CLASSES)) < 0.5, REAL, OTHER)  # equal to OTHER in half of the places


LIST_ARGUMENTS = {
    "MeanMetricWrapper": {"fn": lambda t, p: np.abs(np.asarray(t) - np.asarray(p))},
    "Metric": None,
    "IoU": {"num_classes": 4, "target_class_ids": [1, 2]},
    "MeanIoU": {"num_classes": 4},
    "BinaryIoU": {},
    "OneHotIoU": {"num_classes": 4, "target_class_ids": [1, 2]},
    "OneHotMeanIoU": {"num_classes": 4},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
}


# Definitions for each sample: the metric is their weighted mean.
def accuracy(t, p):
    return (t == p).mean(-1)


def binary_accuracy(t, p, threshold=0.5):
    return (t == (p > threshold)).mean(-1)


def categorical_accuracy(t, p):
    return (t.argmax(-1) == p.argmax(-1)).astype(float)


def sparse_categorical_accuracy(t, p):
    return (t == p.argmax(-1)).astype(float)


def sparse_top_k_categorical_accuracy(t, p, k=5, from_sorted_ids=False):
    best = p if from_sorted_ids else np.argsort(-p, axis=-1, kind="stable")
    return np.array([label in row[:k] for label, row in zip(t, best)], float)


def top_k_categorical_accuracy(t, p, k=5):
    return sparse_top_k_categorical_accuracy(t.argmax(-1), p, k)


def binary_crossentropy(t, p, from_logits=False, label_smoothing=0):
    t = t * (1 - label_smoothing) + label_smoothing / 2
    p = np.clip(1 / (1 + np.exp(-p)) if from_logits else p, EPSILON, 1 - EPSILON)
    return -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean(-1)


def categorical_crossentropy(t, p, from_logits=False, label_smoothing=0):
    t = t * (1 - label_smoothing) + label_smoothing / t.shape[-1]
    p = np.clip(softmax(p) if from_logits else p / p.sum(-1, keepdims=True), EPSILON, 1 - EPSILON)
    return -(t * np.log(p)).sum(-1)


def sparse_categorical_crossentropy(t, p, from_logits=False):
    return categorical_crossentropy(np.eye(p.shape[-1])[t], p, from_logits)


def signs(t):
    return 2 * t - 1 if np.isin(t, (0, 1)).all() else t


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-6)


def pearson_correlation(t, p):
    return np.array([np.corrcoef(a, b)[0, 1] for a, b in zip(t, p)])


def concordance_correlation(t, p):
    """Of two constants that are equal: 0 / (0 + epsilon), not 0 / 0."""
    product = ((t - t.mean(-1, keepdims=True)) * (p - p.mean(-1, keepdims=True))).mean(-1)
    return 2 * product / (t.var(-1) + p.var(-1) + (t.mean(-1) - p.mean(-1)) ** 2 + EPSILON)


MEANS = {
    "Accuracy": [(accuracy, HALVES, OTHER, {})],
    "BinaryAccuracy": [(binary_accuracy, BINARY, PROBS, {"threshold": a}) for a in (0.5, 0.2, float(PROBS[0, 0]))],
    "CategoricalAccuracy": [(categorical_accuracy, HOT, PROBS, {}), (categorical_accuracy, HOT, SURE, {})],
    "SparseCategoricalAccuracy": [(sparse_categorical_accuracy, SPARSE, PROBS, {})],
    "TopKCategoricalAccuracy": [(top_k_categorical_accuracy, HOT, PROBS, {"k": k}) for k in (1, 2, 3)],
    "SparseTopKCategoricalAccuracy": [
        (sparse_top_k_categorical_accuracy, SPARSE, PROBS, {"k": 2}),
        (sparse_top_k_categorical_accuracy, SPARSE, np.argsort(-PROBS, -1), {"k": 2, "from_sorted_ids": True}),
    ],
    "BinaryCrossentropy": [
        (binary_crossentropy, BINARY, PROBS, {}),
        (binary_crossentropy, BINARY, SURE, {"label_smoothing": 0.2}),
        (binary_crossentropy, BINARY, LOGITS, {"from_logits": True}),
    ],
    "CategoricalCrossentropy": [
        (categorical_crossentropy, HOT, PROBS, {}),
        (categorical_crossentropy, HOT, SURE, {"label_smoothing": 0.2}),
        (categorical_crossentropy, HOT, LOGITS, {"from_logits": True}),
    ],
    "SparseCategoricalCrossentropy": [
        (sparse_categorical_crossentropy, SPARSE, PROBS, {}),
        (sparse_categorical_crossentropy, SPARSE, LOGITS, {"from_logits": True}),
    ],
    "CategoricalHinge": [(lambda t, p: np.maximum(((1 - t) * p).max(-1) - (t * p).sum(-1) + 1, 0), HOT, OTHER, {})],
    "Hinge": [(lambda t, p: np.maximum(1 - signs(t) * p, 0).mean(-1), t, OTHER, {}) for t in (BINARY, 2 * BINARY - 1)],
    "SquaredHinge": [(lambda t, p: (np.maximum(1 - signs(t) * p, 0) ** 2).mean(-1), BINARY, OTHER, {})],
    "KLDivergence": [
        (lambda t, p: (np.clip(t, EPSILON, 1) * np.log(np.clip(t, EPSILON, 1) / np.clip(p, EPSILON, 1))).sum(-1), t, p, {})
        for t, p in ((PROBS, PROBS[::-1]), (HOT, SURE))
    ],
    "Poisson": [(lambda t, p: (p - t * np.log(p + EPSILON)).mean(-1), BINARY, PROBS, {})],
    "MeanSquaredError": [(lambda t, p: ((t - p) ** 2).mean(-1), REAL, OTHER, {})],
    "MeanAbsoluteError": [(lambda t, p: np.abs(t - p).mean(-1), REAL, OTHER, {})],
    "MeanAbsolutePercentageError": [(lambda t, p: 100 * np.abs((t - p) / t).mean(-1), REAL, OTHER, {})],
    "MeanSquaredLogarithmicError": [
        (lambda t, p: ((np.log1p(np.maximum(t, EPSILON)) - np.log1p(np.maximum(p, EPSILON))) ** 2).mean(-1), REAL, OTHER, {})
    ],
    "LogCoshError": [(lambda t, p: np.log(np.cosh(p - t)).mean(-1), REAL, OTHER, {})],
    "CosineSimilarity": [
        # As a metric the cosine itself; as a loss its negative.
        (lambda t, p: (unit(t) * unit(p)).sum(-1), REAL, OTHER, {}),
        (lambda t, p: (unit(t) * unit(p)).sum(-1), ZEROS, OTHER, {}),
    ],
    "PearsonCorrelation": [(pearson_correlation, REAL, OTHER, {})],
    "ConcordanceCorrelation": [
        (concordance_correlation, REAL, OTHER, {}),
        (concordance_correlation, ONES, ONES, {}),
        (concordance_correlation, REAL, 1e-4 * OTHER + REAL.mean(-1, keepdims=True), {}),
    ],
}  # fmt: skip
MEAN_CASES = [(name, *case) for name, cases in MEANS.items() for case in cases]


def in_two_batches(metric, t, p, w):
    for rows in (slice(0, 5), slice(5, None)):
        metric.update_state(t[rows], p[rows], sample_weight=None if w is None else w[rows])
    return np.asarray(metric.result())


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weighted"])
@pytest.mark.parametrize(
    ("name", "definition", "t", "p", "arguments"), MEAN_CASES, ids=lambda x: x if isinstance(x, str) else ""
)
def test_mean_of_its_definition(name, definition, t, p, arguments, weights):
    values = definition(t, p, **arguments)
    assert values.shape == (N,)
    metric = getattr(metrics, name)(**arguments, dtype="float64")
    expected = np.average(values, weights=weights)
    assert in_two_batches(metric, t, p, weights) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", sorted(n for n in metrics.__all__ if inspect.isclass(getattr(metrics, n))))
def test_lists_are_as_good_as_arrays(name):
    """Targets, predictions and weights of one column of scores, of class indices, or of rows of scores."""
    cls = getattr(metrics, name)
    given = LIST_ARGUMENTS.get(name, {})
    if given is None or not issubclass(cls, metrics.Metric):
        return
    t, p = (SPARSE, PROBS) if "Sparse" in name else (SPARSE, SPARSE[::-1]) if "IoU" in name else (BINARY, PROBS)
    if name in ("OneHotIoU", "OneHotMeanIoU"):
        t, p = HOT, PROBS
    arrays, lists = cls(**given), cls(**given)
    if name in ("Mean", "Sum"):
        arrays.update_state(REAL[:, 0].astype("float32"), sample_weight=WEIGHTS)
        lists.update_state(REAL[:, 0].tolist(), sample_weight=WEIGHTS.tolist())
    else:
        arrays.update_state(
            t if t.dtype.kind == "i" else t.astype("float32"),
            p if p.dtype.kind == "i" else p.astype("float32"),
            WEIGHTS,
        )
        lists.update_state(t.tolist(), p.tolist(), sample_weight=WEIGHTS.tolist())
    np.testing.assert_allclose(np.asarray(lists.result()), np.asarray(arrays.result()), rtol=1e-6)


@pytest.mark.parametrize("name", ["CosineSimilarity", "PearsonCorrelation", "ConcordanceCorrelation"])
def test_axis(name):
    one, other = getattr(metrics, name)(axis=0, dtype="float64"), getattr(metrics, name)(dtype="float64")
    assert float(one(REAL, OTHER)) == pytest.approx(float(other(REAL.T.copy(), OTHER.T.copy())))


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weighted"])
def test_sums_and_means(weights):
    values, w = OTHER[:, 0], np.ones(N) if weights is None else weights
    total, mean = metrics.Sum(dtype="float64"), metrics.Mean(dtype="float64")
    for rows in (slice(0, 5), slice(5, None)):
        for metric in (total, mean):
            metric.update_state(values[rows], sample_weight=None if weights is None else weights[rows])
    assert float(total.result()) == pytest.approx((values * w).sum())
    assert float(mean.result()) == pytest.approx((values * w).sum() / w.sum())


def test_a_mean_of_nothing_is_zero():
    assert float(metrics.Mean().result()) == 0.0
    assert float(metrics.Mean()([1.0, 2.0], sample_weight=[0.0, 0.0])) == 0.0


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weighted"])
def test_root_of_the_mean_square(weights):
    w = np.ones(N) if weights is None else weights
    expected = np.sqrt(np.average(((REAL - OTHER) ** 2).mean(-1), weights=w))
    assert in_two_batches(metrics.RootMeanSquaredError(dtype="float64"), REAL, OTHER, weights) == pytest.approx(
        expected
    )


# Outcomes.
def outcomes(t, p, threshold, w):
    above, true = p > threshold, t == 1
    return tuple(np.sum(w[found]) for found in (above & true, above & ~true, ~above & ~true, ~above & true))


def ratio(a, b):
    return a / b if b else 0.0


THRESHOLDS = [None, 0.3, [0.2, 0.7], [0.0, 0.5, 1.0], [0.0, 0.1, 0.9]]


@pytest.mark.parametrize("thresholds", THRESHOLDS, ids=str)
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weighted"])
@pytest.mark.parametrize("t", [YES_NO, np.zeros(N), np.ones(N)], ids=["both", "no positives", "no negatives"])
def test_outcomes(thresholds, weights, t):
    w = np.ones(N) if weights is None else weights
    tried = [0.5] if thresholds is None else np.atleast_1d(thresholds)
    rows = np.array([outcomes(t, SCORES, threshold, w) for threshold in tried])
    tp, fp, tn, fn = rows.T
    expected = {
        "TruePositives": tp, "FalsePositives": fp, "TrueNegatives": tn, "FalseNegatives": fn,
        "Precision": [ratio(a, a + b) for a, b in zip(tp, fp)], "Recall": [ratio(a, a + b) for a, b in zip(tp, fn)],
    }  # fmt: skip
    for name, values in expected.items():
        result = in_two_batches(getattr(metrics, name)(thresholds=thresholds), t, SCORES, weights)
        assert result.shape == (() if len(tried) == 1 else (len(tried),))
        np.testing.assert_allclose(np.atleast_1d(result), values, rtol=1e-6, err_msg=name)


def test_scores_of_exactly_a_threshold_are_not_above_it():
    t, p = np.array([1.0, 0.0, 1.0]), np.array([0.5, 0.5, 1.0])
    assert float(metrics.TruePositives(thresholds=0.5)(t, p)) == 1.0
    assert np.asarray(metrics.TruePositives(thresholds=[0.0, 0.5, 1.0])(t, p)).tolist() == [2.0, 1.0, 0.0]


@pytest.mark.parametrize("name", ["Precision", "Recall"])
def test_the_highest_and_one_class(name):
    top = np.argsort(-PROBS, -1)[:, :2]
    found = np.zeros_like(PROBS)
    np.put_along_axis(found, top, 1.0, -1)

    def definition(columns):
        t, p = BINARY[:, columns], found[:, columns]
        wrong = (1 - t) * p if name == "Precision" else t * (1 - p)
        return (t * p).sum() / ((t * p).sum() + wrong.sum())

    metric = getattr(metrics, name)
    assert float(metric(top_k=2)(BINARY, PROBS)) == pytest.approx(definition(slice(None)), rel=1e-6)
    assert float(metric(top_k=2, class_id=1)(BINARY, PROBS)) == pytest.approx(definition([1]), rel=1e-6)
    alone = metric(class_id=3, thresholds=0.2)(BINARY, PROBS)
    assert float(alone) == pytest.approx(float(metric(thresholds=0.2)(BINARY[:, 3], PROBS[:, 3])))


@pytest.mark.parametrize(
    ("name", "argument", "bounded", "wanted"),
    [
        ("SensitivityAtSpecificity", "specificity", "specificity", "sensitivity"),
        ("SpecificityAtSensitivity", "sensitivity", "sensitivity", "specificity"),
        ("PrecisionAtRecall", "recall", "sensitivity", "precision"),
        ("RecallAtPrecision", "precision", "precision", "sensitivity"),
    ],
)
@pytest.mark.parametrize("value", [0.0, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weighted"])
def test_best_rate_at_another(name, argument, bounded, wanted, value, weights):
    w = np.ones(N) if weights is None else weights
    best = 0.0
    for threshold in np.linspace(0, 1, 9):
        tp, fp, tn, fn = outcomes(YES_NO, SCORES, threshold, w)
        rates = {"sensitivity": ratio(tp, tp + fn), "specificity": ratio(tn, tn + fp), "precision": ratio(tp, tp + fp)}
        if rates[bounded] >= value:
            best = max(best, rates[wanted])
    metric = getattr(metrics, name)(value, num_thresholds=9)
    assert in_two_batches(metric, YES_NO, SCORES, weights) == pytest.approx(best)


# Areas.
def curve_points(t, p, thresholds, w):
    return np.array([outcomes(t, p, threshold, w) for threshold in thresholds]).T


def area(t, p, thresholds, w, curve="ROC", summation_method="interpolation"):
    tp, fp, tn, fn = curve_points(t, p, thresholds, w)
    recall = np.array([ratio(a, a + b) for a, b in zip(tp, fn)])
    if curve == "ROC":
        x, y = np.array([ratio(a, a + b) for a, b in zip(fp, tn)]), recall
    elif curve == "PR":
        x, y = recall, np.array([ratio(a, a + b) for a, b in zip(tp, fp)])
    else:  # Flach and Kull: gains relative to the baseline "always positive"
        odds = ratio(tp[0] + fn[0], tn[0] + fp[0])
        x = np.array([max(1 - odds * ratio(b, a), 0.0) if a else 0.0 for a, b in zip(tp, fn)])
        y = np.array([1 - odds * ratio(b, a) if a else 1.0 for a, b in zip(tp, fp)])
    if curve == "PR" and summation_method == "interpolation":
        return davis_goadrich(tp, fp, fn)
    joined = {"interpolation": lambda a, b: (a + b) / 2, "minoring": min, "majoring": max}[summation_method]
    return sum((x[i] - x[i + 1]) * joined(y[i], y[i + 1]) for i in range(len(x) - 1))


def davis_goadrich(tp, fp, fn):
    """Between two thresholds the counts grow linearly; precision is then (a + s P) / P, P the number called positive."""
    total = 0.0
    for i in range(len(tp) - 1):
        high, low = tp[i] + fp[i], tp[i + 1] + fp[i + 1]
        if high == low:
            continue
        slope = (tp[i] - tp[i + 1]) / (high - low)
        intercept = tp[i + 1] - slope * low
        growth = np.log(high / low) if high and low else 0.0
        total += ratio(slope * (tp[i] - tp[i + 1] + intercept * growth), tp[i + 1] + fn[i + 1])
    return total


CURVES = [(curve, method) for curve in ("ROC", "PR", "PRGAIN") for method in ("interpolation", "minoring", "majoring")]


@pytest.mark.parametrize(("curve", "method"), CURVES)
@pytest.mark.parametrize("thresholds", [None, [0.15, 0.4, 0.75]], ids=["even", "given"])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weighted"])
def test_area(curve, method, thresholds, weights):
    w = np.ones(N) if weights is None else weights
    inner = np.linspace(0, 1, 8)[1:-1] if thresholds is None else thresholds
    expected = area(YES_NO, SCORES, [-EPSILON, *inner, 1 + EPSILON], w, curve, method)
    metric = metrics.AUC(8, curve=curve, summation_method=method, thresholds=thresholds)
    assert in_two_batches(metric, YES_NO, SCORES, weights) == pytest.approx(expected, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("t", [np.zeros(N), np.ones(N)], ids=["no positives", "no negatives"])
@pytest.mark.parametrize("curve", ["ROC", "PR"])
def test_area_of_one_class_alone_is_finite(t, curve):
    ends = [-EPSILON, *np.linspace(0, 1, 8)[1:-1], 1 + EPSILON]
    assert float(metrics.AUC(8, curve=curve)(t, SCORES)) == pytest.approx(
        area(t, SCORES, ends, np.ones(N), curve), abs=1e-6
    )


@pytest.mark.parametrize("label_weights", [None, [1.0, 0.0, 2.0, 5.0]], ids=["", "label weights"])
def test_area_of_several_labels(label_weights):
    ends = [-EPSILON, *np.linspace(0, 1, 8)[1:-1], 1 + EPSILON]
    areas = [area(BINARY[:, i], PROBS[:, i], ends, np.ones(N)) for i in range(CLASSES)]
    metric = metrics.AUC(8, multi_label=True, label_weights=label_weights)
    assert in_two_batches(metric, BINARY, PROBS, None) == pytest.approx(
        np.average(areas, weights=label_weights), abs=1e-6
    )
    known = metrics.AUC(8, multi_label=True, num_labels=CLASSES, label_weights=label_weights)
    assert in_two_batches(known, BINARY, PROBS, None) == pytest.approx(
        np.average(areas, weights=label_weights), abs=1e-6
    )
    if label_weights is not None:  # without multi_label they weigh the samples of a label
        flat = area(BINARY.ravel(), PROBS.ravel(), ends, np.tile(label_weights, N))
        assert float(metrics.AUC(8, label_weights=label_weights)(BINARY, PROBS)) == pytest.approx(flat, abs=1e-6)


def test_area_from_logits():
    logits = np.log(SCORES[1:] + 0.01) - np.log(1.01 - SCORES[1:])
    p = 1 / (1 + np.exp(-logits))
    assert float(metrics.AUC(8, from_logits=True)(YES_NO[1:], logits)) == pytest.approx(
        float(metrics.AUC(8)(YES_NO[1:], p))
    )


# F-scores, intersection over union, R².
def f_scores(t, positive, w, beta):
    w = w[:, None]
    tp, fp, fn = ((t * positive * w).sum(0), ((1 - t) * positive * w).sum(0), (t * (1 - positive) * w).sum(0))
    return tp, fp, fn, np.array([f_score(a, b, c, beta) for a, b, c in zip(tp, fp, fn)])


def f_score(tp, fp, fn, beta):
    precision, recall = ratio(tp, tp + fp), ratio(tp, tp + fn)
    return ratio((1 + beta**2) * precision * recall, beta**2 * precision + recall)


@pytest.mark.parametrize("average", [None, "micro", "macro", "weighted"])
@pytest.mark.parametrize("beta", [1.0, 0.5, 2.0])
@pytest.mark.parametrize("threshold", [None, 0.3])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weighted"])
@pytest.mark.parametrize("t", [HOT, BINARY, ZEROS], ids=["one hot", "several", "none"])
def test_f_scores(average, beta, threshold, weights, t):
    w = np.ones(N) if weights is None else weights
    positive = (PROBS == PROBS.max(-1, keepdims=True) if threshold is None else PROBS > threshold).astype(float)
    tp, fp, fn, scores = f_scores(t, positive, w, beta)
    expected = {
        None: scores,
        "micro": f_score(tp.sum(), fp.sum(), fn.sum(), beta),
        "macro": scores.mean(),
        "weighted": ratio((scores * (t * w[:, None]).sum(0)).sum(), (t * w[:, None]).sum()),
    }[average]
    metric = metrics.FBetaScore(average=average, beta=beta, threshold=threshold)
    np.testing.assert_allclose(in_two_batches(metric, t, PROBS, weights), expected, rtol=1e-5, atol=1e-6)
    if beta == 1.0:
        f1 = metrics.F1Score(average=average, threshold=threshold)
        np.testing.assert_allclose(in_two_batches(f1, t, PROBS, weights), expected, rtol=1e-5, atol=1e-6)


def intersection_over_union(t, p, targets, w):
    shares = []
    for target in targets:
        both, either = w[(t == target) & (p == target)].sum(), w[(t == target) | (p == target)].sum()
        if either:
            shares.append(both / either)
    return np.mean(shares) if shares else 0.0


FOUND = np.where(rng.random(N) < 0.6, SPARSE, rng.integers(0, CLASSES, N))


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weighted"])
@pytest.mark.parametrize("ignored", [None, 1])
@pytest.mark.parametrize("targets", [[0], [1, 3], [0, 1, 2, 3]], ids=str)
def test_intersection_over_union(weights, ignored, targets):
    w = np.ones(N) if weights is None else weights
    w = np.where(SPARSE == ignored, 0, w)
    hot = np.eye(CLASSES)[FOUND]
    expected = intersection_over_union(SPARSE, FOUND, targets, w)
    options = {"ignore_class": ignored, "dtype": "float32"}
    cases = [
        (metrics.IoU(CLASSES, targets, **options), SPARSE, FOUND),
        (metrics.IoU(CLASSES, targets, sparse_y_true=False, sparse_y_pred=False, **options), HOT, hot),
        (metrics.OneHotIoU(CLASSES, targets, **options), HOT, hot),
        (metrics.OneHotIoU(CLASSES, targets, sparse_y_pred=True, **options), HOT, FOUND),
    ]
    if len(targets) == CLASSES:
        cases += [
            (metrics.MeanIoU(CLASSES, **options), SPARSE, FOUND),
            (metrics.MeanIoU(CLASSES, sparse_y_true=False, **options), HOT, FOUND),
            (metrics.OneHotMeanIoU(CLASSES, **options), HOT, hot),
            (metrics.OneHotMeanIoU(CLASSES, sparse_y_pred=True, **options), HOT, FOUND),
        ]
    for metric, t, p in cases:
        assert in_two_batches(metric, t, p, weights) == pytest.approx(expected, rel=1e-5), metric


def test_scores_of_classes_on_another_axis():
    t, p = SPARSE.reshape(3, 4), PROBS.reshape(3, 4, CLASSES)
    expected = float(metrics.MeanIoU(CLASSES, sparse_y_pred=False)(t, p))
    assert float(metrics.MeanIoU(CLASSES, sparse_y_pred=False, axis=1)(t, np.moveaxis(p, -1, 1))) == expected
    hot = np.eye(CLASSES)[t]
    one_hot = metrics.OneHotIoU(CLASSES, range(CLASSES), axis=1)(np.moveaxis(hot, -1, 1), np.moveaxis(p, -1, 1))
    assert float(one_hot) == expected
    one_hot = metrics.OneHotMeanIoU(CLASSES, axis=1)(np.moveaxis(hot, -1, 1), np.moveaxis(p, -1, 1))
    assert float(one_hot) == expected


@pytest.mark.parametrize("threshold", [0.5, 0.3])
@pytest.mark.parametrize("targets", [[0], [1], [0, 1]], ids=str)
def test_binary_intersection_over_union(threshold, targets):
    found = (SCORES >= threshold).astype(int)
    expected = intersection_over_union(YES_NO, found, targets, np.ones(N))
    assert float(metrics.BinaryIoU(targets, threshold)(YES_NO, SCORES)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weighted"])
@pytest.mark.parametrize("aggregation", [None, "uniform_average", "variance_weighted_average"])
@pytest.mark.parametrize("regressors", [0, 2])
def test_r2(weights, aggregation, regressors):
    w = (np.ones(N) if weights is None else weights)[:, None]
    t, p = REAL, REAL + 0.5 * OTHER
    left = (w * (t - p) ** 2).sum(0)
    spread = (w * (t - (w * t).sum(0) / w.sum()) ** 2).sum(0)
    scores = 1 - left / spread
    share = {
        None: scores,
        "uniform_average": scores.mean(),
        "variance_weighted_average": (scores * spread).sum() / spread.sum(),
    }
    expected = share[aggregation]
    if regressors:
        n = np.count_nonzero(w)  # samples, not samples times outputs
        expected = 1 - (1 - expected) * (n - 1) / (n - regressors - 1)
    metric = metrics.R2Score(class_aggregation=aggregation, num_regressors=regressors)
    np.testing.assert_allclose(in_two_batches(metric, t, p, weights), expected, rtol=1e-4)


def test_every_metric_has_a_definition():
    """Named somewhere in this file, with every argument of its own."""
    text = pathlib.Path(__file__).read_text()
    for name in metrics.__all__:
        thing = getattr(metrics, name)
        if not isinstance(thing, type) or name in ("Metric", "MeanMetricWrapper"):
            continue
        assert name in text, name
        own = set(inspect.signature(thing).parameters) - {
            "name",
            "dtype",
            "num_classes",
            "target_class_ids",
            "args",
            "kwargs",
        }
        missing = {argument for argument in own if argument not in text}
        assert not missing, (name, missing)


class TestShapesOfAccuracies:
    """Against the share of right answers, counted one by one."""

    scores = np.random.default_rng(0).random((4, 3, 5)).astype("float32")
    labels = np.random.default_rng(1).integers(0, 5, (4, 3))

    def test_sparse_accuracy_of_every_shape(self):
        right = (self.scores.argmax(-1) == self.labels).astype("float32")
        found = metrics.sparse_categorical_accuracy(self.labels, self.scores)
        np.testing.assert_array_equal(np.asarray(found), right)
        found = metrics.sparse_categorical_accuracy(self.labels[..., None], self.scores)
        np.testing.assert_array_equal(np.asarray(found), right)
        one = metrics.sparse_categorical_accuracy(self.labels[:, :1], self.scores[:, :1])
        assert np.asarray(one).shape == (4,)  # a last axis of size one goes
        np.testing.assert_array_equal(np.asarray(one), right[:, 0])
        one_class = metrics.sparse_categorical_accuracy(np.zeros((3, 1), "int32"), np.ones((3, 1), "float32"))
        np.testing.assert_array_equal(np.asarray(one_class), [1, 1, 1])

    @pytest.mark.parametrize("k", [1, 2, 4])
    def test_top_k_of_every_shape(self, k):
        best = np.argsort(-self.scores, axis=-1)[..., :k]
        right = (best == self.labels[..., None]).any(-1).astype("float32")
        found = metrics.sparse_top_k_categorical_accuracy(self.labels, self.scores, k=k)
        np.testing.assert_array_equal(np.asarray(found), right)
        found = metrics.sparse_top_k_categorical_accuracy(self.labels[0], self.scores[0], k=k)
        np.testing.assert_array_equal(np.asarray(found), right[0])


def test_r2_refuses_an_unknown_average():
    with pytest.raises(ValueError, match="class_aggregation"):
        metrics.R2Score(class_aggregation="mean")


@pytest.mark.parametrize("thresholds, is_even", [
    ([0.0, 0.5, 1.0], True), ([0.0, 0.25, 0.5, 0.75, 1.0], True), ([0.0, 0.4, 1.0], False), ([0.0, 1.0], False),
    ([0.0, 2.0, 4.0], False),
])  # fmt: skip
def test_even_thresholds_are_told_from_others(thresholds, is_even):
    assert are_even(thresholds) is is_even
    if is_even:
        np.testing.assert_allclose(even_thresholds(len(thresholds)), thresholds)


@pytest.mark.parametrize("shape", [(6,), (2, 3), (1, 6), (6, 1)])
def test_iou_takes_weights_of_the_shape_of_the_indices(shape):
    true, pred = np.array([0, 0, 1, 1, 0, 1]), np.array([0, 1, 1, 1, 1, 0])
    weight = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    both = np.array([weight[(true == c) & (pred == c)].sum() for c in (0, 1)])
    either = np.array([weight[(true == c) | (pred == c)].sum() for c in (0, 1)])
    metric = metrics.MeanIoU(num_classes=2)
    metric.update_state(true.reshape(shape), pred.reshape(shape), weight.reshape(shape))
    assert float(metric.result()) == pytest.approx((both / either).mean(), rel=1e-5)
    metric = metrics.MeanIoU(num_classes=2)
    metric.update_state(true, pred, np.array(2.0))  # one weight for all
    counted = [((true == c) & (pred == c)).sum() / ((true == c) | (pred == c)).sum() for c in (0, 1)]
    assert float(metric.result()) == pytest.approx(np.mean(counted), rel=1e-5)
