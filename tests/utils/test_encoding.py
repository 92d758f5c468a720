"""One-hot rows and unit vectors: arrays give arrays, tensors give tensors."""

import numpy as np
import pytest

from lamina import ops, utils

X = np.array([[3.0, -4.0], [0.0, 0.0]], "float32")


@pytest.mark.parametrize("order, row", [(1, [3 / 7, -4 / 7]), (2, [0.6, -0.8])])
def test_normalize(order, row):
    for x in (X, ops.convert_to_tensor(X)):
        found = utils.normalize(x, order=order)
        assert isinstance(found, np.ndarray) or (ops.is_tensor(found) and ops.is_tensor(x))
        np.testing.assert_allclose(ops.convert_to_numpy(found), [row, [0, 0]], rtol=1e-6)
    assert isinstance(utils.normalize(X), np.ndarray)


def test_to_categorical():
    labels = np.array([2, 0])
    for x in (labels, ops.convert_to_tensor(labels)):
        found = utils.to_categorical(x, 3)
        assert isinstance(found, np.ndarray) == isinstance(x, np.ndarray)
        np.testing.assert_array_equal(ops.convert_to_numpy(found), [[0, 0, 1], [1, 0, 0]])
    with pytest.raises(ValueError, match="0 ... 1"):
        utils.to_categorical(ops.convert_to_tensor(labels), 2)
