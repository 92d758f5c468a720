"""Steps written as functions of the state."""

import numpy as np
import pytest

import lamina
from lamina import layers

X = np.random.default_rng(0).normal(size=(20, 4)).astype("float32")
Y = X[:, :3] + 1


def made(cls):
    lamina.utils.set_random_seed(0)
    inputs = lamina.Input((4,))
    model = cls(inputs, layers.BatchNormalization()(layers.Dense(3, use_bias=False)(inputs)))
    model.compile("adam", "mse", metrics=["mae"])
    return model


class Counting(lamina.Model):
    def train_step(self, state, data):
        logs, state = super().train_step(state, data)
        assert len(state) == 4
        return {**logs, "own": 10.0}, state

    def test_step(self, state, data):
        logs, state = super().test_step(state, data)
        assert len(state) == 3
        return {**logs, "own": 5.0}, state

    def predict_step(self, state, data):
        outputs, state = super().predict_step(state, data)
        return outputs + 1.0, state


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_steps_on_the_state_do_what_steps_on_data_do(run_eagerly):
    plain, own = made(lamina.Model), made(Counting)
    own.run_eagerly = run_eagerly
    logs = own.fit(X, Y, epochs=2, batch_size=8, shuffle=False, verbose=0).history
    expected = plain.fit(X, Y, epochs=2, batch_size=8, shuffle=False, verbose=0).history
    np.testing.assert_allclose(logs["loss"], expected["loss"], rtol=1e-5)
    assert logs["own"] == [10.0, 10.0]
    for a, b in zip(own.get_weights(), plain.get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    assert own.evaluate(X, Y, verbose=0)[-1] == 5.0
    np.testing.assert_allclose(own.predict(X, verbose=0), plain.predict(X, verbose=0) + 1, rtol=1e-4, atol=1e-6)


def test_a_step_called_with_a_state_leaves_the_model_as_it_is():
    model = made(lamina.Model)
    model.train_on_batch(X, Y)
    before = model.get_weights()
    state = [[v.__tensor__() for v in group] for group in (
        model.trainable_variables, model.non_trainable_variables, model.optimizer.variables, model.metrics_variables
    )]  # fmt: skip
    logs, (trainable, *_) = model.train_step(state, (X, Y))
    assert "mae" in logs
    for a, b in zip(model.get_weights(), before):
        np.testing.assert_array_equal(a, b)
    assert np.any(np.asarray(trainable[0]) != before[0])
