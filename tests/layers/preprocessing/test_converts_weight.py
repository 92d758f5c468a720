"""Values of a layer become tensors."""

import numpy as np

from lamina import layers, ops


def test_arrays_become_tensors():
    for layer in (layers.Rescaling(2.0), layers.RandomFlip(), layers.Normalization(), layers.Resizing(2, 2)):
        tensor = layer.convert_weight(np.array([1.0, 2.0], "float32"))
        assert ops.is_tensor(tensor) and ops.convert_to_numpy(tensor).tolist() == [1.0, 2.0]
        assert layer.convert_weight(tensor) is tensor
