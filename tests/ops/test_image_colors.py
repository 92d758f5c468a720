"""Colour spaces, against the standard library's `colorsys` and sums."""

import colorsys

import numpy as np
import pytest

from lamina import ops

X = np.random.default_rng(0).uniform(size=(2, 4, 5, 3)).astype("float32")
X[0, 0, 0] = 0.3
X[0, 0, 1] = (1, 0, 0)
X[0, 0, 2] = 0


def test_hue_saturation_value_and_back():
    want = np.array([colorsys.rgb_to_hsv(*p) for p in X.reshape(-1, 3).tolist()]).reshape(X.shape)
    got = ops.image.rgb_to_hsv(X)
    np.testing.assert_allclose(got, want, atol=1e-5)
    np.testing.assert_allclose(ops.image.hsv_to_rgb(got), X, atol=1e-5)
    first = ops.image.rgb_to_hsv(X[0].transpose(2, 0, 1), data_format="channels_first")
    np.testing.assert_allclose(first, want[0].transpose(2, 0, 1), atol=1e-5)


def test_gray_is_a_weighted_sum():
    want = X @ np.array([0.2989, 0.587, 0.114], "float32")
    np.testing.assert_allclose(ops.image.rgb_to_grayscale(X)[..., 0], want, atol=1e-6)
    np.testing.assert_array_equal(ops.image.rgb_to_grayscale(X[..., :1]), X[..., :1])
    assert ops.image.rgb_to_grayscale(ops.KerasTensor((None, 4, None, 3))).shape == (None, 4, None, 1)


def test_other_images_are_refused():
    with pytest.raises(ValueError, match="floating dtype; got uint8"):
        ops.image.rgb_to_hsv(np.zeros((2, 2, 3), "uint8"))
    with pytest.raises(ValueError, match="1 or 3 channels"):
        ops.image.rgb_to_grayscale(X[..., :2])
    with pytest.raises(ValueError, match="with or without a batch"):
        ops.image.hsv_to_rgb(X[0, 0])
