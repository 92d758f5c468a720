"""Metrics from their definitions, and the contract that each keeps: config, name, trace, state."""

import numpy as np
import pytest

from lamina import metrics, ops
from lamina.engines import engine
from lamina.variables import Variable

ARGUMENTS = {
    "MeanMetricWrapper": {"fn": metrics.mean_squared_error},
    "IoU": {"num_classes": 5, "target_class_ids": [0, 3]},
    "MeanIoU": {"num_classes": 5},
    "OneHotIoU": {"num_classes": 5, "target_class_ids": [1]},
    "OneHotMeanIoU": {"num_classes": 5},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "AUC": {"num_thresholds": 20},
}
CLASSES = sorted(
    name
    for name, thing in ((n, getattr(metrics, n)) for n in metrics.__all__)
    if isinstance(thing, type) and issubclass(thing, metrics.Metric) and name != "Metric"
)
rng = np.random.default_rng(0)


def make(name):
    return getattr(metrics, name)(**ARGUMENTS.get(name, {}))


def inputs(name):
    pred = rng.random((6, 5)).astype("float32")
    pred /= pred.sum(1, keepdims=True)
    if name in ("Mean", "Sum"):
        return (pred,)
    if name == "BinaryIoU":
        return rng.integers(0, 2, 6), pred[:, 0]
    if name in ("IoU", "MeanIoU"):
        return rng.integers(0, 5, 6), rng.integers(0, 5, 6)
    if name.startswith("Sparse"):
        return rng.integers(0, 5, 6), pred
    return np.eye(5, dtype="float32")[rng.integers(0, 5, 6)], pred


@pytest.mark.parametrize("name", CLASSES)
def test_config_round_trip(name):
    metric = make(name)
    config = metrics.serialize(metric)
    assert (config["module"], config["class_name"]) == ("keras.metrics", name)
    back = metrics.deserialize(config)
    assert type(back) is type(metric)
    assert back.get_config() == metric.get_config()


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("weighted", [False, True])
def test_compiled_update_equals_eager(name, weighted):
    metric, arguments = make(name), inputs(name)
    if weighted:
        weights = rng.integers(1, 3, 6)
        arguments = (*arguments, weights if "IoU" in name else weights.astype("float32"))
    metric.update_state(*arguments)
    expected = np.asarray(metric.result())
    metric.reset_state()
    start = [v.numpy() for v in metric.variables]
    assert all(not value.any() for value in start)
    state = engine.compile(lambda s, *a: metric.stateless_update_state(s, *a))(start, *arguments)
    result = engine.compile(lambda s: metric.stateless_result(s))(state)
    np.testing.assert_allclose(result, expected, rtol=2e-6, atol=1e-6)
    assert all(not v.numpy().any() for v in metric.variables)
    assert [np.asarray(s).dtype for s in state] == [v.numpy().dtype for v in metric.variables]
    assert all(not np.asarray(s).any() for s in metric.stateless_reset_state())


def test_definitions():
    t, p = np.array([0, 0, 1, 1]), np.array([0.1, 0.6, 0.4, 0.9], "float32")
    expected = {
        metrics.TruePositives(): 1,
        metrics.FalsePositives(): 1,
        metrics.TrueNegatives(): 1,
        metrics.FalseNegatives(): 1,
        metrics.Precision(): 0.5,
        metrics.Recall(): 0.5,
        metrics.AUC(): 0.75,
        metrics.BinaryAccuracy(): 0.5,
        metrics.RootMeanSquaredError(): np.sqrt(np.mean((t - p) ** 2)),
        metrics.Recall(thresholds=0.2): 1.0,
    }
    for metric, value in expected.items():
        assert float(metric(t, p)) == pytest.approx(value, abs=1e-6), metric


def test_auc_is_the_chance_of_right_order():
    t, p = rng.integers(0, 2, 200), np.round(rng.random(200), 2).astype("float32")
    pairs = p[t == 1][:, None] - p[t == 0][None, :]
    exact = np.mean(pairs > 0) + 0.5 * np.mean(pairs == 0)
    assert float(metrics.AUC(num_thresholds=1000)(t, p)) == pytest.approx(exact, abs=2e-3)


