"""`compiled_loss` and `compiled_metrics` in a `train_step` of TensorFlow 2.2 to 2.15."""

import numpy as np
import pytest

import lamina
from lamina import GradientTape, layers


class Custom(lamina.Model):
    def train_step(self, data):
        x, y = data
        with GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compiled_loss(y, y_pred, regularization_losses=self.losses)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.compiled_metrics.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


def made(kind):
    lamina.utils.set_random_seed(0)
    inputs = layers.Input((4,))
    model = kind(inputs, layers.Dense(1, kernel_regularizer="l2")(inputs))
    model.compile("sgd", "mse", metrics=["mae"])
    return model


def test_the_step_is_the_built_in_one():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 4)).astype("float32"), rng.normal(size=(20, 1)).astype("float32")
    plain, custom = made(lamina.Model), made(Custom)
    want = plain.fit(x, y, epochs=3, batch_size=8, shuffle=False, verbose=0).history
    found = custom.fit(x, y, epochs=3, batch_size=8, shuffle=False, verbose=0).history
    assert set(found) == {"loss", "mae"}
    for name in want:
        np.testing.assert_allclose(found[name], want[name], rtol=1e-4)
    np.testing.assert_allclose(custom.get_weights()[0], plain.get_weights()[0], rtol=1e-4, atol=1e-6)


def test_what_they_hold_and_reset():
    model, x = made(Custom), np.ones((4, 4), "float32")
    model.fit(x, np.ones((4, 1)), verbose=0)
    assert [m.name for m in model.compiled_loss.metrics] == ["loss"]
    assert [m.name for m in model.compiled_metrics.metrics] == ["mae"]
    assert float(model.compiled_metrics.metrics[0].result()) > 0
    model.compiled_metrics.reset_states()
    model.compiled_loss.reset_state()
    assert [float(m.result()) for m in model.metrics] == [0.0, 0.0]


def test_without_any_loss():
    model = made(lamina.Model)
    model.compile("sgd")
    assert model.compiled_metrics.metrics == []
    with pytest.raises(ValueError, match="compiled_loss: there is no loss"):
        model.compiled_loss(np.ones((2, 1)), np.ones((2, 1)))
