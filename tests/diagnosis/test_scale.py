"""Values out of scale: whose fault they are."""

import numpy as np
import pytest

import lamina
from lamina import layers

X = np.random.default_rng(0).normal(size=(300, 6)).astype("float32")
Y = X[:, 0] - X[:, 1]


def found(x, y, *front, loss="mse", **options):
    model = lamina.Sequential([lamina.Input(x.shape[1:]), *front, layers.Dense(16, activation="relu"), layers.Dense(1)])
    model.compile("adam", loss)
    return [
        (finding.rule, finding.layer and finding.layer.rpartition("/")[2])
        for finding in lamina.diagnose(model, x, y, **options)
    ]


def with_(x, value, column=2, every=25):
    changed = np.array(x)
    changed[::every, column] = value
    return changed


@pytest.mark.parametrize("value", [-999, 9999, -99, 999999, -32768])
def test_a_number_in_place_of_missing_ones(value):
    assert found(with_(X, value), Y) == [("placeholder-values", None)]
    assert found(with_(10 * X.round(), value).astype(int), Y) == [("placeholder-values", None)]


@pytest.mark.parametrize("x", [
    with_(X, -9, every=299),  # two rows
    with_(np.abs(X), 99, column=0, every=30) * np.array([0.02, *5 * [1]], "float32"),  # cut off, perhaps
    with_(np.abs(X), 0),
    np.concatenate([X[:, 1:], np.linspace(-99, 99, 300, dtype="float32")[:, None] / 33], axis=1),
])  # fmt: skip
def test_numbers_that_are_amounts(x):
    assert not found(x, Y)


def test_what_is_masked_is_known():
    series = np.random.default_rng(1).normal(size=(64, 10)).astype("float32")
    series[::2, 6:] = -999
    model = lamina.Sequential([
        lamina.Input((10,)), layers.Reshape((10, 1)), layers.Masking(-999.0), layers.LSTM(8), layers.Dense(1),
    ])  # fmt: skip
    model.compile("adam", "mse")
    assert "placeholder-values" not in [f.rule for f in lamina.diagnose(model, series, series[:, :1])]


def test_a_number_in_place_of_missing_targets():
    y = np.array(Y)
    y[::40] = -9999
    assert [rule for rule, _ in found(X, y)] == ["placeholder-values"]
    assert "placeholder-values" not in [rule for rule, _ in found(X, y, sample_weight=(y != -9999).astype("float32"))]
    assert [rule for rule, _ in found(X, 300 * Y)] == ["unscaled-target"]


def adapted(x, **options):
    norm = layers.Normalization(name="at", **options)
    norm.adapt(x)
    return norm


def test_a_normalization_that_did_not_see_the_data():
    assert found(50 * X + 400, Y, layers.Normalization(name="at")) == [("unnormalised-input", "at")]
    assert found(50 * X + 400, Y, adapted(X)) == [("unnormalised-input", "at")]
    assert not found(50 * X + 400, Y, adapted(50 * X + 400))
    assert not found(X, Y, layers.Normalization(name="at"))


def test_a_layer_that_brings_values_out_of_scale():
    images = np.random.default_rng(0).random((64, 8, 8, 1)).astype("float32")
    shift = layers.RandomBrightness(0.5, value_range=(0, 255), name="at")
    assert found(images, images.mean(axis=(1, 2, 3)), shift, layers.Flatten()) == [("unnormalised-input", "at")]
    assert found(X, Y, layers.GaussianNoise(25.0, name="at")) == [("unnormalised-input", "at")]
    assert not found(X, Y, layers.GaussianNoise(0.3, name="at"))
    assert found(100 * X, Y, layers.GaussianNoise(0.3, name="at"), layers.Dense(8, "relu", name="next"))[0][1] == "next"


def test_weights_that_are_computed_are_looked_at():
    model = lamina.Sequential([lamina.Input((6,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
    model.layers[0].enable_lora(2)
    model.compile(lamina.optimizers.Adam(1.0), "mse")
    assert [f.rule for f in lamina.diagnose(model, X, Y)] == ["learning-rate-high"]
