"""Blur, edges and likeness, window by window."""

import numpy as np
import pytest

from lamina import ops

X = np.random.default_rng(0).uniform(size=(2, 6, 7, 2)).astype("float32")


def windows(x, kernel, pad):
    """Correlation of each channel, by definition."""
    rows, columns = kernel.shape
    x = np.pad(x, ((0, 0), (rows // 2,) * 2, (columns // 2,) * 2, (0, 0))) if pad else x
    out = np.zeros((x.shape[0], x.shape[1] - rows + 1, x.shape[2] - columns + 1, x.shape[3]))
    for i, j in np.ndindex(*out.shape[1:3]):
        out[:, i, j] = np.einsum("bijc,ij->bc", x[:, i : i + rows, j : j + columns], kernel)
    return out


def bell(size, sigma):
    weights = np.exp(-((np.arange(size) - (size - 1) / 2) ** 2) / (2 * sigma**2))
    return weights / weights.sum()


def test_blur():
    kernel = np.outer(bell(3, 0.8), bell(5, 1.5))
    want = windows(X, kernel, True)
    np.testing.assert_allclose(ops.image.gaussian_blur(X, (5, 3), (1.5, 0.8)), want, atol=1e-6)
    first = ops.image.gaussian_blur(X.transpose(0, 3, 1, 2), (5, 3), (1.5, 0.8), data_format="channels_first")
    np.testing.assert_allclose(first, want.transpose(0, 3, 1, 2), atol=1e-6)
    assert ops.image.gaussian_blur(ops.KerasTensor((None, 8, 8, 3), "uint8")).dtype == "uint8"


def test_edges():
    right = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    got = ops.image.sobel_edges(X)
    np.testing.assert_allclose(got[..., 0], windows(X, right.T, True), atol=1e-5)
    np.testing.assert_allclose(got[..., 1], windows(X, right, True), atol=1e-5)
    with pytest.raises(ValueError, match="sobel_edges: images must be"):
        ops.image.sobel_edges(X[0])


def test_likeness():
    other = X[::-1]
    kernel = np.outer(bell(5, 1.5), bell(5, 1.5))

    def mean(x):
        return windows(x, kernel, False)

    a, b = mean(X), mean(other)
    shared, spread = mean(X * other) - a * b, mean(X**2) + mean(other**2) - a**2 - b**2
    c1, c2 = 0.01**2, 0.03**2
    want = ((2 * a * b + c1) * (2 * shared + c2) / ((a**2 + b**2 + c1) * (spread + c2))).mean((1, 2, 3))
    np.testing.assert_allclose(ops.image.ssim(X, other, filter_size=5), want, atol=1e-4)
    np.testing.assert_allclose(ops.image.ssim(X[0], X[0], filter_size=5), 1, atol=1e-5)
    with pytest.raises(ValueError, match="one shape"):
        ops.image.ssim(X, X[0])
    with pytest.raises(ValueError, match="11 pixels high"):
        ops.image.ssim(X, X)
