"""Moving averages that have not come to what they average; and such that have, or that nobody misses."""

import warnings

import numpy as np
import pytest

import lamina
from lamina import layers, optimizers
from lamina.engines import engine

pytestmark = pytest.mark.skipif(engine.COSTLY_TRACES, reason="a trained network is not looked at")
RNG = np.random.default_rng(0)
PICTURES = (RNG.normal(size=(256, 8, 8, 3)) * [0.2, 0.5, 3.0] + [0.0, 2.0, 5.0]).astype("float32")
CLASSES = (PICTURES[:, :4, :, 2].mean(axis=(1, 2)) > PICTURES[:, 4:, :, 2].mean(axis=(1, 2))).astype("int32")
X = RNG.normal(size=(256, 8)).astype("float32")


def convolution(**normalisation):
    return lamina.Sequential(
        [
            lamina.Input((8, 8, 3)), layers.BatchNormalization(name="first", **normalisation),
            layers.Conv2D(8, 3, activation="relu"), layers.BatchNormalization(name="second", **normalisation),
            layers.Flatten(), layers.Dropout(0.2), layers.Dense(2, activation="softmax"),
        ]
    )  # fmt: skip


def _statistics(pictures):
    return pictures.mean(axis=(0, 1, 2)), pictures.var(axis=(0, 1, 2))


def said(model, x, y, loss="mse", optimizer=None, epochs=10, callbacks=()):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.compile(optimizer or optimizers.Adam(0.003), loss)
        model.fit(x, y, epochs=epochs, verbose=0, diagnose="warn", callbacks=list(callbacks))
    return [w.message.finding for w in caught if hasattr(w.message, "finding")]


def perceptron():
    lamina.utils.set_random_seed(0)
    return lamina.Sequential([lamina.Input((8,)), layers.Dense(32, activation="tanh"), layers.Dense(1)])


def test_statistics_of_pictures_that_have_hardly_moved():
    lamina.utils.set_random_seed(0)
    model = convolution(momentum=0.9995)
    model.get_layer("second").momentum = 0.9
    before = [np.array(v.numpy()) for v in model.non_trainable_variables if "moving" in v.path]
    (finding,) = said(model, PICTURES, CLASSES, "sparse_categorical_crossentropy")
    assert (finding.rule, finding.layer) == ("moving-statistics-cold", model.get_layer("first").path)
    assert finding.evidence["steps"] == 80 and finding.evidence["kept"] == pytest.approx(0.9995**80)
    assert finding.fix.startswith("BatchNormalization(momentum=0.9)")
    # The look has left the averages where 80 steps brought them.
    after = [v.numpy() for v in model.non_trainable_variables if "moving" in v.path]
    kept = 0.9995**80
    mean, variance = (kept * old + (1 - kept) * new for old, new in zip(before, _statistics(PICTURES)))
    np.testing.assert_allclose(after[0], mean, rtol=0.05, atol=0.01)
    np.testing.assert_allclose(after[1], variance, rtol=0.05, atol=0.01)


@pytest.mark.parametrize("momentum, epochs", [(0.9, 10), (0.99, 60)])
def test_statistics_that_are_warmed_up(momentum, epochs):
    lamina.utils.set_random_seed(0)
    model = convolution(momentum=momentum)
    assert not said(model, PICTURES, CLASSES, "sparse_categorical_crossentropy", epochs=epochs)


def test_statistics_that_hold_from_the_start():
    """Of inputs that have mean 0 and variance 1 the averages are right before the first step."""
    lamina.utils.set_random_seed(0)
    chain = (layers.BatchNormalization(momentum=0.9999), layers.Dense(16, activation="relu"), layers.Dense(1))
    model = lamina.Sequential([lamina.Input((8,)), *chain])
    assert not said(model, X, X[:, :1] - X[:, 1:2])


def test_statistics_of_a_frozen_layer_and_of_one_that_was_trained_before():
    lamina.utils.set_random_seed(0)
    model = convolution(momentum=0.9)
    assert not said(model, PICTURES, CLASSES, "sparse_categorical_crossentropy")
    for layer in model.layers:
        layer.momentum = 0.9999
    assert not said(model, PICTURES, CLASSES, "sparse_categorical_crossentropy", epochs=3)
    model = convolution(momentum=0.9995)
    model.get_layer("first").trainable = model.get_layer("second").trainable = False
    assert not said(model, PICTURES, CLASSES, "sparse_categorical_crossentropy", epochs=20)


def test_an_epoch_alone_may_be_one_of_many_fits():
    lamina.utils.set_random_seed(0)
    assert not said(convolution(momentum=0.9995), PICTURES, CLASSES, "sparse_categorical_crossentropy", epochs=1)


Y = X[:, :1] - X[:, 1:2]


@pytest.mark.parametrize("swaps", [False, True])
def test_weights_that_are_averages_of_the_first_ones(swaps):
    ema = optimizers.Adam(0.01, use_ema=True, ema_momentum=0.999)
    callbacks = [lamina.callbacks.SwapEMAWeights(swap_on_epoch=True)] if swaps else []
    (finding,) = said(perceptron(), X, Y, optimizer=ema, callbacks=callbacks)
    assert finding.rule == "average-weights-cold" and "ema_momentum=0.999," in finding.message
    assert finding.evidence["averaged"] > 20 * finding.evidence["trained"]


@pytest.mark.parametrize(
    "options", [{"ema_momentum": 0.9}, {"ema_momentum": 0.5, "ema_overwrite_frequency": 5}, {"ema_momentum": 0.99}]
)
def test_averages_that_follow_the_weights(options):
    ema = optimizers.SGD(0.1, use_ema=True, **options)
    assert not said(perceptron(), X, Y, optimizer=ema, epochs=10)


def test_weights_that_are_set_back_to_averages_too_soon():
    ema = optimizers.Adam(0.001, use_ema=True, ema_momentum=0.999, ema_overwrite_frequency=5)
    (finding,) = said(perceptron(), X, Y, optimizer=ema, epochs=20)
    assert finding.rule == "average-weights-cold" and finding.evidence["pace"] == pytest.approx(0.003, rel=0.01)
    assert "ema_overwrite_frequency=5" in finding.message
