"""Losses and metrics that refer to symbolic tensors of the model."""

import functools

import numpy as np
import pytest

import lamina
from lamina import layers, ops
from lamina.layers import Dense, Input
from lamina.models import Model

rng = np.random.default_rng(0)
x, w = rng.normal(size=(9, 3)).astype("float32"), rng.random((9, 2)).astype("float32")
y = rng.normal(size=(9, 2)).astype("float32")
WEIGHT = Input((2,), name="weight")


def by_global(y_true, y_pred):
    return ops.mean(WEIGHT * ops.square(y_true - y_pred), axis=-1)


def weighted(weight, y_true, y_pred):
    return ops.mean(weight * ops.square(y_true - y_pred), axis=-1)


class Weighted(lamina.losses.Loss):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight

    def call(self, y_true, y_pred):
        return weighted(self.weight, y_true, y_pred)


WAYS = {
    "closure": lambda t: lambda y_true, y_pred: weighted(t, y_true, y_pred),
    "global": lambda t: by_global,
    "partial": lambda t: functools.partial(weighted, t),
    "an object": Weighted,
    "in a list": lambda t: lambda y_true, y_pred, _all=[t]: weighted(_all[0], y_true, y_pred),
}


def make():
    inputs = Input((3,))
    return Model([inputs, WEIGHT], Dense(2)(inputs))


@pytest.mark.parametrize("run_eagerly", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_a_weight_map_that_is_an_input(way, run_eagerly):
    model = make()
    model.compile(lamina.optimizers.SGD(0.1), WAYS[way](WEIGHT), run_eagerly=run_eagerly)
    error = model.predict([x, w], verbose=0) - y
    expected, kernel = np.mean(w * error**2), model.get_weights()[0]
    assert model.evaluate([x, w], y, batch_size=9, verbose=0) == pytest.approx(expected, rel=1e-5)
    assert model.train_on_batch([x, w], y) == pytest.approx(expected, rel=1e-5)
    step = x.T @ (2 * w * error / error.size)
    np.testing.assert_allclose(model.get_weights()[0], kernel - 0.1 * step, rtol=1e-4, atol=1e-6)
    assert len(model.fit([x, w], y, batch_size=4, epochs=2, verbose=0).history["loss"]) == 2


def test_tensors_of_hidden_layers_and_metrics():
    inputs = Input((3,))
    hidden = Dense(4, name="hidden")(inputs)
    model = Model(inputs, Dense(2)(layers.Dropout(0.5)(hidden)))
    size = ops.mean(ops.abs(hidden), axis=-1)

    def loss(y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1) + size

    def activity(y_true, y_pred):
        return size

    model.compile("sgd", loss, metrics=[activity])
    kernel = model.get_layer("hidden").kernel.numpy()
    expected = np.mean(np.abs(x @ kernel))
    logs = model.evaluate(x, y, verbose=0, return_dict=True)
    assert logs["activity"] == pytest.approx(expected, rel=1e-5)
    assert logs["loss"] == pytest.approx(np.mean((model.predict(x, verbose=0) - y) ** 2) + expected, rel=1e-5)
    assert model.train_on_batch(x, y, return_dict=True)["activity"] == pytest.approx(expected, rel=1e-5)


def test_compiled_again_without_it():
    model = make()
    model.compile("sgd", by_global)
    model.compile("sgd", "mse")
    expected = np.mean((model.predict([x, w], verbose=0) - y) ** 2)
    assert model.evaluate([x, w], y, verbose=0) == pytest.approx(expected, rel=1e-5)


def test_tensors_of_another_model_are_refused():
    inputs = Input((3,))
    for model, message in (
        (Model(inputs, Dense(2)(inputs)), "must be made from the inputs of this model"),
        (lamina.Sequential([Input((3,)), Dense(2)]), r"Model\(inputs, outputs\)"),
    ):
        with pytest.raises(ValueError, match=message):
            model.compile("sgd", by_global)
    other = Dense(1, name="outside")(inputs)
    with pytest.raises(ValueError, match="needs the layer 'outside'"):
        Model(inputs, Dense(2)(inputs)).compile("sgd", lambda t, p: ops.mean(other) + ops.mean(t - p))
