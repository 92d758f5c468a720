"""SwapEMAWeights: evaluation with the averages of the weights."""

import numpy as np
import pytest

from lamina import callbacks, layers, ops, optimizers
from lamina.models import Sequential, load_model

X = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
Y = X @ np.array([[1.0], [2.0], [-1.0]], "float32")


def make(optimizer):
    model = Sequential([layers.Input((3,)), layers.Dense(1, kernel_initializer="ones")])
    model.compile(optimizer, "mse")
    return model


class Kernels(callbacks.Callback):
    """Notes the kernel at several moments."""

    def __init__(self):
        super().__init__()
        self.seen = {}

    def note(self, when):
        self.seen[when] = ops.convert_to_numpy(self.model.layers[0].kernel).ravel().copy()

    def on_epoch_begin(self, epoch, logs=None):
        self.note(f"begin {epoch}")

    def on_epoch_end(self, epoch, logs=None):
        self.note(f"end {epoch}")

    def on_test_begin(self, logs=None):
        self.note("test")


def averages_by_hand(momentum, epochs, rate=0.1):
    """Weights and their averages after each step of plain gradient descent on the whole of the data."""
    w, b = np.ones((3, 1)), np.zeros(1)
    average, history = None, []
    for _ in range(epochs):
        error = X @ w + b - Y
        w, b = w - rate * 2 * X.T @ error / len(X), b - rate * 2 * error.mean(0)
        average = w if average is None else momentum * average + (1 - momentum) * w
        history.append((w.ravel(), average.ravel()))
    return history


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_what_is_in_the_model_when(swap_on_epoch):
    model, noted = make(optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)), Kernels()
    swap = callbacks.SwapEMAWeights(swap_on_epoch=swap_on_epoch)
    history = model.fit(
        X, Y, batch_size=16, epochs=3, validation_data=(X, Y), verbose=0, callbacks=[swap, noted], shuffle=False
    )
    (w1, _), (w2, a2), (_, a3) = averages_by_hand(0.5, 3)
    np.testing.assert_allclose(noted.seen["begin 1"], w1, rtol=1e-4)
    np.testing.assert_allclose(noted.seen["end 1"], a2 if swap_on_epoch else w2, rtol=1e-4)
    np.testing.assert_allclose(noted.seen["test"], a3, rtol=1e-4)
    np.testing.assert_allclose(model.layers[0].kernel.numpy().ravel(), a3, rtol=1e-4)
    model.compile("sgd", "mse")
    np.testing.assert_allclose(model.evaluate(X, Y, verbose=0), history.history["val_loss"][-1], rtol=1e-4)


def test_checkpoints_hold_the_averages(tmp_path):
    model = make(optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5))
    saving = callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras")
    model.fit(X, Y, batch_size=16, epochs=2, verbose=0, callbacks=[callbacks.SwapEMAWeights(True), saving])
    for epoch, (_, average) in enumerate(averages_by_hand(0.5, 2), 1):
        kernel = load_model(tmp_path / f"{epoch}.keras").layers[0].kernel
        np.testing.assert_allclose(kernel.numpy().ravel(), average, rtol=1e-4)


def test_predict_uses_the_averages():
    model = make(optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5))
    model.train_on_batch(X, Y)
    model.train_on_batch(X, Y)
    (_, _), (w, average) = averages_by_hand(0.5, 2)
    b = model.layers[0].bias.numpy()
    plain = model.predict(X, verbose=0)
    np.testing.assert_allclose(plain, X @ w[:, None] + b, rtol=1e-3, atol=1e-4)
    averaged = model.predict(X, verbose=0, callbacks=[callbacks.SwapEMAWeights()])
    assert np.abs(averaged - plain).max() > 0.01
    assert np.abs((averaged - X @ average[:, None]) - (averaged - X @ average[:, None])[0]).max() < 1e-3
    np.testing.assert_allclose(model.predict(X, verbose=0), plain)


def test_inner_optimizers_are_found():
    inner = optimizers.SGD(0.1, use_ema=True)
    model = make(optimizers.LossScaleOptimizer(inner))
    model.fit(X, Y, verbose=0, validation_data=(X, Y), callbacks=[callbacks.SwapEMAWeights()])
    chosen = optimizers.OptimizerMap(optimizers.SGD(0.1), {".*bias": optimizers.SGD(0.1, use_ema=True)})
    model = make(optimizers.MultiOptimizer(chosen))
    model.fit(X, Y, verbose=0, validation_data=(X, Y), callbacks=[callbacks.SwapEMAWeights()])


def test_an_optimizer_without_averages_is_an_error():
    with pytest.raises(ValueError, match="keeps no averages; make it with use_ema=True"):
        make("sgd").fit(X, Y, verbose=0, validation_data=(X, Y), callbacks=[callbacks.SwapEMAWeights()])
