"""Masks and errors of merging layers, and their function forms."""

import numpy as np
import pytest

from lamina import layers
from lamina.layers import Add, Concatenate, Dot, Embedding, Subtract


def masked(*rows):
    return Embedding(9, 2, mask_zero=True)(np.array(rows))


def test_a_step_is_valid_where_all_inputs_are():
    a, b = masked([1, 0, 3, 0]), masked([1, 2, 0, 0])
    assert Add()([a, b])._keras_mask.tolist() == [[True, False, False, False]]
    plain = np.ones((1, 4, 2), "float32")
    assert Add()([a, plain])._keras_mask.tolist() == [[True, False, True, False]]
    assert getattr(Add()([plain, plain]), "_keras_mask", None) is None


def test_masks_are_joined_along_the_axis():
    a, b = masked([1, 0]), masked([0, 2])
    assert Concatenate(axis=1)([a, b])._keras_mask.tolist() == [[True, False, False, True]]
    plain = np.ones((1, 2, 2), "float32")
    assert Concatenate(axis=1)([a, plain])._keras_mask.tolist() == [[True, False, True, True]]


def test_functions_make_layers():
    x, y = np.full((2, 3), 5.0, "float32"), np.full((2, 3), 2.0, "float32")
    results = {"add": 7, "subtract": 3, "multiply": 10, "average": 3.5, "maximum": 5, "minimum": 2}
    for name, value in results.items():
        assert (getattr(layers, name)([x, y]) == value).all()
    assert layers.concatenate([x, y], axis=0).shape == (4, 3)
    assert layers.dot([x, y], axes=1).tolist() == [[30.0], [30.0]]


@pytest.mark.parametrize(
    ("layer", "shapes", "match"),
    [
        (Add(), [(2, 3), (2, 4)], r"axis 1, where they have \[3, 4\]"),
        (Add(), [(2, 3), (5, 3)], "batch sizes differ"),
        (Subtract(), [(2, 3)] * 3, "exactly 2"),
        (Subtract(), [(2, 3)], "at least 2"),
        (Concatenate(), [(2, 3), (2, 3, 1)], "differ in rank"),
        (Concatenate(axis=5), [(2, 3), (2, 3)], "axis 5 is outside"),
        (Dot(axes=1), [(2, 3), (2, 4)], "differ, 3 and 4"),
    ],
)
def test_shapes_that_do_not_fit(layer, shapes, match):
    with pytest.raises(ValueError, match=match):
        layer([np.ones(s, "float32") for s in shapes])


def test_one_tensor_is_no_list():
    with pytest.raises(ValueError, match="expected a list of tensors"):
        Add()(np.ones((2, 3), "float32"))
