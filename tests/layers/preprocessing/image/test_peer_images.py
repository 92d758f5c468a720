"""Image layers beside Keras's: equal draws give equal images, boxes and masks, and configs go both ways."""

import numpy as np
import pytest

from lamina import layers, ops, tree

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.peer

X = np.random.default_rng(0).uniform(0, 1, size=(4, 12, 12, 3)).astype("float32")
BOXES = {
    "boxes": np.array([[[2, 3, 7, 8], [0, 1, 4, 11]]] * 4, "float32"),
    "labels": np.array([[1, 2]] * 4),
}
MASKS = (X[..., :1] > 0.5).astype("float32")
UNIT = {"value_range": (0, 1)}
CASES = [
    ("RandomHue", {"factor": 0.5, **UNIT}),
    ("RandomSaturation", {"factor": 0.9, **UNIT}),
    ("RandomColorDegeneration", {"factor": 0.5, **UNIT}),
    ("RandomPosterization", {"factor": 5, **UNIT}),
    ("RandomSharpness", {"factor": 1.0, **UNIT}),
    ("RandomInvert", {"factor": (0.5, 0.5), **UNIT}),
    ("Solarization", {"addition_factor": 0.5, "threshold_factor": (0.2, 0.5), **UNIT}),
    ("Equalization", {**UNIT, "bins": 200}),
    ("AutoContrast", UNIT),
    ("ContrastLimitedAdaptiveHistogramEqualization", {**UNIT, "tile_grid_size": (5, 2)}),
    ("RandomGaussianBlur", {"factor": (0.5, 0.5), "kernel_size": (3, 5), **UNIT}),
    ("RandomErasing", {**UNIT}),
    ("RandomShear", {"x_factor": (0.1, 0.5)}),
    ("RandomShear", {"y_factor": (0.1, 0.5), "fill_mode": "wrap"}),
    ("RandomPerspective", {"factor": (0.5, 0.5), "scale": 0.4}),
    ("MixUp", {"alpha": 0.7}),
    ("CutMix", {}),
    ("RandomFlip", {}),
    ("RandomTranslation", {"height_factor": 0.3, "width_factor": 0.2}),
    ("RandomRotation", {"factor": 0.2}),
    ("RandomZoom", {"height_factor": 0.3, "width_factor": 0.2}),
    ("RandomBrightness", {"factor": 0.5, **UNIT}),
    ("RandomContrast", {"factor": 0.5, **UNIT}),
    ("CenterCrop", {"height": 5, "width": 8}),
    ("CenterCrop", {"height": 20, "width": 8}),
    ("Resizing", {"height": 5, "width": 8}),
    ("Resizing", {"height": 20, "width": 8, "pad_to_aspect_ratio": True}),
    ("Resizing", {"height": 20, "width": 8, "crop_to_aspect_ratio": True}),
    ("MaxNumBoundingBoxes", {"max_number": 3}),
]
COMPOSED = [
    ("RandomColorJitter", {"brightness_factor": 0.2, "hue_factor": 0.1}),
    ("RandomElasticTransform", {"factor": 0.5}),
    ("AugMix", {"num_chains": 2}),
    ("RandAugment", {"num_ops": 3}),
    ("RandomCrop", {"height": 5, "width": 8}),
    ("RandomGrayscale", {}),
]
# What Keras's own layers do not offer, or get wrong: boxes of a batch that is mixed, masks that are taken by flat index or
# interpolated.
WITHOUT_BOXES = ("MixUp", "CutMix", "ContrastLimitedAdaptiveHistogramEqualization")
WITHOUT_MASKS = ("MixUp", "ContrastLimitedAdaptiveHistogramEqualization")


def plain(value):
    return tree.map_structure(lambda v: np.asarray(v) if hasattr(v, "shape") else v, value)


@pytest.mark.parametrize("name, arguments", CASES)
def test_equal_draws_give_equal_results(name, arguments):
    box = {"bounding_box_format": "xyxy"}
    theirs, ours = getattr(keras.layers, name)(**arguments, **box), getattr(layers, name)(**arguments, **box)
    drawn = theirs.get_random_transformation(X)
    given = plain(drawn) if isinstance(drawn, dict) else {}
    given = {**ours.get_random_transformation(X), **given, "input_shape": X.shape}
    np.testing.assert_allclose(ours.transform_images(X, given), theirs.transform_images(X.copy(), drawn), atol=1e-5)
    labels = np.eye(4, dtype="float32")
    if name != "ContrastLimitedAdaptiveHistogramEqualization":
        np.testing.assert_allclose(
            ours.transform_labels(labels, given), theirs.transform_labels(labels, drawn), atol=1e-6
        )
    if name not in WITHOUT_MASKS and arguments != {"height": 20, "width": 8}:
        want = theirs.transform_segmentation_masks(MASKS, drawn)
        np.testing.assert_allclose(ours.transform_segmentation_masks(MASKS, given), want, atol=1e-5)
    if name not in WITHOUT_BOXES:
        want = theirs.transform_bounding_boxes({k: keras.ops.array(v) for k, v in BOXES.items()}, drawn)
        got = ours.transform_bounding_boxes(BOXES, given)
        np.testing.assert_allclose(got["boxes"], want["boxes"], atol=1e-3)
        np.testing.assert_array_equal(got["labels"], want["labels"])


@pytest.mark.parametrize("name, arguments", CASES + COMPOSED)
def test_configs_go_both_ways(name, arguments):
    theirs, ours = getattr(keras.layers, name)(**arguments), getattr(layers, name)(**arguments)
    back = type(theirs).from_config({k: v for k, v in ours.get_config().items() if k != "dtype"})
    mine = type(ours).from_config({k: v for k, v in theirs.get_config().items() if k != "dtype"})
    left = {"name", "dtype", "factor"} if name == "RandomShear" else {"name", "dtype", "factor", "seed"}
    for one, two in ((ours, mine), (theirs, back)):
        a, b = one.get_config(), two.get_config()
        for key in set(a) & set(b) - left:
            np.testing.assert_array_equal(np.asarray(a[key]), np.asarray(b[key]), err_msg=key)
    assert ops.shape(mine(X, training=True)) == tuple(theirs(X, training=True).shape)
