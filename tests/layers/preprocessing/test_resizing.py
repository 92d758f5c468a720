"""Resizing: what the table of layers does not say."""

import numpy as np
import pytest

import lamina
from lamina import layers, ops

X = np.random.default_rng(0).uniform(0, 255, (2, 6, 8, 3)).astype("float32")


def test_a_dict_of_a_sample():
    masks = (X[..., :1] > 100).astype("int32")
    got = layers.Resizing(3, 4)({"images": X, "segmentation_masks": masks, "labels": np.array([1, 2])})
    np.testing.assert_array_equal(got["images"], ops.image.resize(X, (3, 4)))
    np.testing.assert_array_equal(got["segmentation_masks"], ops.image.resize(masks, (3, 4), "nearest"))
    assert set(np.unique(got["segmentation_masks"])) <= {0, 1}
    np.testing.assert_array_equal(got["labels"], [1, 2])


def test_integers_and_single_images():
    small = layers.Resizing(3, 4)(X.astype("uint8"))
    assert small.shape == (2, 3, 4, 3) and ops.dtype(small) == "uint8"
    assert layers.Resizing(3, 4)(X[0]).shape == (3, 4, 3)
    first = layers.Resizing(3, 4, data_format="channels_first")(X.transpose(0, 3, 1, 2))
    np.testing.assert_allclose(np.asarray(first).transpose(0, 2, 3, 1), layers.Resizing(3, 4)(X), rtol=1e-5)


def test_sizes_unknown_before():
    model = lamina.Sequential([lamina.Input((None, None, 3)), layers.Resizing(4, 4), layers.Flatten(), layers.Dense(1)])
    assert model.predict(X, verbose=0).shape == (2, 1)
    assert model.predict(X[:, :5], verbose=0).shape == (2, 1)


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"height": 0, "width": 2}, "height"),
        ({"height": 2, "width": 2.5}, "width"),
        ({"height": 2, "width": 2, "interpolation": "area"}, "interpolation"),
        ({"height": 2, "width": 2, "fill_mode": "wrap"}, "fill_mode"),
        ({"height": 2, "width": 2, "crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, "only one"),
    ],
)
def test_mistakes(arguments, words):
    with pytest.raises(ValueError, match=words):
        layers.Resizing(**arguments)


def test_boxes_are_refused():
    with pytest.raises(ValueError, match="bounding_boxes"):
        layers.Resizing(2, 2)({"images": X, "bounding_boxes": np.zeros((2, 1, 4))})
