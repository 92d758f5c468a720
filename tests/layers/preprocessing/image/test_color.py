"""Layers that change colours, by their definitions in NumPy (colorsys for hue and saturation)."""

import colorsys

import numpy as np
import pytest

from lamina import layers, ops

X = np.random.default_rng(0).uniform(0, 255, size=(4, 6, 7, 3)).astype("float32")
GRAY = (X @ np.array([0.2989, 0.587, 0.1140], "float32"))[..., None]


def array(x):
    return ops.convert_to_numpy(x)


def hsv(images):
    return np.apply_along_axis(lambda p: colorsys.rgb_to_hsv(*p), -1, images / 255)


def rgb(images):
    return np.apply_along_axis(lambda p: colorsys.hsv_to_rgb(*p), -1, images) * 255


def test_hue():
    got = array(layers.RandomHue((0.4, 0.4), seed=1)(X, training=True))
    planes = hsv(X)
    turned = [rgb(np.concatenate([(planes[..., :1] + t) % 1, planes[..., 1:]], -1)) for t in (0.2, -0.2)]
    for image, *both in zip(got, *turned):
        assert any(np.allclose(image, want, atol=1e-2) for want in both)


@pytest.mark.parametrize("factor, ratio", [(0.5, 1.0), (0.0, 0.0), (0.75, 3.0), (1.0, np.inf)])
def test_saturation(factor, ratio):
    got = layers.RandomSaturation((factor, factor))(X, training=True)
    planes = hsv(X)
    strength = np.minimum(planes[..., 1:2] * min(ratio, 1e6), 1)
    want = rgb(np.concatenate([planes[..., :1], strength, planes[..., 2:]], -1))
    np.testing.assert_allclose(got, want, atol=1e-2)


def test_color_degeneration():
    got = layers.RandomColorDegeneration((0.3, 0.3))(X, training=True)
    np.testing.assert_allclose(got, X + 0.3 * (GRAY - X), atol=1e-2)
    with pytest.raises(ValueError, match="channels"):
        layers.RandomColorDegeneration(0.3)(X[..., :2], training=True)


@pytest.mark.parametrize("value_range", [(0, 255), (0, 1), (-1, 1)])
def test_posterization(value_range):
    low, high = value_range
    given = (X / 255 * (high - low) + low).astype("float32")
    got = layers.RandomPosterization((3, 3), value_range)(given, training=True)
    want = (np.floor((given - low) / (high - low) * 255).astype("uint8") >> 5 << 5) / 255 * (high - low) + low
    np.testing.assert_allclose(got, want, atol=1e-4)


def test_invert():
    np.testing.assert_allclose(layers.RandomInvert((1, 1))(X, training=True), 255 - X, rtol=1e-6)
    np.testing.assert_allclose(layers.RandomInvert(1.0, seed=0)(X * 0 + 3, training=True)[0, 0, 0, 0] in (3, 252), True)
    np.testing.assert_allclose(layers.RandomInvert((1, 1), (-1, 1))(X / 255, training=True), -X / 255, atol=1e-6)


def test_solarization():
    got = layers.Solarization((0.2, 0.2), (0.5, 0.5))(X, training=True)
    brighter = np.clip(X + 51, 0, 255)
    np.testing.assert_allclose(got, np.where(brighter < 127.5, brighter, 255 - brighter), atol=1e-3)


@pytest.mark.parametrize("training", [True, False])
def test_auto_contrast(training):
    given = np.concatenate([X / 3 + 40, np.full((4, 6, 7, 1), 9, "float32")], -1)
    low, high = given.min((1, 2), keepdims=True), given.max((1, 2), keepdims=True)
    want = np.where(high > low, (given - low) / np.maximum(high - low, 1) * 255, given)
    np.testing.assert_allclose(layers.AutoContrast()(given, training=training), want, atol=1e-2)


def test_equalization_is_the_cumulated_histogram():
    given = np.floor(X)
    got = array(layers.Equalization()(given, training=True))
    for channel in range(3):
        total = np.cumsum(np.bincount(given[..., channel].astype(int).ravel(), minlength=256))
        least = total[total > 0][0]
        exact = ((total - least) * 255 / (total[-1] - least))[given[..., channel].astype(int)]
        assert np.all(got[..., channel] == np.round(got[..., channel]))
        # A half may be rounded either way: float32 does not hold every quotient exactly.
        np.testing.assert_allclose(got[..., channel], exact, rtol=0, atol=0.5 + 1e-3)
    np.testing.assert_array_equal(layers.Equalization()(X * 0 + 7, training=True), X * 0 + 7)
    np.testing.assert_array_equal(layers.Equalization()(X, training=False), X)


def test_sharpness():
    for factor in (0.0, 0.5, 1.0):
        got = array(layers.RandomSharpness((factor, factor))(X, training=True))
        around = np.pad(X, ((0, 0), (1, 1), (1, 1), (0, 0)))
        smooth = (
            sum(around[:, i : i + 6, j : j + 7] * (5 if i == j == 1 else 1) for i in range(3) for j in range(3)) / 13
        )
        np.testing.assert_allclose(got, np.clip(X + (1 - 2 * factor) * (smooth - X), 0, 255), atol=1e-3)


def test_gaussian_blur_takes_some_images():
    layer = layers.RandomGaussianBlur((0.5, 0.5), kernel_size=3, sigma=(0.7, 0.7), seed=2)
    got = array(layer(X.repeat(3, 0), training=True))
    blurred = array(ops.image.gaussian_blur(X.repeat(3, 0), (3, 3), (0.7, 0.7)))
    kinds = [(np.allclose(g, x), np.allclose(g, b, atol=1e-2)) for g, x, b in zip(got, X.repeat(3, 0), blurred)]
    assert {(True, False), (False, True)} == set(kinds)


def test_jitter_is_its_steps():
    layer = layers.RandomColorJitter(
        brightness_factor=(0.1, 0.1), contrast_factor=0.0, saturation_factor=(0.4, 0.4), hue_factor=0.0
    )
    bright = np.clip(X + 25.5, 0, 255)
    want = layers.RandomSaturation((0.4, 0.4))(bright, training=True)
    np.testing.assert_allclose(layer(X, training=True), want, atol=1e-2)


def test_adaptive_equalization_of_one_tile_is_equalization_without_limit():
    given = np.floor(X[:1])
    layer = layers.ContrastLimitedAdaptiveHistogramEqualization(clip_limit=0, tile_grid_size=(1, 1))
    got = array(layer(given))
    for channel in range(3):
        total = np.cumsum(np.bincount(given[..., channel].astype(int).ravel(), minlength=256))
        want = np.clip((total - total[0]) * 255 / (total[-1] - total[0]), 0, 255)
        np.testing.assert_allclose(got[..., channel], want[given[..., channel].astype(int)], atol=1e-2)
