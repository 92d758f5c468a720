import numpy as np
import pytest

from lamina import ops

X = np.random.default_rng(0).normal(size=(2, 8, 9, 3)).astype("float32")


def test_bends_by_the_seed():
    bent = np.asarray(ops.image.elastic_transform(X, alpha=5.0, sigma=1.0, seed=3))
    np.testing.assert_array_equal(bent, ops.image.elastic_transform(X, alpha=5.0, sigma=1.0, seed=3))
    assert np.abs(bent - X).max() > 0.1 and np.abs(bent).max() <= np.abs(X).max() + 1e-5
    first = ops.image.elastic_transform(X.transpose(0, 3, 1, 2), 5.0, 1.0, seed=3, data_format="channels_first")
    np.testing.assert_array_equal(np.asarray(first).transpose(0, 2, 3, 1), bent)


def test_nothing_moves_without_strength():
    np.testing.assert_allclose(ops.image.elastic_transform(X, alpha=0.0, seed=3), X, atol=1e-6)
    with pytest.raises(ValueError, match="sigma must be a positive number"):
        ops.image.elastic_transform(X, sigma=0)
