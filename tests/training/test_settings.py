"""Numbers of layers that change between two batches, epochs or fits."""

import numpy as np
import pytest

import lamina
from lamina import layers

X = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")


class Sets(lamina.callbacks.Callback):
    """Sets attributes of the layer at a batch of the second epoch or at its beginning."""

    def __init__(self, by_batch, **values):
        super().__init__()
        self.by_batch, self.values = by_batch, values
        if by_batch:
            self.on_train_batch_begin = lambda batch, logs=None: self.set(batch == 2)

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        self.set(not self.by_batch)

    def set(self, is_due):
        if is_due and self.epoch == 1:
            for name, value in self.values.items():
                setattr(self.model.layers[0], name, value)


def trained(layer, epochs=2, **options):
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((3,)), layer, layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=options.pop("run_eagerly", False))
    model.fit(X, X[:, :1], batch_size=8, epochs=epochs, verbose=0, **options)
    return model


@pytest.mark.parametrize("by_batch", [False, True])
@pytest.mark.parametrize(
    "make, values",
    [
        (lambda: layers.BatchNormalization(), {"momentum": 0.5}),
        (lambda: layers.BatchNormalization(), {"epsilon": 1.0}),
        (lambda: layers.LeakyReLU(), {"negative_slope": 0.9}),
        (lambda: layers.Dropout(0.5, seed=1), {"rate": 0.1}),
        (lambda: layers.GaussianNoise(0.1, seed=1), {"stddev": 1.0}),
        (lambda: layers.LayerNormalization(), {"epsilon": 2}),
    ],
    ids=["momentum", "epsilon", "slope", "rate", "stddev", "int"],
)
def test_steps_run_with_the_number_that_was_set(make, values, by_batch):
    changed = trained(make(), callbacks=[Sets(by_batch, **values)])
    eager = trained(make(), callbacks=[Sets(by_batch, **values)], run_eagerly=True)
    unchanged = trained(make())
    for got, wanted in zip(changed.get_weights(), eager.get_weights()):
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-6)
    assert any(np.abs(a - b).max() > 1e-4 for a, b in zip(changed.get_weights(), unchanged.get_weights()))


def test_what_is_predicted_and_evaluated_follows_too():
    model = trained(layers.LeakyReLU(0.2))
    dense = model.layers[-1]
    for slope in (0.2, 0.7, 0.2):
        model.layers[0].negative_slope = slope
        wanted = np.where(X > 0, X, slope * X) @ dense.kernel.numpy() + dense.bias.numpy()
        np.testing.assert_allclose(model.predict(X, verbose=0), wanted, rtol=1e-5, atol=1e-6)
        loss = model.evaluate(X, X[:, :1], verbose=0)
        assert loss == pytest.approx(np.square(wanted - X[:, :1]).mean(), rel=1e-5)


def test_a_number_set_to_what_it_was_traces_nothing_again():
    traces = []

    class Counted(layers.Layer):
        def call(self, x):
            traces.append(1)
            self.calls = len(traces)  # of a user's layer: may count
            return x

    counted, plain = Counted(), layers.LeakyReLU(0.2)
    model = lamina.Sequential([lamina.Input((3,)), counted, plain, layers.Dense(1)])
    model.predict(X, verbose=0)
    before = len(traces)
    for _ in range(3):
        counted.calls = 0
        plain.negative_slope, plain.negative_slope = 0.3, 0.2
        model.predict(X, verbose=0)
    assert len(traces) == before
    plain.negative_slope = 0.3
    model.predict(X, verbose=0)
    assert len(traces) > before