def test_mean_accumulates():
    mean = metrics.Mean()
    mean.update_state([1.0, 3.0])
    mean.update_state(5.0)
    assert float(mean.result()) == 3.0
    mean.update_state([10.0], sample_weight=[3.0])
    assert float(mean.result()) == 6.5
    mean.reset_state()
    assert float(mean.result()) == 0.0


@pytest.mark.parametrize("name", CLASSES)
def test_a_result_stays_what_it_was(name):
    metric = make(name)
    result = metric(*inputs(name))
    before = ops.convert_to_numpy(result).copy()
    metric.update_state(*inputs(name))
    np.testing.assert_array_equal(result, before)
    assert isinstance(result.numpy(), np.ndarray)


def test_own_metric_keeps_its_variables():
    class Largest(metrics.Metric):
        def __init__(self, name="largest", **kwargs):
            super().__init__(name=name, **kwargs)
            self.value = self.add_weight(name="value", initializer="zeros")
            self.inner = [metrics.Mean()]
            self.other = Variable(np.zeros(2, "float32"))

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.value.assign(ops.maximum(self.value, ops.max(y_pred)))

        def result(self):
            return self.value.value

    metric = Largest()
    assert float(metric(None, np.array([1.0, 4.0], "float32"))) == 4.0
    assert metric.variables[0].path == "largest/value"
    assert len(metric.variables) == 4


def test_forgotten_super_is_told():
    class Bad(metrics.Metric):
        def __init__(self):
            self.value = Variable(0.0)

    with pytest.raises(RuntimeError, match="super"):
        Bad()


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("acc", "Accuracy"),
        ("accuracy", "Accuracy"),
        ("mse", "MeanSquaredError"),
        ("auc", "AUC"),
        ("f1_score", "F1Score"),
        ("AUC", "AUC"),
        ("top_k_categorical_accuracy", "TopKCategoricalAccuracy"),
        ("r2_score", "R2Score"),
    ],
)
def test_names(name, cls):
    assert type(metrics.get(name)) is getattr(metrics, cls)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: metrics.get("accurracy"), ["accurracy", "accuracy"]),
        (lambda: metrics.Precision(thresholds=[0.5, 2]), ["Precision", "thresholds", "2"]),
        (lambda: metrics.AUC(curve="ROK"), ["AUC", "curve", "'ROK'"]),
        (lambda: metrics.AUC(num_thresholds=1), ["num_thresholds", "1"]),
        (lambda: metrics.PrecisionAtRecall(1.5), ["recall", "1.5"]),
        (lambda: metrics.IoU(3, [3]), ["target_class_ids", "3"]),
        (lambda: metrics.FBetaScore(beta=0.0), ["beta", "0.0"]),
        (lambda: metrics.F1Score()(np.zeros(3), np.zeros(3)), ["F1Score", "(batch, classes)", "(3,)"]),
        (lambda: metrics.Mean().stateless_result([1.0]), ["Mean", "2", "1"]),
        (lambda: metrics.Precision(class_id=1)(np.zeros(3), np.zeros(3)), ["class_id=1"]),
    ],
)
def test_mistakes_are_named(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize("name", CLASSES)
def test_a_metric_leaves_what_it_is_given_and_its_results_stay(name):
    metric, given = make(name), [np.array(x) for x in inputs(name)]
    before = [x.copy() for x in given]
    for array in given:
        array.flags.writeable = False
    metric.update_state(*given)
    result = metric.result()
    kept = np.asarray(result).copy()
    for array, old in zip(given, before):
        np.testing.assert_array_equal(array, old)
    metric.update_state(*given)
    metric.reset_state()
    np.testing.assert_array_equal(np.asarray(result), kept)


def test_a_metric_of_ones_own_may_write_as_it_likes():
    class Largest(metrics.Metric):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.largest = self.add_weight(name="largest", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            y_pred -= y_true
            self.largest.assign(ops.maximum(self.largest, ops.max(y_pred)))

        def result(self):
            return self.largest.value

    metric, y_true, y_pred = Largest(), np.ones(3, "float32"), np.full(3, 3.0, "float32")
    metric.update_state(y_true, y_pred)
    first = metric.result()
    metric.update_state(y_true, y_pred * 2)
    np.testing.assert_array_equal(y_pred, 3.0)
    assert (float(first), float(metric.result())) == (2.0, 5.0)
