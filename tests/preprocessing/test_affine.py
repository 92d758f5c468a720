"""Images turned, shifted, sheared and zoomed."""

import importlib.util

import numpy as np
import pytest

from lamina.preprocessing import image
from lamina.preprocessing._affine import sampled

RNG = np.random.default_rng(0)
LAST = dict(row_axis=0, col_axis=1, channel_axis=2)
MODES = ["constant", "nearest", "reflect", "wrap"]
X = RNG.normal(size=(6, 6, 3)).astype("float32")


def test_shifts_by_whole_pixels():
    for mode, row in (("constant", np.full((6, 3), 9.0)), ("nearest", X[5]), ("reflect", X[5]), ("wrap", X[1])):
        found = image.apply_affine_transform(X, ty=1, fill_mode=mode, cval=9.0, **LAST)
        np.testing.assert_allclose(found, np.concatenate([X[1:], row[None]]), atol=1e-6)
    along = image.apply_affine_transform(X, tx=-2, **LAST)
    np.testing.assert_allclose(along, np.concatenate([X[:, :1], X[:, :1], X[:, :4]], 1), atol=1e-6)


def test_quarter_turns_and_half_pixels():
    np.testing.assert_allclose(image.apply_affine_transform(X, theta=90, **LAST), np.rot90(X), atol=1e-5)
    half = image.apply_affine_transform(X, ty=0.5, **LAST)
    np.testing.assert_allclose(half[:5], (X[:5] + X[1:]) / 2, atol=1e-6)
    first = image.apply_affine_transform(X.transpose(2, 0, 1), theta=90)
    np.testing.assert_allclose(first, np.rot90(X).transpose(2, 0, 1), atol=1e-5)


def test_zoom_about_the_middle():
    x = np.zeros((4, 4, 1), "float32")
    x[1:3, 1:3] = 1
    near = image.apply_affine_transform(x, zx=0.5, zy=0.5, order=0, **LAST)
    assert near[:, :, 0].tolist() == np.ones((4, 4)).tolist()


def test_nothing_asked_nothing_done():
    assert image.apply_affine_transform(X, **LAST) is X


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("shape", [(7, 5), (2, 3), (1, 4)])
def test_sampled_as_by_scipy(mode, order, shape):
    ndimage = pytest.importorskip("scipy.ndimage")
    planes = RNG.normal(size=(2, *shape))
    at = np.stack([RNG.uniform(-3 * n, 4 * n, 400) for n in shape])
    if mode == "wrap":
        at = at[
            :, np.all([np.abs(p / max(n - 1, 1) - np.round(p / max(n - 1, 1))) > 1e-6 for p, n in zip(at, shape)], 0)
        ]
    want = np.stack([ndimage.map_coordinates(p, at, order=order, mode=mode, cval=2.0, prefilter=False) for p in planes])
    np.testing.assert_allclose(sampled(planes, at, order, mode, 2.0), want, atol=1e-10)


def test_higher_orders_need_scipy():
    if importlib.util.find_spec("scipy") is None:
        with pytest.raises(ImportError, match="interpolation_order=3 needs SciPy: pip install scipy"):
            image.apply_affine_transform(X, theta=10, order=3, **LAST)
    else:
        smooth = np.sin(np.arange(20) / 3)[:, None, None] * np.ones((1, 20, 1))
        found = image.apply_affine_transform(smooth, ty=0.5, order=3, **LAST)
        np.testing.assert_allclose(found[3:15, 3, 0], np.sin((np.arange(3, 15) + 0.5) / 3), atol=1e-3)


@pytest.mark.parametrize(
    "how, message",
    [
        (dict(fill_mode="mirror"), "fill_mode must be one of 'constant', 'nearest', 'reflect', 'wrap'; got 'mirror'"),
        (dict(row_axis=1, col_axis=1, channel_axis=2), "must be 0, 1 and 2"),
        (dict(row_axis=0, col_axis=2, channel_axis=1), "the channels first or last"),
    ],
)
def test_bad_arguments(how, message):
    with pytest.raises(ValueError, match=message):
        image.apply_affine_transform(X, theta=5, **how)
    with pytest.raises(ValueError, match=r"x must be one image of three axes; got shape \(2, 2\)"):
        image.apply_affine_transform(X[:2, :2, 0], theta=5)


def test_channel_shift_and_brightness():
    found = image.apply_channel_shift(X, 0.5, channel_axis=2)
    np.testing.assert_allclose(found, np.clip(X + 0.5, X.min(), X.max()), rtol=1e-6)
    pytest.importorskip("PIL")
    bright = np.array([[[10.0], [100.0], [200.0]]])
    assert image.apply_brightness_shift(bright, 2.0, scale=False).tolist() == [[[20], [200], [255]]]
    for name in ("random_zoom", "random_brightness"):
        with pytest.raises(ValueError, match=f"{name}: .* must be two numbers"):
            getattr(image, name)(X, (1, 2, 3))


@pytest.mark.peer
@pytest.mark.parametrize("shape", [(8, 8, 3), (6, 9, 3)])
def test_like_keras(shape):
    from keras.src.legacy.preprocessing import image as theirs

    x = RNG.uniform(0, 255, shape).astype("float32")
    for mode in MODES:
        how = dict(theta=25, tx=1.3, ty=-2.2, shear=12, zx=0.8, zy=1.3, fill_mode=mode, cval=3.0)
        for axes, y in ((LAST, x), (dict(row_axis=1, col_axis=0, channel_axis=2), x), ({}, x.transpose(2, 0, 1))):
            ours = image.apply_affine_transform(y, **how, **axes)
            np.testing.assert_allclose(ours, theirs.apply_affine_transform(y, **how, **axes), atol=1e-3)
    for name, args in (
        ("random_rotation", (30,)), ("random_shift", (0.2, 0.3)), ("random_shear", (20,)), ("random_zoom", ((0.7, 1.4),)),
    ):  # fmt: skip
        np.random.seed(3)
        ours = getattr(image, name)(x, *args, **LAST)
        np.random.seed(3)
        np.testing.assert_allclose(ours, getattr(theirs, name)(x, *args, **LAST), atol=1e-3)
    for name, args in (("random_channel_shift", (40.0, 2)), ("random_brightness", ((0.5, 1.5),))):
        np.random.seed(3)
        ours = getattr(image, name)(x, *args)
        np.random.seed(3)
        np.testing.assert_allclose(ours, getattr(theirs, name)(x, *args), atol=1e-3)
