"""Layers one after the other, with what they are called with."""

import numpy as np
import pytest

from lamina import layers, ops


class Sees(layers.Layer):
    def __init__(self):
        super().__init__()
        self.supports_masking = True
        self.training, self.mask = None, None

    def call(self, inputs, training=False, mask=None):
        self.training, self.mask = training, mask
        return inputs + 1


@pytest.mark.parametrize("x", [np.zeros((2, 1), "float32"), ops.zeros((2, 1))], ids=["array", "tensor"])
def test_training_and_mask_reach_each_layer(x):
    pipeline = layers.Pipeline([Sees(), layers.Rescaling(2.0), Sees()])
    mask = np.array([True, False])
    np.testing.assert_array_equal(ops.convert_to_numpy(pipeline(x, training=True, mask=mask)), [[3.0], [3.0]])
    first, _, last = pipeline.layers
    assert first.training is True and last.training is True
    np.testing.assert_array_equal(ops.convert_to_numpy(first.mask), mask)


def test_without_a_mask_there_is_none():
    pipeline = layers.Pipeline([Sees()])
    pipeline(np.zeros((2, 1), "float32"), training=False)
    assert pipeline.layers[0].training is False and pipeline.layers[0].mask is None
