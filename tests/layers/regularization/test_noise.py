"""Noise: what it does in training, from its definition, and that it does nothing otherwise."""

import numpy as np
import pytest

from lamina import layers

ONES = np.ones((100, 400), "float32")
NOISES = [
    layers.Dropout(0.3, seed=1),
    layers.GaussianDropout(0.3, seed=1),
    layers.GaussianNoise(0.3, seed=1),
    layers.AlphaDropout(0.3, seed=1),
]


@pytest.mark.parametrize("layer", NOISES, ids=lambda layer: layer.name)
def test_only_in_training_and_each_time_anew(layer):
    assert np.array_equal(layer(ONES), ONES)
    first, second = layer(ONES, training=True), layer(ONES, training=True)
    assert not np.array_equal(first, ONES) and not np.array_equal(first, second)


def test_dropout_keeps_the_mean():
    y = np.asarray(layers.Dropout(0.25, seed=1)(ONES, training=True))
    assert set(np.unique(y).tolist()) == {0.0, float(np.float32(1 / 0.75))}
    assert abs((y == 0).mean() - 0.25) < 0.01
    assert np.array_equal(layers.Dropout(1.0)(ONES, training=True), ONES * 0)


def test_the_same_seed_gives_the_same_noise():
    a, b = layers.Dropout(0.5, seed=7), layers.Dropout(0.5, seed=7)
    assert np.array_equal(a(ONES, training=True), b(ONES, training=True))


def test_gaussian_moments():
    y = np.asarray(layers.GaussianNoise(0.5, seed=1)(ONES, training=True)) - 1
    assert abs(y.mean()) < 0.01 and abs(y.std() - 0.5) < 0.01
    y = np.asarray(layers.GaussianDropout(0.5, seed=1)(ONES, training=True))
    assert abs(y.mean() - 1) < 0.02 and abs(y.std() - 1) < 0.02


def test_alpha_dropout_keeps_mean_and_variance():
    x = np.random.default_rng(0).normal(size=(200, 500)).astype("float32")
    y = np.asarray(layers.AlphaDropout(0.2, seed=1)(x, training=True))
    assert abs(y.mean()) < 0.02 and abs(y.std() - 1) < 0.02


def test_spatial_dropout_drops_whole_maps():
    x = np.ones((4, 5, 6, 8), "float32")
    y = np.asarray(layers.SpatialDropout2D(0.5, seed=1)(x, training=True))
    assert np.array_equal(y, np.broadcast_to(y[:, :1, :1, :], y.shape)) and (y == 0).any() and (y > 0).any()
    y = np.asarray(layers.SpatialDropout1D(0.5, seed=1)(x[:, 0], training=True))
    assert np.array_equal(y, np.broadcast_to(y[:, :1, :], y.shape))
    y = np.asarray(layers.SpatialDropout2D(0.5, data_format="channels_first", seed=1)(x, training=True))
    assert np.array_equal(y, np.broadcast_to(y[:, :, :1, :1], y.shape))


def test_noise_shape():
    y = np.asarray(layers.Dropout(0.5, noise_shape=(None, 1), seed=1)(ONES, training=True))
    assert np.array_equal(y, np.broadcast_to(y[:, :1], y.shape))
    with pytest.raises(ValueError, match="as many axes"):
        layers.Dropout(0.5, noise_shape=(1,))(ONES, training=True)


@pytest.mark.parametrize("rate", [-0.1, 1.1, "x", None])
def test_rates_are_checked(rate):
    for cls in (layers.Dropout, layers.GaussianDropout, layers.SpatialDropout1D):
        with pytest.raises(ValueError, match="rate"):
            cls(rate)


def test_activity_regularization():
    layer = layers.ActivityRegularization(l1=0.5, l2=0.25)
    layer(2 * np.ones((1, 3), "float32"))
    assert [float(v) for v in layer.losses] == [0.5 * 6 + 0.25 * 12]


def test_a_noise_shape_is_kept_as_a_tuple():
    assert layers.Dropout(0.5, noise_shape=[2, 1]).noise_shape == (2, 1)
