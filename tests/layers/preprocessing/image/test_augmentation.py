"""Random changes of images: what they may give, that seeds repeat them, and that they run inside models and data sets."""

import numpy as np
import pytest

import lamina
from lamina import layers, models, ops

X = np.random.default_rng(0).uniform(0, 255, size=(8, 6, 7, 3)).astype("float32")
RANDOM = [
    ("RandomFlip", {}),
    ("RandomCrop", {"height": 3, "width": 4}),
    ("RandomTranslation", {"height_factor": 0.3, "width_factor": 0.3}),
    ("RandomRotation", {"factor": 0.3}),
    ("RandomZoom", {"height_factor": 0.3, "width_factor": 0.3}),
    ("RandomShear", {"x_factor": 0.3, "y_factor": (0.1, 0.2)}),
    ("RandomPerspective", {"scale": 0.5}),
    ("RandomElasticTransform", {}),
    ("RandomContrast", {"factor": 0.5}),
    ("RandomBrightness", {"factor": 0.5}),
    ("RandomGrayscale", {}),
    ("RandomHue", {"factor": 0.5}),
    ("RandomSaturation", {"factor": 0.9}),
    (
        "RandomColorJitter",
        {"brightness_factor": 0.2, "contrast_factor": 0.2, "saturation_factor": 0.5, "hue_factor": 0.1},
    ),
    ("RandomColorDegeneration", {"factor": 0.5}),
    ("RandomPosterization", {"factor": 4}),
    ("RandomInvert", {"factor": (0.5, 0.5)}),
    ("RandomSharpness", {"factor": 1.0}),
    ("RandomGaussianBlur", {"kernel_size": (3, 5)}),
    ("RandomErasing", {}),
    ("Solarization", {"addition_factor": 0.5, "threshold_factor": 0.5}),
    ("MixUp", {"alpha": 1.0}),
    ("CutMix", {}),
    ("AugMix", {"num_chains": 2, "chain_depth": 1}),
    ("RandAugment", {}),
]
MIXING = ("MixUp", "CutMix")


def array(x):
    return ops.convert_to_numpy(x)


def made(name, arguments, **more):
    return getattr(layers, name)(**arguments, **more)


@pytest.mark.parametrize("name, arguments", RANDOM)
def test_seed_repeats_and_draws_differ(name, arguments):
    one, two = made(name, arguments, seed=3), made(name, arguments, seed=3)
    first, *others = (array(one(X, training=True)) for _ in range(5))
    np.testing.assert_array_equal(first, two(X, training=True))
    assert not all(np.array_equal(first, other) for other in others)
    again = type(one).from_config(one.get_config())
    np.testing.assert_array_equal(first, again(X, training=True))


@pytest.mark.parametrize("name, arguments", RANDOM)
def test_layouts_single_images_and_dicts(name, arguments):
    want = array(made(name, arguments, seed=3)(X, training=True))
    first = made(name, arguments, seed=3, data_format="channels_first")(X.transpose(0, 3, 1, 2), training=True)
    np.testing.assert_allclose(array(first).transpose(0, 2, 3, 1), want, atol=1e-4)
    masks = (X[..., :1] > 128).astype("int32")
    given = {"images": X, "labels": np.eye(8, dtype="float32"), "segmentation_masks": masks, "other": X[:, 0]}
    done = made(name, arguments, seed=3)(given, training=True)
    np.testing.assert_array_equal(done["images"], want)
    assert done["segmentation_masks"].shape == (*want.shape[:3], 1)
    np.testing.assert_allclose(ops.sum(done["labels"], -1), 1, rtol=1e-5)
    if name not in MIXING:
        np.testing.assert_array_equal(done["labels"], np.eye(8))
        assert set(np.unique(array(done["segmentation_masks"]))) <= {0, 1}
    assert made(name, arguments)(X[0].astype("uint8"), training=True).shape == want.shape[1:]
    with pytest.raises(ValueError, match='must hold "images"'):
        made(name, arguments)({"segmentation_masks": X}, training=True)
    with pytest.raises(ValueError, match="needs their format"):
        made(name, arguments)({"images": X, "bounding_boxes": {}}, training=True)
    with pytest.raises(ValueError, match="with or without a batch"):
        made(name, arguments)(X[0, 0], training=True)


@pytest.mark.parametrize("name, arguments", [case for case in RANDOM if case[0] != "RandomCrop"])
def test_nothing_outside_training(name, arguments):
    np.testing.assert_array_equal(made(name, arguments)(X, training=False), X)


