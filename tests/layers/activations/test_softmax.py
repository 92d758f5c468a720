"""Masks of Softmax."""

import numpy as np
import pytest

from lamina.layers import Softmax


def test_a_mask_broadcasts_to_the_inputs():
    x = np.zeros((2, 3), "float32")
    np.testing.assert_allclose(Softmax()(x, mask=np.array([[True, True, False]])), [[0.5, 0.5, 0.0]] * 2)


@pytest.mark.parametrize("shape", [(4, 3), (2, 1, 3), (2, 2)])
def test_a_mask_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match="the mask must broadcast to the inputs"):
        Softmax()(np.zeros((2, 3)), mask=np.ones(shape, bool))
