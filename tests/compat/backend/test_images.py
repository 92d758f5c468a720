"""Convolutions, pooling and sizes of images as keras.backend has them, against layers' own operations and NumPy."""

import numpy as np
import pytest

from lamina import backend as K
from lamina import ops
from lamina._deprecation import forget_warnings

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 6, 5, 3)).astype("float32")
KERNEL = RNG.normal(size=(3, 2, 3, 4)).astype("float32")


def close(found, expected):
    np.testing.assert_allclose(ops.convert_to_numpy(found), expected, rtol=1e-4, atol=1e-5)


def test_convolutions():
    close(K.conv2d(X, KERNEL, padding="same", data_format="channels_last"), ops.conv(X, KERNEL, padding="same"))
    close(K.depthwise_conv2d(X, KERNEL[..., :2], data_format="channels_last"), ops.depthwise_conv(X, KERNEL[..., :2]))
    point = RNG.normal(size=(1, 1, 6, 2)).astype("float32")
    close(
        K.separable_conv2d(X, KERNEL[..., :2], point, data_format="channels_last"),
        ops.separable_conv(X, KERNEL[..., :2], point),
    )


def test_a_causal_convolution_sees_no_later_step():
    x, kernel = X[:, :, 0], RNG.normal(size=(2, 3, 4)).astype("float32")
    found = ops.convert_to_numpy(K.conv1d(x, kernel, padding="causal", dilation_rate=2, data_format="channels_last"))
    before = np.pad(x, ((0, 0), (2, 0), (0, 0)))[:, :6]
    close(found, np.einsum("bsc,cf->bsf", before, kernel[0]) + np.einsum("bsc,cf->bsf", x, kernel[1]))


@pytest.mark.parametrize("padding, sizes", [("valid", [(13, 10), (14, 11)]), ("same", [(11, 8), (12, 9)])])
def test_the_shape_of_a_transposed_convolution_is_what_is_asked_for(padding, sizes):
    kernel = RNG.normal(size=(3, 2, 4, 3)).astype("float32")
    for rows, columns in sizes:
        y = K.conv2d_transpose(X, kernel, (2, rows, columns, 4), (2, 2), padding, "channels_last")
        assert y.shape == (2, rows, columns, 4)
    with pytest.raises(ValueError, match="output_shape must be 1[0-9]* to 1[0-9]* on axis 1"):
        K.conv2d_transpose(X, kernel, (2, 30, 10, 4), (2, 2), padding, "channels_last")


def test_pooling():
    close(K.pool2d(X[:, :, :4], (2, 2), (2, 2)), X[:, :, :4].reshape(2, 3, 2, 2, 2, 3).max((2, 4)))
    close(K.pool2d(X[:, :, :4], (2, 2), (2, 2), pool_mode="avg"), X[:, :, :4].reshape(2, 3, 2, 2, 2, 3).mean((2, 4)))
    with pytest.raises(ValueError, match="pool_mode must be 'max' or 'avg'; got 'sum'"):
        K.pool2d(X, 2, pool_mode="sum")


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_sizes(data_format):
    first = data_format == "channels_first"
    x = X.transpose(0, 3, 1, 2) if first else X
    close(K.resize_images(x, 2, 3, data_format), x.repeat(2, 2 if first else 1).repeat(3, 3 if first else 2))
    v = RNG.normal(size=(1, 2, 3, 4, 2)).astype("float32")
    axes = (2, 3, 4) if first else (1, 2, 3)
    expected = v
    for axis, n in zip(axes, (2, 1, 3)):
        expected = expected.repeat(n, axis)
    close(K.resize_volumes(v, 2, 1, 3, data_format), expected)
    pairs = ((1, 0), (2, 1), (0, 1))
    inside = [(0, 0), (0, 0), *pairs] if first else [(0, 0), *pairs, (0, 0)]
    close(K.spatial_3d_padding(v, pairs, data_format), np.pad(v, inside))


def test_names_of_keras_1_are_understood_with_a_note():
    forget_warnings()
    with pytest.warns(DeprecationWarning, match="conv2d: the argument border_mode= is of Keras 1; write padding="):
        close(K.conv2d(X, KERNEL, border_mode="same", data_format="channels_last"), ops.conv(X, KERNEL, padding="same"))
    with pytest.warns(DeprecationWarning, match="pool2d: the argument dim_ordering= is of Keras 1"):
        close(K.pool2d(X, 2, dim_ordering="th"), K.pool2d(X, 2, data_format="channels_first"))
    with pytest.raises(TypeError, match="border_mode= is the old name of padding=; give only one"):
        K.conv2d(X, KERNEL, padding="same", border_mode="same")
    with pytest.warns(DeprecationWarning, match="random_normal: the argument std= is of Keras 1"):
        assert abs(K.random_normal((4, 4), std=1e-4).numpy()).max() < 0.01
    with pytest.warns(DeprecationWarning, match="random_uniform: the argument low="):
        assert K.random_uniform((9,), low=3.0, maxval=4.0).numpy().min() >= 3


def test_focal_cross_entropies():
    t, p = np.array([[1.0, 0.0]], "float32"), np.array([[0.8, 0.3]], "float32")
    true = np.array([[0.8, 0.7]])
    close(K.binary_focal_crossentropy(t, p, gamma=2.0), -((1 - true) ** 2) * np.log(true))
    balanced = K.binary_focal_crossentropy(t, p, apply_class_balancing=True, alpha=0.25)
    close(balanced, -np.array([[0.25, 0.75]]) * (1 - true) ** 2 * np.log(true))
    logits = np.log(p / (1 - p))
    close(K.binary_focal_crossentropy(t, logits, from_logits=True), -((1 - true) ** 2) * np.log(true))
    q = p / p.sum()
    close(K.categorical_focal_crossentropy(t, p), [-0.25 * (1 - q[0, 0]) ** 2 * np.log(q[0, 0])])
    close(
        K.categorical_focal_crossentropy(t, np.log(q), from_logits=True), [-0.25 * (1 - q[0, 0]) ** 2 * np.log(q[0, 0])]
    )


@pytest.mark.parametrize("axis", [-1, 1])
def test_batch_normalization(axis):
    mean, var, beta, gamma = (RNG.random(X.shape[axis]).astype("float32") for _ in range(4))
    shape = (1, -1, 1, 1) if axis == 1 else (-1,)
    m, v, b, g = (a.reshape(shape) for a in (mean, var, beta, gamma))
    close(K.batch_normalization(X, mean, var, beta, gamma, axis=axis), (X - m) / np.sqrt(v + 1e-3) * g + b)
    close(K.batch_normalization(X, mean, var, None, None, axis=axis), (X - m) / np.sqrt(v + 1e-3))
