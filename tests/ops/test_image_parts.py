"""Margins and patches, by slices of NumPy's."""

import numpy as np
import pytest

from lamina import ops

X = np.random.default_rng(0).normal(size=(2, 6, 7, 3)).astype("float32")


def test_margins_added_and_cut():
    want = np.pad(X, ((0, 0), (2, 2), (1, 4), (0, 0)))
    np.testing.assert_array_equal(ops.image.pad_images(X, 2, 1, target_height=10, target_width=12), want)
    np.testing.assert_array_equal(ops.image.crop_images(want, 2, 1, 2, 4), X)
    got = ops.image.crop_images(X[0].transpose(2, 0, 1), 1, None, None, 2, 3, 4, data_format="channels_first")
    np.testing.assert_array_equal(got, X[0, 1:4, 1:5].transpose(2, 0, 1))
    assert ops.image.pad_images(ops.KerasTensor((None, None, 7, 3)), 2, 1, 3, 4).shape == (None, None, 12, 3)
    assert ops.image.crop_images(ops.KerasTensor((None, 6, 7, 3)), 1, 1, 2, 2).shape == (None, 3, 4, 3)


def test_wrong_margins():
    with pytest.raises(ValueError, match="exactly two of top_padding"):
        ops.image.pad_images(X, 1, 1, 1, 1, 8)
    with pytest.raises(ValueError, match="bottom_cropping must be zero or"):
        ops.image.crop_images(X, 2, 1, target_height=5, target_width=3)


@pytest.mark.parametrize("size, strides, dilation", [((2, 3), None, 1), ((2, 2), (1, 2), 1), ((2, 2), 1, 2)])
def test_patches(size, strides, dilation):
    got = np.asarray(ops.image.extract_patches(X, size, strides, dilation))
    step = size if strides is None else (strides, strides) if isinstance(strides, int) else strides
    for i, j in np.ndindex(*got.shape[1:3]):
        top, left = i * step[0], j * step[1]
        rows, columns = top + dilation * np.arange(size[0]), left + dilation * np.arange(size[1])
        np.testing.assert_array_equal(got[:, i, j], X[:, rows][:, :, columns].reshape(2, -1))
    first = ops.image.extract_patches(X.transpose(0, 3, 1, 2), size, strides, dilation, data_format="channels_first")
    np.testing.assert_array_equal(np.asarray(first).transpose(0, 2, 3, 1), got)


def test_patches_of_volumes():
    x = np.random.default_rng(1).normal(size=(4, 4, 6, 2)).astype("float32")
    got = np.asarray(ops.image.extract_patches(x, (2, 2, 3)))
    np.testing.assert_array_equal(got[1, 0, 1], x[2:4, :2, 3:].ravel())
    np.testing.assert_array_equal(ops.image.extract_patches_3d(x, 2)[0, 0, 0], x[:2, :2, :2].ravel())
    with pytest.raises(TypeError, match="an int or three of them"):
        ops.image.extract_patches_3d(x, (2, 2))
