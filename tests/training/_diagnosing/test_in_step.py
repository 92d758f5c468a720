"""The first look in the program of the first step: the numbers are those of a pass, and nothing is traced or changed for it."""

import warnings

import numpy as np
import pytest

import lamina
from lamina import config, layers
from lamina.engines import engine
from lamina.training._diagnosing import _at, _pass

pytestmark = [
    pytest.mark.filterwarnings("ignore::lamina.diagnosis.DiagnosisWarning"),
    pytest.mark.skipif(not hasattr(engine, "recall"), reason="the engine keeps no traces"),
]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 4)).astype("float32")
Y = X[:, :1] - X[:, 1:2]


def net(*hidden, x=X):
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input(x.shape[1:]), *hidden, layers.Dense(1)])
    model.compile(lamina.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return model


@pytest.fixture
def looks(monkeypatch):
    """The looks that were made in steps."""
    found, original = [], _at.look_in_step
    monkeypatch.setattr(_at, "look_in_step", lambda *args: found.append(original(*args)) or found[-1])
    return found


@pytest.mark.parametrize("size", [64, 32, 16])
def test_the_numbers_are_those_of_a_pass(looks, size):
    model = net(layers.Dense(8, activation="relu", kernel_regularizer="l2"), layers.Dense(8, activation="tanh"))
    count = 64 // size  # of as many batches as there are the first gives the gradients
    rows = slice(0, 64, count)
    expected = _pass.look_once(_at.Network(model), (X[rows], Y[rows], None))
    whole = _pass.look_once(_at.Network(model), (X, Y, None))  # whose loss is that of all batches
    model.fit(X, Y, batch_size=size, verbose=0)
    (look,) = looks
    assert [c.path for c in look.calls] == [c.path for c in expected.calls]
    for call, same in zip(look.calls, expected.calls):
        assert len(call.outputs) == 64
        np.testing.assert_allclose(call.inputs[:size], same.inputs, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(call.outputs[:size], same.outputs, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(look.outputs[0][:size], expected.outputs[0], rtol=1e-5, atol=1e-6)
    assert [(path, v.path) for path, v, _ in look.gradients] == [(path, v.path) for path, v, _ in expected.gradients]
    for (*_, g), (*_, same) in zip(look.gradients, expected.gradients):
        np.testing.assert_allclose(g, same, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(look.penalty, expected.penalty, rtol=1e-5)
    np.testing.assert_allclose(look.total_loss, whole.total_loss, rtol=1e-5)


def test_of_sorted_data_each_batch_has_rows_from_everywhere(looks):
    labels = np.arange(64) // 32
    model = lamina.Sequential([lamina.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    model.fit(X + labels[:, None], labels, batch_size=16, verbose=0)
    (look,) = looks
    assert [set(part.tolist()) for part in np.split(look.truth.reshape(-1), 4)] == [{0, 1}] * 4


def test_nothing_is_traced_for_it():
    class Counting(layers.Dense):
        calls = 0

        def call(self, inputs):
            Counting.calls += 1
            return super().call(inputs)

    counts = []
    config.set_diagnosis("warn", ["samples-mixed"])  # which asks models with layers of one's own a few rows
    try:
        for mode in ("off", "warn"):
            model = net(Counting(8, activation="relu"))
            Counting.calls = 0
            model.fit(X, Y, batch_size=32, epochs=2, verbose=0, diagnose=mode)
            counts.append(Counting.calls)
    finally:
        config.set_diagnosis("warn")
    assert counts[0] == counts[1] > 0


def test_the_training_is_the_same():
    def weights(mode):
        lamina.utils.set_random_seed(0)  # the layers draw their seeds before `net` is called
        model = net(layers.Dense(8, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.3))
        model.fit(X, Y, batch_size=16, epochs=3, verbose=0, diagnose=mode)
        return model.get_weights()

    for with_it, without in zip(weights("warn"), weights("off"), strict=True):
        np.testing.assert_array_equal(with_it, without)


def test_a_batch_without_gradient_by_chance_is_not_all_that_is_looked_at(looks):
    x = np.where(np.arange(64)[:, None] < 16, -1.0, np.abs(X) + 0.1).astype("float32")
    model = net(layers.Dense(8, activation="relu", kernel_initializer=lamina.initializers.RandomUniform(0.1, 0.9)), x=x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(x, Y, batch_size=16, shuffle=False, verbose=0)
    (look,) = looks
    assert np.any(look.gradients[0][2])


def test_a_callback_may_still_change_the_model_before_its_step_is_traced(looks):
    class Scaling(layers.Layer):
        factor = 1.0

        def call(self, inputs):
            return inputs * self.factor

    class Change(lamina.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.model.layers[0].factor = 0.0

    model = net(Scaling())
    model.fit(X, Y, verbose=0, callbacks=[Change()])
    assert looks == [None]
    np.testing.assert_array_equal(model.layers[-1].kernel.numpy(), net(Scaling()).layers[-1].kernel.numpy())


def test_small_batches_and_steps_of_ones_own_have_a_pass(looks):
    class Own(lamina.Sequential):
        def train_step(self, data):
            return super().train_step(data)

    net(layers.Dense(8, activation="relu")).fit(X, Y, batch_size=4, verbose=0)
    assert looks == [None]
    model = Own([lamina.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    assert len(looks) == 1  # not asked for


def test_what_cannot_be_recalled_is_looked_at_in_a_pass(looks, monkeypatch):
    monkeypatch.setattr(engine, "recall", lambda *args: 1 / 0)
    passes, original = [], _at.look_once
    monkeypatch.setattr(_at, "look_once", lambda *args: passes.append(1) or original(*args))
    net(layers.Dense(8, activation="relu")).fit(X, Y, verbose=0)
    assert passes == [1]
