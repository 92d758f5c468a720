"""Layers of Keras's application models, which files name and programs do not."""

import numpy as np
import pytest

from lamina.layers import Input, deserialize, serialize
from lamina.layers.application import CustomScaleLayer, LayerScale, StochasticDepth
from lamina.models import Model, load_model

x = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")


def test_layer_scale(tmp_path):
    layer = LayerScale(0.5, 4)
    np.testing.assert_allclose(layer(x), 0.5 * x)
    layer.gamma.assign([1.0, 2.0, 3.0, 4.0])
    inputs = Input((4,))
    model = Model(inputs, layer(inputs))
    model.save(tmp_path / "m.keras")
    np.testing.assert_allclose(load_model(tmp_path / "m.keras")(x), x * np.arange(1, 5), rtol=1e-6)


def test_custom_scale_layer():
    np.testing.assert_allclose(CustomScaleLayer(0.25)([x, x + 1]), x + 0.25 * (x + 1), rtol=1e-6)
    assert CustomScaleLayer(0.25)([Input((4,)), Input((4,))]).shape == (None, 4)


def test_stochastic_depth():
    layer, ones = StochasticDepth(0.75), np.ones((2000, 3), "float32")
    np.testing.assert_array_equal(layer(ones), ones)
    dropped = np.asarray(layer(ones, training=True))
    assert set(np.unique(dropped)) == {0.0, 4.0} and (dropped == dropped[:, :1]).all()
    assert abs(np.mean(dropped) - 1) < 0.2


@pytest.mark.parametrize("layer", [LayerScale(0.5, 4), CustomScaleLayer(0.25), StochasticDepth(0.5)])
def test_they_go_by_keras_names(layer):
    config = serialize(layer)
    assert config["module"].startswith("keras.src.applications.") and config["class_name"] == type(layer).__name__
    again = deserialize(config)
    assert type(again) is type(layer) and again.get_config() == layer.get_config()
