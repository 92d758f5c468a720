"""Logs have the very numbers that the metrics' results are."""

import numpy as np
import pytest

import lamina
from lamina import layers, metrics, ops

X = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
Y = (X[:, :1] > 0).astype("float32")


class Doubled(metrics.Mean):
    """A mean whose result is another."""

    def result(self):
        return 2 * super().result()


class Own(lamina.Sequential):
    """A model that tells its results itself."""

    def get_metrics_result(self):
        return {"own": 7.0}


def trained(model=None, **compiled):
    model = model or lamina.Sequential([lamina.Input((3,)), layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", **compiled)
    return model, model.fit(X, Y, epochs=1, batch_size=16, verbose=0).history


@pytest.mark.parametrize("metric", [
    "accuracy", metrics.AUC(), metrics.MeanSquaredError(), metrics.RootMeanSquaredError(), metrics.Precision(),
    metrics.F1Score(threshold=0.5), metrics.BinaryAccuracy(dtype="float64"),
])  # fmt: skip
def test_they_are_the_results(metric):
    model, history = trained(metrics=[metric])
    results = {name: ops.convert_to_numpy(value) for name, value in model.get_metrics_result().items()}
    assert set(results) == set(history) and len(history) == 2
    for name, values in history.items():
        assert np.array_equal(values[0], results[name])


@pytest.mark.parametrize("mean", [Doubled, metrics.Mean])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_mean_is_what_its_result_says(mean, dtype):
    metric = mean(dtype=dtype)
    assert float(metric._result_on_host()) == 0  # of nothing
    metric.update_state([1.0, 4.0, 5.0])
    assert float(metric._result_on_host()) == float(metric.result()) > 3
    metric.update_state([np.inf])
    assert float(metric._result_on_host()) == float(metric.result()) == np.inf


def test_a_model_may_tell_them_itself():
    assert trained(Own([lamina.Input((3,)), layers.Dense(1, activation="sigmoid")]))[1] == {"own": [7.0]}
