"""Group, root-mean-square, unit and spectral normalisation from their definitions."""

import numpy as np
import pytest

from lamina import layers, utils
from lamina.layers import Input
from lamina.models import Model, Sequential, load_model

X = np.random.default_rng(0).normal(2, 3, size=(2, 3, 4)).astype("float32")


def test_groups_have_mean_zero_and_variance_one():
    y = np.asarray(layers.GroupNormalization(2, epsilon=0)(X)).reshape(2, 3, 2, 2)
    np.testing.assert_allclose(y.mean((1, 3)), 0, atol=1e-6)
    np.testing.assert_allclose(y.var((1, 3)), 1, atol=1e-5)


def test_factors_belong_to_channels():
    layer = layers.GroupNormalization(2, axis=1)
    x = np.random.default_rng(1).normal(size=(2, 4, 5)).astype("float32")
    plain = np.asarray(layer(x))
    gamma, beta = np.array([1, 2, 3, 4], "float32"), np.array([0, 1, 0, -1], "float32")
    layer.set_weights([gamma, beta])
    np.testing.assert_allclose(layer(x), plain * gamma[:, None] + beta[:, None], atol=1e-6)


@pytest.mark.parametrize("axis", [-1, [1, 2], [2, 1]])
def test_root_mean_square_and_norm_are_one(axis):
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    y = np.asarray(layers.RMSNormalization(axis=axis)(X))
    np.testing.assert_allclose((y**2).mean(axes), 1, atol=1e-5)
    y = np.asarray(layers.UnitNormalization(axis=axis)(X))
    np.testing.assert_allclose((y**2).sum(axes), 1, atol=1e-5)


def test_unit_normalization_of_zero_is_zero_in_half_precision():
    assert not np.asarray(layers.UnitNormalization(dtype="float16")(np.zeros((2, 3)))).any()


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: layers.GroupNormalization(0), ValueError, "groups"),
        (lambda: layers.GroupNormalization(3)(X), ValueError, "must divide the 4 channels"),
        (lambda: layers.GroupNormalization(2, axis=5)(X), ValueError, "axis 5"),
        (lambda: layers.RMSNormalization(axis=3)(X), ValueError, "axis 3"),
        (lambda: layers.RMSNormalization(axis="a"), TypeError, "axis"),
        (lambda: layers.UnitNormalization(axis=1.5), TypeError, "axis"),
        (lambda: layers.SpectralNormalization(layers.Dense(2), 0), ValueError, "power_iterations"),
        (lambda: layers.SpectralNormalization(layers.Flatten())(X), ValueError, "neither a kernel nor embeddings"),
    ],
)
def test_mistakes_are_named(make, error, match):
    with pytest.raises(error, match=match):
        make()


@pytest.mark.parametrize(
    ("inner", "x"),
    [
        (lambda: layers.Dense(3), X[:, 0]),
        (lambda: layers.Conv1D(3, 2), X),
        (lambda: layers.Embedding(5, 3), np.array([[1, 2], [3, 4]])),
    ],
)
def test_training_brings_the_largest_singular_value_to_one(inner, x):
    utils.set_random_seed(1)  # thirty iterations tell the two largest apart only where they are not about the same
    layer = layers.SpectralNormalization(inner(), power_iterations=30)
    untouched = layer(x)
    kernel = np.asarray(layer.kernel).copy()
    assert layer.compute_output_shape(x.shape) == untouched.shape
    layer(x, training=True)
    matrix = kernel.reshape(-1, 3)
    largest = np.linalg.svd(matrix)[1][0]
    np.testing.assert_allclose(layer.kernel, kernel / largest, rtol=1e-4)
    layer(x)
    np.testing.assert_allclose(layer.kernel, kernel / largest, rtol=1e-4)


def test_a_kernel_of_zeros_stays():
    layer = layers.SpectralNormalization(layers.Dense(3, kernel_initializer="zeros"))
    before = layer(X[:, 0]), np.asarray(layer.vector_u).copy()
    layer(X[:, 0], training=True)
    assert not np.asarray(layer.kernel).any()
    np.testing.assert_array_equal(layer.vector_u, before[1])


def test_spectral_normalization_trains_compiled_and_is_saved(tmp_path):
    utils.set_random_seed(1)
    inputs = Input((4,))
    model = Model(inputs, layers.SpectralNormalization(layers.Dense(1))(inputs))
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = 0.1
    x = np.random.default_rng(2).normal(size=(256, 4)).astype("float32")
    y = x @ np.array([[0.6], [0.0], [-0.8], [0.0]], "float32")
    history = model.fit(x, y, epochs=20, verbose=0).history["loss"]
    assert history[-1] < 0.3 * history[0]
    assert abs(abs(float(np.asarray(model.layers[-1].vector_u)[0, 0])) - 1) < 1e-5
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model.predict(x, verbose=0), again.predict(x, verbose=0))


@pytest.mark.parametrize("eagerly", [False, True])
def test_a_batch_of_one_is_its_own_mean(eagerly):
    """To the last bit, whatever a compiler makes of products and sums: what follows may have a corner at 0."""
    x = np.random.default_rng(0).normal(3.0, 2.0, (1, 257)).astype("float32")
    model = Sequential([Input((257,)), layers.BatchNormalization()])
    model.compile("sgd", "mse", run_eagerly=eagerly)
    assert float(model.train_on_batch(x, np.zeros_like(x))) == 0
