"""Batch renormalisation, from its definition."""

import numpy as np
import pytest

from lamina import initializers, layers

X = np.random.default_rng(0).normal(1.0, 2.0, (8, 3)).astype("float32")
CLIPPED = {"rmin": 0.9, "rmax": 1.1, "dmax": 0.2}


def renormalised(x, epsilon, state, limits):
    mean, stddev = x.mean(0), np.sqrt(x.var(0) + epsilon)
    known_mean, known_stddev, gamma, beta = state
    r = np.clip(stddev / known_stddev, limits.get("rmin", 0), limits.get("rmax", np.inf))
    d = np.clip((mean - known_mean) / known_stddev, -limits.get("dmax", np.inf), limits.get("dmax", np.inf))
    return ((x - mean) / stddev * r + d) * gamma + beta


@pytest.mark.parametrize("limits", [{}, CLIPPED])
def test_training_normalises_towards_the_averages(limits):
    layer = layers.BatchNormalization(renorm=True, renorm_clipping=limits, momentum=0.9, renorm_momentum=0.8)
    layer.build((None, 3))
    state = [np.array(v, "float32") for v in ([0.5, 1.0, 1.5], [2.0, 1.0, 3.0], [1.0, 2.0, 0.5], [0.1, 0.0, -0.1])]
    for variable, value in zip((layer.renorm_mean, layer.renorm_stddev, layer.gamma, layer.beta), state):
        variable.assign(value)
    np.testing.assert_allclose(layer(X, training=True), renormalised(X, 1e-3, state, limits), rtol=1e-4, atol=1e-5)
    mean, stddev = X.mean(0), np.sqrt(X.var(0) + 1e-3)
    np.testing.assert_allclose(layer.renorm_mean, 0.8 * state[0] + 0.2 * mean, rtol=1e-5)
    np.testing.assert_allclose(layer.renorm_stddev, 0.8 * state[1] + 0.2 * stddev, rtol=1e-5)
    np.testing.assert_allclose(layer.moving_mean, 0.1 * mean, rtol=1e-4)
    np.testing.assert_allclose(layer.moving_stddev, 0.9 + 0.1 * stddev, rtol=1e-5)
    np.testing.assert_allclose(layer.moving_variance, (0.9 + 0.1 * stddev) ** 2 - 1e-3, rtol=1e-4)


def test_afterwards_it_is_as_without():
    plain, renormed = layers.BatchNormalization(), layers.BatchNormalization(renorm=True)
    renormed(X, training=True)
    plain.build((None, 3))
    for name in ("gamma", "beta", "moving_mean", "moving_variance"):
        getattr(plain, name).assign(getattr(renormed, name).numpy())
    np.testing.assert_allclose(renormed(X), plain(X), rtol=1e-6)


def test_deviations_begin_as_roots_of_the_variance():
    layer = layers.BatchNormalization(renorm=True, moving_variance_initializer=initializers.Constant(4.0))
    layer.build((None, 3))
    np.testing.assert_allclose(layer.moving_stddev, [2.0, 2.0, 2.0])
    np.testing.assert_allclose(layer.renorm_stddev, [2.0, 2.0, 2.0])
    assert len(layer.non_trainable_weights) == 5


def test_it_is_in_the_config():
    config = layers.BatchNormalization(renorm=True, renorm_clipping=CLIPPED, renorm_momentum=0.5).get_config()
    assert config["renorm"] is True and config["renorm_clipping"] == CLIPPED
    assert layers.BatchNormalization.from_config(config).get_config() == config


@pytest.mark.parametrize("limits", [{"max": 1.0}, {"rmin": 2.0, "rmax": 1.0}, {"dmax": -1.0}])
def test_limits_that_make_no_sense_are_refused(limits):
    with pytest.raises(ValueError, match="renorm_clipping"):
        layers.BatchNormalization(renorm=True, renorm_clipping=limits)
