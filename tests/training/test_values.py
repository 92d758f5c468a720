"""What a model is given is never changed, and what it hands out does not change with what it does next."""

import numpy as np
import pytest

from lamina import GradientTape, callbacks, layers, ops, optimizers, tree
from lamina.models import Model, Sequential

EAGERLY = pytest.mark.parametrize("run_eagerly", [False, True])


class Writes(layers.Layer):
    """Writes as programs do: its output is (x / 2 + 1) · 2."""

    def call(self, x):
        x /= 2.0
        x += 1.0
        y = x
        y *= 2.0
        return y


def squared(y_true, y_pred):
    y_pred -= y_true
    y_pred *= y_pred
    return ops.mean(y_pred, axis=-1)


def model_of(run_eagerly, **kwargs):
    model = Sequential([layers.Input((3,)), Writes(), layers.Dense(2, kernel_initializer="ones")])
    model.compile(optimizers.SGD(0.01), squared, metrics=["mae", squared], run_eagerly=run_eagerly, **kwargs)
    return model


def locked(*shape):
    array = np.random.default_rng(len(shape)).normal(size=shape).astype("float32")
    array.flags.writeable = False
    return array


@EAGERLY
def test_arrays_given_to_a_model_stay_as_they_are(run_eagerly):
    model = model_of(run_eagerly)
    given = x, y, weights = locked(7, 3), locked(7, 2), np.abs(locked(7))
    before = [a.copy() for a in given]
    start = [np.copy(w) for w in model.get_weights()]
    for array in start:
        array.flags.writeable = False
    model.set_weights(start)
    model.fit(x, y, sample_weight=weights, batch_size=3, epochs=2, validation_data=(x, y), verbose=0)
    model.evaluate(x, y, sample_weight=weights, batch_size=3, verbose=0)
    model.predict(x, batch_size=3, verbose=0)
    model.train_on_batch(x, y, sample_weight=weights)
    model.test_on_batch(x, y)
    model.predict_on_batch(x)
    model(x, training=True)
    model.fit(((x[i : i + 2], y[i : i + 2]) for i in (0, 2, 4)), epochs=1, steps_per_epoch=3, verbose=0)
    for array, old in zip(given, before):
        np.testing.assert_array_equal(array, old)
    assert all(np.all(w == (1.0 if w.ndim == 2 else 0.0)) for w in start)


@EAGERLY
def test_what_a_step_computes_is_the_same_for_one_who_writes(run_eagerly):
    x, y = locked(6, 3), locked(6, 2)
    model = model_of(run_eagerly)
    wanted = (x / 2 + 1) * 2 @ np.ones((3, 2), "float32")
    np.testing.assert_allclose(model.predict(x, verbose=0), wanted, rtol=1e-5)
    loss = model.fit(x, y, batch_size=6, verbose=0).history["loss"][0]
    assert loss == pytest.approx(float(np.mean((wanted - y) ** 2)), rel=1e-5)


@EAGERLY
def test_results_are_the_callers_own(run_eagerly):
    model, x, y = model_of(run_eagerly), locked(6, 3), locked(6, 2)
    kept = [*model.get_weights(), model.predict(x, verbose=0), model.predict_on_batch(x)]
    kept += [w.numpy() for w in model.weights] + [ops.convert_to_numpy(model(x))]
    before = [a.copy() for a in kept]
    model.fit(x, y, verbose=0)
    model.predict(x + 1, verbose=0)
    model.predict_on_batch(x + 1)
    for array, old in zip(kept, before):
        np.testing.assert_array_equal(array, old)
    now = [w.numpy() for w in model.weights]
    outputs = model.predict(x, verbose=0)
    for array in (*kept, *model.get_weights()):
        assert type(array) is np.ndarray
        array += 1
    np.testing.assert_array_equal(model.predict(x, verbose=0), outputs)
    for weight, value in zip(model.weights, now):
        np.testing.assert_array_equal(weight.numpy(), value)


@EAGERLY
def test_a_model_that_hands_its_input_on_hands_out_a_copy(run_eagerly):
    inputs = layers.Input((3,))
    model = Model(inputs, [layers.Identity()(inputs), layers.Flatten()(inputs), inputs])
    model.compile("sgd", "mse", run_eagerly=run_eagerly)
    x = np.ones((2, 3), "float32")
    for results in (model.predict(x, verbose=0), model.predict_on_batch(x)):
        for result in results:
            result += 5
    np.testing.assert_array_equal(x, 1)
    called = model(x)
    x += 1
    for tensor in called:
        np.testing.assert_array_equal(np.asarray(tensor), 1)


class Old(Sequential):
    """Logs what its weight was before the step, and after."""

    def train_step(self, data):
        x, y = data
        weight = self.layers[-1].kernel
        old = weight.value
        with GradientTape() as tape:
            loss = 0.0
            loss += ops.mean(ops.square(y - self(x, training=True)))
            for extra in self.losses:
                loss += extra
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        return {"before": old, "after": weight.value, "loss": loss}


@EAGERLY
def test_logs_hold_the_values_of_their_step(run_eagerly):
    model = Old([layers.Input((3,)), layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(optimizers.SGD(0.1), "mse", run_eagerly=run_eagerly)
    x, y, w = locked(4, 3), np.zeros((4, 1), "float32"), np.ones((3, 1), "float32")
    history = model.fit(x, y, batch_size=4, epochs=3, verbose=0).history
    for before, after in zip(history["before"], history["after"], strict=True):
        np.testing.assert_allclose(before, w, rtol=1e-5)
        w = w - 0.1 * 2 * x.T @ (x @ w) / 4
        np.testing.assert_allclose(after, w, rtol=1e-4, atol=1e-6)


@EAGERLY
def test_what_callbacks_are_given_is_theirs(run_eagerly):
    seen = []

    class Watch(callbacks.Callback):
        def on_predict_batch_end(self, batch, logs=None):
            for output in tree.flatten(logs["outputs"]):
                seen.append(np.array(output))
                output += 1000.0

    model, x = model_of(run_eagerly), locked(6, 3)
    wanted = model.predict(x, batch_size=2, verbose=0)
    np.testing.assert_array_equal(model.predict(x, batch_size=2, verbose=0, callbacks=[Watch()]), wanted)
    np.testing.assert_array_equal(np.concatenate(seen), wanted)