@pytest.mark.parametrize("name, arguments", RANDOM)
def test_inside_a_compiled_model(name, arguments):
    model = models.Sequential([layers.Input((6, 7, 3)), made(name, arguments), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X / 255, np.zeros((8, 1)), batch_size=4, verbose=0)
    np.testing.assert_array_equal(model.predict(X, verbose=0), model.predict(X, verbose=0))


def test_mapped_over_a_data_set():
    flip = layers.RandomFlip("vertical", seed=1)
    pairs = (
        lamina.data.Dataset.from_tensor_slices((X, np.arange(8))).batch(4).map(lambda x, y: (flip(x, training=True), y))
    )
    for (x, _), start in zip(pairs, (0, 4)):
        for image, old in zip(array(x), X[start : start + 4]):
            assert np.array_equal(image, old) or np.array_equal(image, old[::-1])


@pytest.mark.parametrize("mode, turned", [("horizontal", np.s_[:, ::-1]), ("vertical", np.s_[::-1])])
def test_flip_turns_some_images(mode, turned):
    got = array(layers.RandomFlip(mode, seed=1)(X, training=True))
    flipped = [np.array_equal(a, b[turned]) for a, b in zip(got, X)]
    assert 0 < sum(flipped) < len(X)
    assert all(f or np.array_equal(a, b) for f, a, b in zip(flipped, got, X))


def test_crop_is_one_window_for_the_batch():
    got = array(layers.RandomCrop(3, 4, seed=1)(X, training=True))
    assert any(np.array_equal(got, X[:, i : i + 3, j : j + 4]) for i in range(4) for j in range(4))
    rest = layers.RandomCrop(3, 4)(X, training=False)
    np.testing.assert_allclose(rest, ops.image.resize(X, (3, 4), crop_to_aspect_ratio=True), atol=1e-4)


def test_center_crop():
    np.testing.assert_array_equal(layers.CenterCrop(2, 3)(X), X[:, 2:4, 2:5])
    want = ops.image.resize(X, (8, 4), crop_to_aspect_ratio=True)
    np.testing.assert_array_equal(layers.CenterCrop(8, 4)(X, training=False), want)


def test_known_moves():
    half = layers.RandomTranslation((0.5, 0.5), 0.0, fill_mode="constant", fill_value=7.0)(X, training=True)
    np.testing.assert_allclose(half, np.concatenate([np.full_like(X[:, :3], 7), X[:, :3]], 1), atol=1e-3)
    square = X[:, :, :6]
    quarter = layers.RandomRotation((0.25, 0.25))(square, training=True)
    np.testing.assert_allclose(quarter, np.rot90(square, 1, axes=(1, 2)), atol=1e-2)
    zoom = layers.RandomZoom((-0.5, -0.5), 0.0, fill_mode="nearest")(X[:, :5], training=True)
    np.testing.assert_allclose(zoom[:, ::2], X[:, 1:4], atol=1e-3)


def test_known_colors():
    brighter = layers.RandomBrightness((0.2, 0.2))(X, training=True)
    np.testing.assert_allclose(brighter, np.clip(X + 51, 0, 255), atol=1e-3)
    got = array(layers.RandomContrast(0.5, seed=2)(X, training=True))
    mean = X.mean((1, 2), keepdims=True)
    inside = (got > 0) & (got < 255) & (np.abs(X - mean) > 5)
    for g, x, m, k in zip(got, X, np.broadcast_to(mean, X.shape), inside):
        ratio = (g[k] - m[k]) / (x[k] - m[k])
        np.testing.assert_allclose(ratio, ratio[0], atol=1e-2)
        assert 0.5 <= ratio[0] <= 1.5
    gray = array(ops.image.rgb_to_grayscale(X)) + np.zeros_like(X)
    np.testing.assert_allclose(layers.RandomGrayscale(1.0)(X, training=True), gray, atol=1e-3)
    np.testing.assert_array_equal(layers.RandomGrayscale(0.0)(X, training=True), X)


@pytest.mark.parametrize(
    "name, arguments, message",
    [
        ("RandomRotation", {"factor": 2}, "factor must be a number from -1 to 1"),
        ("RandomZoom", {"height_factor": (0, 0, 0)}, "height_factor must be"),
        ("RandomTranslation", {"height_factor": "a", "width_factor": 0}, "height_factor must be"),
        ("RandomFlip", {"mode": "sideways"}, "mode must be one of"),
        ("RandomContrast", {"factor": 0.1, "value_range": 3}, "value_range must be two numbers"),
        ("RandomRotation", {"factor": 0.1, "fill_mode": "odd"}, "fill_mode must be one of"),
        ("RandomCrop", {"height": 0, "width": 2}, "height must be a positive integer"),
        ("RandomGrayscale", {"factor": 2}, "factor must be between 0 and 1"),
        ("RandomHue", {"factor": -0.1}, "factor must be a number from 0 to 1"),
        ("RandomShear", {"x_factor": 2}, "x_factor must be a number from 0 to 1"),
        ("RandomShear", {"y_factor": (-0.1, 0.2)}, "y_factor must be a number from 0 to 1"),
        ("RandomPerspective", {"scale": 2}, "scale must be between 0 and 1"),
        ("RandomElasticTransform", {"fill_mode": "odd"}, "fill_mode must be one of"),
        ("RandomPosterization", {"factor": 9}, "factor must be a number from 1 to 8"),
        ("RandomPosterization", {"factor": 2.5}, "factor must be a positive integer"),
        ("RandomGaussianBlur", {"kernel_size": 4}, "kernel_size must be odd"),
        ("RandomGaussianBlur", {"kernel_size": (1, 3, 5)}, "kernel_size must be an odd integer or two"),
        ("RandomErasing", {"fill_value": (1, 2)}, "fill_value must be a number, three of them or None"),
        ("Solarization", {"addition_factor": 2}, "addition_factor must be a number from 0 to 1"),
        ("Equalization", {"bins": 0}, "bins must be a positive integer"),
        ("MixUp", {"alpha": 0}, "alpha must be a positive number"),
        ("CutMix", {"factor": 2}, "factor must be a number from 0 to 1"),
        ("AugMix", {"num_chains": 0}, "num_chains must be a positive integer"),
        ("RandAugment", {"interpolation": "odd"}, "interpolation must be one of"),
        ("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": 3}, "tile_grid_size must be two positive"),
        ("MaxNumBoundingBoxes", {"max_number": 0}, "max_number must be a positive integer"),
    ],
)
def test_wrong_arguments(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        made(name, arguments)
