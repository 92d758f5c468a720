"""Shapes, gathering and moving elements of the thin TensorFlow, against NumPy."""

import numpy as np
import pytest

from lamina import ops
from lamina.compat._tf_shapes import (
    TensorShape,
    TensorSpec,
    gather_nd,
    meshgrid,
    roll,
    scatter_nd,
    searchsorted,
    sequence_mask,
    tensor_scatter_nd_update,
)


def numpy(x):
    return ops.convert_to_numpy(x)


def test_tensor_shape():
    shape = TensorShape([None, 3])
    assert shape == (None, 3) and shape.as_list() == [None, 3] and shape.rank == shape.ndims == 2
    assert shape[1] == 3 and shape[1:] == TensorShape(3) and (shape + (4,)).as_list() == [None, 3, 4]
    assert not shape.is_fully_defined() and shape.num_elements() is None and TensorShape([2, 3]).num_elements() == 6
    assert shape.is_compatible_with((5, 3)) and not shape.is_compatible_with((5, 4))
    unknown = TensorShape(None)
    assert unknown.rank is None and unknown.is_compatible_with((1, 2, 3))
    with pytest.raises(ValueError, match="rank is not known"):
        unknown.as_list()
    assert TensorSpec((None,)).dtype == "float32"


def test_sequence_mask():
    want = np.arange(4) < np.array([[1, 3], [0, 4]])[..., None]
    np.testing.assert_array_equal(numpy(sequence_mask([[1, 3], [0, 4]])), want)
    found = numpy(sequence_mask([1, 2], maxlen=5, dtype="float32"))
    assert found.dtype == np.float32 and found.tolist() == [[1, 0, 0, 0, 0], [1, 1, 0, 0, 0]]


def test_roll():
    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(numpy(roll(x, [1, -1], [0, 1])), np.roll(x, (1, -1), (0, 1)))
    np.testing.assert_array_equal(numpy(roll(x, 2, axis=1)), np.roll(x, 2, 1))


def test_gather_nd():
    x = np.arange(24).reshape(2, 3, 4)
    indices = np.array([[0, 2], [1, 0]])
    np.testing.assert_array_equal(numpy(gather_nd(x, indices)), x[indices[:, 0], indices[:, 1]])
    full = np.array([[[1, 2, 3]]])
    np.testing.assert_array_equal(numpy(gather_nd(x, full)), [[23]])
    batched = np.array([[[2, 1]], [[0, 3]]])
    np.testing.assert_array_equal(numpy(gather_nd(x, batched, batch_dims=1)), [[x[0, 2, 1]], [x[1, 0, 3]]])


def test_scatter():
    np.testing.assert_array_equal(numpy(scatter_nd([[1], [3], [1]], [5.0, 6.0, 7.0], [4])), [0, 12, 0, 6])
    found = tensor_scatter_nd_update(np.zeros((2, 2), "float32"), [[0, 1]], np.array([9.0], "float32"))
    np.testing.assert_array_equal(numpy(found), [[0, 9], [0, 0]])


@pytest.mark.parametrize("side", ["left", "right"])
def test_searchsorted(side):
    rows, values = np.array([[1.0, 2, 2, 4], [0, 1, 5, 6]]), np.array([[2.0, 9], [1, -1]])
    want = [np.searchsorted(r, v, side=side) for r, v in zip(rows, values)]
    np.testing.assert_array_equal(numpy(searchsorted(rows, values, side=side)), want)
    np.testing.assert_array_equal(numpy(searchsorted(rows[0], values[0], side=side)), want[0])


def test_meshgrid():
    for found, want in zip(meshgrid([1, 2], [3, 4, 5]), np.meshgrid([1, 2], [3, 4, 5])):
        np.testing.assert_array_equal(numpy(found), want)
