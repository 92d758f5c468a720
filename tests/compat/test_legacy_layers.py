import importlib

import numpy as np
import pytest

import lamina
from lamina import layers, ops, saving


def test_thresholded_relu(installed, tmp_path):
    keras = importlib.import_module("keras")
    x = np.array([[-1.0, 0.5, 1.5, 2.0]], "float32")
    layer = keras.layers.ThresholdedReLU(theta=1.5)
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(x)), [[0, 0, 0, 2.0]])
    model = lamina.Sequential([lamina.Input((4,)), layer])
    model.save(str(tmp_path / "m.keras"))
    again = saving.load_model(str(tmp_path / "m.keras"))
    assert again.layers[-1].theta == 1.5 and again.output_shape == (None, 4)
    with pytest.raises(ValueError, match="theta"):
        keras.layers.ThresholdedReLU(-1)


@pytest.mark.parametrize(("old", "new"), [("CuDNNLSTM", layers.LSTM), ("CuDNNGRU", layers.GRU)])
def test_cudnn_layers_are_the_layers_of_today(installed, old, new):
    with pytest.warns(DeprecationWarning, match=f"keras.layers.{old} is a name"):
        assert getattr(importlib.import_module("keras.layers"), old) is new


def test_reduction(installed):
    reduction = importlib.import_module("tensorflow.keras.losses").Reduction
    assert reduction.validate(reduction.SUM) is None and reduction.AUTO in reduction.all()
    y, p = np.array([[1.0], [3.0]]), np.array([[0.0], [0.0]])
    for how, want in ((reduction.AUTO, 5.0), (reduction.SUM, 10.0), (reduction.NONE, [1.0, 9.0])):
        found = lamina.losses.MeanSquaredError(reduction=how)(y, p)
        np.testing.assert_allclose(ops.convert_to_numpy(found), want)
    with pytest.raises(ValueError, match="expected one of"):
        reduction.validate("mean of some")
