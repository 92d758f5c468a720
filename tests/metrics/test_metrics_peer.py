"""Every metric against real Keras: several batches, weights, masks, edge inputs, state reset, configs."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from lamina import metrics  # noqa: E402

pytestmark = [
    pytest.mark.peer,
    pytest.mark.filterwarnings("ignore:You are passing weight"),
    pytest.mark.filterwarnings("ignore:Explicitly requested dtype int64"),  # jax, inside Keras
]
rng = np.random.default_rng(1)
BATCHES = 3


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return (e / e.sum(-1, keepdims=True)).astype("float32")


def normal(*shape):
    return [rng.standard_normal(shape).astype("float32") for _ in range(BATCHES)]


def binary(*shape):
    return [rng.integers(0, 2, shape).astype("float32") for _ in range(BATCHES)]


def unit(*shape):
    return [rng.random(shape).astype("float32") for _ in range(BATCHES)]


def probabilities(*shape):
    return [softmax(x) for x in normal(*shape)]


def labels(*shape, classes=5):
    return [rng.integers(0, classes, shape) for _ in range(BATCHES)]


def one_hot(*shape, classes=5):
    return [np.eye(classes, dtype="float32")[y] for y in labels(*shape, classes=classes)]


EDGE = [np.array([0.0, 1.0, 0.5, 0.25, 0.0, 1.0], "float32")] * BATCHES
ZEROS, ONES = [np.zeros(6, "float32")] * BATCHES, [np.ones(6, "float32")] * BATCHES

CASES = [
    ("MeanSquaredError", {}, normal(6, 2), normal(6, 2)),
    ("RootMeanSquaredError", {}, normal(6, 2), normal(6, 2)),
    ("MeanAbsoluteError", {}, normal(6, 2), normal(6, 2)),
    ("MeanAbsolutePercentageError", {}, normal(6, 2), normal(6, 2)),
    ("MeanSquaredLogarithmicError", {}, normal(6, 2), normal(6, 2)),
    ("CosineSimilarity", {}, normal(6, 4), normal(6, 4)),
    ("LogCoshError", {}, normal(6, 4), normal(6, 4)),
    ("R2Score", {}, normal(6, 2), normal(6, 2)),
    ("R2Score", {"class_aggregation": None}, normal(6, 2), normal(6, 2)),
    ("R2Score", {"class_aggregation": "variance_weighted_average", "num_regressors": 3}, normal(6, 1), normal(6, 1)),
    ("PearsonCorrelation", {}, normal(6, 4), normal(6, 4)),
    ("ConcordanceCorrelation", {}, normal(6, 4), normal(6, 4)),
    ("ConcordanceCorrelation", {"axis": 0}, normal(6, 6), normal(6, 6)),
    ("Hinge", {}, binary(6, 2), normal(6, 2)),
    ("SquaredHinge", {}, binary(6, 2), normal(6, 2)),
    ("CategoricalHinge", {}, one_hot(6), normal(6, 5)),
    ("KLDivergence", {}, probabilities(6, 5), probabilities(6, 5)),
    ("Poisson", {}, unit(6, 5), unit(6, 5)),
    ("BinaryCrossentropy", {}, binary(6, 2), unit(6, 2)),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, binary(6, 2), normal(6, 2)),
    ("CategoricalCrossentropy", {}, one_hot(6), probabilities(6, 5)),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, one_hot(6), normal(6, 5)),
    ("SparseCategoricalCrossentropy", {}, labels(6), probabilities(6, 5)),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, labels(6), normal(6, 5)),
    ("SparseCategoricalCrossentropy", {"ignore_class": 2}, labels(6), probabilities(6, 5)),
    ("Accuracy", {}, labels(6), labels(6)),
    ("Accuracy", {}, labels(6, 1), labels(6)),
    ("BinaryAccuracy", {}, binary(6, 1), unit(6, 1)),
    ("BinaryAccuracy", {"threshold": 0.7}, binary(6, 3), unit(6, 3)),
    ("BinaryAccuracy", {}, binary(6), [x[:, None] for x in EDGE]),
    ("CategoricalAccuracy", {}, one_hot(6), probabilities(6, 5)),
    ("CategoricalAccuracy", {}, one_hot(6, 3), probabilities(6, 3, 5)),
    ("SparseCategoricalAccuracy", {}, labels(6), probabilities(6, 5)),
    ("SparseCategoricalAccuracy", {}, labels(6, 1), probabilities(6, 5)),
    ("SparseCategoricalAccuracy", {}, labels(6, 3), probabilities(6, 3, 5)),
    ("TopKCategoricalAccuracy", {"k": 2}, one_hot(6), probabilities(6, 5)),
    ("TopKCategoricalAccuracy", {"k": 2}, one_hot(6, 3), probabilities(6, 3, 5)),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, labels(6), probabilities(6, 5)),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, labels(6, 3), probabilities(6, 3, 5)),
    (
        "SparseTopKCategoricalAccuracy",
        {"k": 3, "from_sorted_ids": True},
        labels(6),
        [np.argsort(-p) for p in probabilities(6, 5)],
    ),
    ("TruePositives", {}, binary(6), unit(6)),
    ("TruePositives", {"thresholds": [0.1, 0.5, 0.7]}, binary(6, 2), unit(6, 2)),
    ("FalsePositives", {"thresholds": [0.0, 0.5, 1.0]}, binary(6), EDGE),
    ("TrueNegatives", {"thresholds": [0.0, 0.5, 1.0]}, binary(6), EDGE),
    ("TrueNegatives", {"thresholds": 0.3}, binary(6), unit(6)),
    ("FalseNegatives", {"thresholds": [0.2, 0.9]}, binary(6, 2), unit(6, 2)),
    ("Precision", {}, binary(6), unit(6)),
    ("Precision", {}, ZEROS, ZEROS),
    ("Precision", {"thresholds": [0.2, 0.5]}, binary(6), unit(6)),
    ("Precision", {"top_k": 2}, one_hot(6), probabilities(6, 5)),
    ("Precision", {"class_id": 1}, one_hot(6), probabilities(6, 5)),
    ("Recall", {}, binary(6), unit(6)),
    ("Recall", {}, ZEROS, unit(6)),
    ("Recall", {"top_k": 2, "class_id": 3}, one_hot(6), probabilities(6, 5)),
    ("Recall", {"thresholds": [0.0, 0.25, 0.5, 0.75, 1.0]}, binary(6), EDGE),
    ("SensitivityAtSpecificity", {"specificity": 0.4}, binary(20), unit(20)),
    ("SensitivityAtSpecificity", {"specificity": 0.4, "num_thresholds": 1}, binary(20), unit(20)),
    ("SpecificityAtSensitivity", {"sensitivity": 0.6}, binary(20), unit(20)),
    ("SpecificityAtSensitivity", {"sensitivity": 0.6}, ZEROS, EDGE),
    ("PrecisionAtRecall", {"recall": 0.5}, binary(20), unit(20)),
    ("PrecisionAtRecall", {"recall": 0.5, "class_id": 2}, one_hot(20), probabilities(20, 5)),
    ("RecallAtPrecision", {"precision": 0.5}, binary(20), unit(20)),
    ("AUC", {}, binary(20), unit(20)),
    ("AUC", {}, binary(6), EDGE),
    ("AUC", {}, ONES, EDGE),
    ("AUC", {"from_logits": True}, binary(20), normal(20)),
    ("AUC", {"summation_method": "minoring", "num_thresholds": 11}, binary(20), unit(20)),
    ("AUC", {"summation_method": "majoring", "thresholds": [0.2, 0.4, 0.9]}, binary(20), unit(20)),
    ("AUC", {"thresholds": [0.25, 0.5, 0.75]}, binary(6), EDGE),
    ("AUC", {"curve": "PR"}, binary(20), unit(20)),
    ("AUC", {"curve": "PR", "summation_method": "majoring"}, binary(20), unit(20)),
    ("AUC", {"curve": "PRGAIN"}, binary(20), unit(20)),
    ("AUC", {"multi_label": True}, binary(20, 3), unit(20, 3)),
    (
        "AUC",
        {"multi_label": True, "curve": "PR", "num_labels": 3, "label_weights": [1.0, 0.5, 2.0]},
        binary(20, 3),
        unit(20, 3),
    ),
    ("AUC", {"multi_label": True, "thresholds": [0.3, 0.6]}, binary(20, 3), unit(20, 3)),
    ("AUC", {"label_weights": [1.0, 0.5, 2.0]}, binary(20, 3), unit(20, 3)),
    ("F1Score", {}, one_hot(6), probabilities(6, 5)),
    ("F1Score", {"average": "micro", "threshold": 0.3}, one_hot(6), probabilities(6, 5)),
    ("FBetaScore", {"average": "macro", "beta": 2.0}, one_hot(6), probabilities(6, 5)),
    ("FBetaScore", {"average": "weighted", "beta": 0.5, "threshold": 0.4}, one_hot(6), probabilities(6, 5)),
    ("FBetaScore", {}, [np.zeros((6, 5), "float32")] * BATCHES, [np.zeros((6, 5), "float32")] * BATCHES),
    ("IoU", {"num_classes": 5, "target_class_ids": [0, 2]}, labels(6), labels(6)),
    ("IoU", {"num_classes": 5, "target_class_ids": [4], "ignore_class": 1}, labels(6), labels(6)),
    ("IoU", {"num_classes": 9, "target_class_ids": [8]}, labels(6), labels(6)),
    ("BinaryIoU", {"threshold": 0.3}, binary(6), unit(6)),
    ("BinaryIoU", {"target_class_ids": [1]}, binary(6), unit(6)),
    ("MeanIoU", {"num_classes": 5}, labels(6, 2), labels(6, 2)),
    ("MeanIoU", {"num_classes": 5, "ignore_class": 0, "sparse_y_pred": False}, labels(6), probabilities(6, 5)),
    ("OneHotIoU", {"num_classes": 5, "target_class_ids": [0, 1]}, one_hot(6), probabilities(6, 5)),
    ("OneHotMeanIoU", {"num_classes": 5, "sparse_y_pred": True}, one_hot(6), labels(6)),
]
IDS = [f"{i}-{case[0]}" for i, case in enumerate(CASES)]
# Their result for these is NaN by division of zero by zero, where the metric has no meaning.
pytestmark.append(pytest.mark.filterwarnings("ignore:invalid value encountered"))


def test_every_metric_has_a_case():
    classes = {
        n
        for n in dir(metrics)
        if isinstance(getattr(metrics, n), type) and issubclass(getattr(metrics, n), metrics.Metric)
    }
    assert classes - {case[0] for case in CASES} == {"Metric", "Mean", "Sum", "MeanMetricWrapper"}


def agree(ours, theirs, atol=1e-6):
    theirs = keras.ops.convert_to_numpy(theirs)
    assert np.shape(ours) == theirs.shape
    np.testing.assert_allclose(np.asarray(ours), theirs, rtol=2e-6, atol=atol)


def make(name, arguments):
    return getattr(metrics, name)(**arguments), getattr(keras.metrics, name)(**arguments)


@pytest.mark.parametrize("weighting", ["none", "by sample", "zero"])
@pytest.mark.parametrize(("name", "arguments", "y_true", "y_pred"), CASES, ids=IDS)
def test_metric(name, arguments, y_true, y_pred, weighting):
    ours, theirs = make(name, arguments)
    for round_ in range(2):
        for true, pred in zip(y_true, y_pred):
            weight = None
            if weighting != "none":
                size = len(true) if "Correlation" not in name or "axis" not in arguments else true.shape[1]
                weight = (
                    rng.integers(0, 3, size).astype("float32") if "IoU" in name else rng.random(size).astype("float32")
                )
                weight = weight * 0 if weighting == "zero" else weight
                if "IoU" in name:
                    weight = np.broadcast_to(
                        weight.reshape((-1,) + (1,) * (labels_rank(ours, true) - 1)), label_shape(ours, true)
                    ).astype("int32")
            ours.update_state(true, pred, sample_weight=weight)
            theirs.update_state(true, pred, sample_weight=weight)
            agree(ours.result(), theirs.result())
        # Sums of weights; theirs come by subtraction from the total and may miss zero by a rounding error.
        for mine, yours in zip(ours.variables, theirs.variables, strict=True):
            if mine.name == "num_samples":
                continue  # theirs counts every output, and rows that weigh nothing
            agree(
                mine.value,
                yours.value if keras.backend.backend() == "jax" else keras.ops.convert_to_tensor(yours),
                2e-5,
            )
            assert mine.dtype == yours.dtype.replace("int64", "int32")  # "int" on TensorFlow
        ours.reset_state()
        theirs.reset_state()
        assert round_ == 1 or all(not v.numpy().any() for v in ours.variables)


def label_shape(metric, true):
    return true.shape if metric.sparse_y_true else true.shape[:-1]


def labels_rank(metric, true):
    return len(label_shape(metric, true))


@pytest.mark.parametrize(("name", "arguments", "y_true", "y_pred"), CASES, ids=IDS)
def test_configs_go_both_ways(name, arguments, y_true, y_pred):
    ours, theirs = make(name, arguments)
    assert type(keras.metrics.deserialize(metrics.serialize(ours))) is type(theirs)
    back = metrics.deserialize(keras.metrics.serialize(theirs))
    assert type(back) is type(ours)
    if "IoU" not in name or keras.backend.backend() != "tensorflow":  # whose dtype is int64 there
        assert back.get_config() == ours.get_config()
    assert set(theirs.get_config()) <= set(ours.get_config())


@pytest.mark.parametrize("name", ["Mean", "Sum"])
@pytest.mark.parametrize("shape", [(), (4,), (4, 3), (4, 3, 2)])
@pytest.mark.parametrize("weights", [None, (4,), (4, 1), (4, 3)])
def test_mean_and_sum(name, shape, weights):
    if weights and (len(weights) > len(shape) or any(w not in (1, s) for w, s in zip(weights, shape))):
        pytest.skip("weights do not broadcast")
    ours, theirs = make(name, {})
    for _ in range(2):
        values = rng.random(shape).astype("float32")
        weight = None if weights is None else rng.random(weights).astype("float32")
        ours.update_state(values, sample_weight=weight)
        theirs.update_state(values, sample_weight=weight)
    agree(ours.result(), theirs.result())


@pytest.mark.parametrize("weighted", [False, True])
def test_mask_on_the_predictions(weighted):
    from keras.src import backend

    from lamina import ops
    from lamina.ops._masks import set_mask

    y_true, y_pred, mask = (
        rng.random((4, 3, 2)),
        rng.random((4, 3, 2)).astype("float32"),
        rng.integers(0, 2, (4, 3)) > 0,
    )
    weight = np.linspace(1, 2, 12).reshape(4, 3) if weighted else None
    ours, theirs = make("MeanAbsoluteError", {})
    tensor, tracked = keras.ops.convert_to_tensor(y_pred), ops.convert_to_tensor(y_pred)
    backend.set_keras_mask(tensor, keras.ops.convert_to_tensor(mask))
    set_mask(tracked, mask)
    ours.update_state(y_true, tracked, sample_weight=weight)
    theirs.update_state(y_true, tensor, sample_weight=weight)
    agree(ours.result(), theirs.result())


@pytest.mark.parametrize(
    "name",
    [
        "binary_accuracy",
        "categorical_accuracy",
        "sparse_categorical_accuracy",
        "top_k_categorical_accuracy",
        "sparse_top_k_categorical_accuracy",
        "pearson_correlation",
        "concordance_correlation",
    ],
)
def test_function(name):
    case = next(c for c in CASES if c[0].lower() == name.replace("_", ""))
    agree(getattr(metrics, name)(case[2][0], case[3][0]), getattr(keras.metrics, name)(case[2][0], case[3][0]))


def test_names():
    for name in (
        "accuracy",
        "Accuracy",
        "mse",
        "MSE",
        "mean_squared_error",
        "auc",
        "AUC",
        "f1_score",
        "r2_score",
        "bce",
    ):
        assert type(metrics.get(name)).__name__ == type(keras.metrics.get(name)).__name__
        assert metrics.get(name).name == keras.metrics.get(name).name
