"""Spectral normalisation against Keras's; the table of layers sees to the others."""

import numpy as np
import pytest

from lamina import layers
from lamina.models import Model, load_model

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.peer

X = np.random.default_rng(0).normal(size=(2, 5, 6, 3)).astype("float32")


def as_numpy(x):
    return np.asarray(x.detach().cpu() if hasattr(x, "detach") else x)


def test_spectral_normalization_in_training(tmp_path):
    theirs = keras.layers.SpectralNormalization(keras.layers.Conv2D(4, 2), power_iterations=2)
    ours = layers.SpectralNormalization(layers.Conv2D(4, 2), power_iterations=2)
    theirs(X), ours(X)
    ours.set_weights(theirs.get_weights())
    for _ in range(2):
        np.testing.assert_allclose(ours(X, training=True), as_numpy(theirs(X, training=True)), atol=1e-5)
    for a, b in zip(ours.weights, theirs.weights, strict=True):
        assert a.path.split("/")[-1] == b.path.split("/")[-1]
        np.testing.assert_allclose(as_numpy(a.value), as_numpy(b.value), atol=1e-5)
    inputs = keras.Input(X.shape[1:])
    keras.Model(inputs, theirs(inputs)).save(tmp_path / "keras.keras")
    read = load_model(tmp_path / "keras.keras")
    np.testing.assert_allclose(read(X), as_numpy(theirs(X)), atol=1e-5)
    inputs = layers.Input(X.shape[1:])
    Model(inputs, ours(inputs)).save(tmp_path / "lamina.keras")
    back = keras.saving.load_model(tmp_path / "lamina.keras")
    np.testing.assert_allclose(as_numpy(back(X)), ours(X), atol=1e-5)
