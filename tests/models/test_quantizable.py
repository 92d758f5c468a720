"""Quantisation of models."""

import numpy as np
import pytest

from lamina import Model, Sequential, layers, models, ops, quantizers

X = np.random.default_rng(0).normal(size=(6, 8)).astype("float32")


def small():
    return Sequential(
        [layers.Input((8,)), layers.Dense(6, name="first"), layers.Dropout(0.5), layers.Dense(3, name="last")]
    )


@pytest.mark.parametrize("mode", ["int8", "int4"])
def test_file_and_back(tmp_path, mode):
    model = small()
    before = model.predict(X, verbose=0)
    model.quantize(mode)
    after = model.predict(X, verbose=0)
    assert 0 < np.abs(after - before).max() < 1
    model.save(tmp_path / "m.keras")
    again = models.load_model(tmp_path / "m.keras")
    assert again.layers[0].quantization_mode == mode
    np.testing.assert_allclose(again.predict(X, verbose=0), after, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("filters", ["^fir", ["xyz", "first"], lambda layer: layer.name == "first"])
def test_filters(filters):
    model = small()
    model.quantize("int8", filters=filters)
    assert [layer.quantization_mode for layer in model.layers] == ["int8", None, None]
    model.quantize("int4")
    assert [layer.quantization_mode for layer in model.layers] == ["int8", None, "int4"]


def test_models_inside():
    inside = small()
    model = Model(inside.inputs, layers.Dense(2)(inside.output))
    model.quantize(config=quantizers.Int4QuantizationConfig(block_size=4))
    assert ops.shape(inside.get_layer("first").kernel_scale) == (2, 6)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="not built"):
        Sequential([layers.Dense(2)]).quantize("int8")
    with pytest.raises(ValueError, match="filters"):
        small().quantize("int8", filters=3)
    with pytest.raises(ValueError, match="unknown argument"):
        small().quantize("int8", filter="a")
    with pytest.raises(ValueError, match="mode"):
        small().quantize("int3")


def test_warns_of_what_stays():
    model = Sequential([layers.Input((8,)), layers.Dense(2), layers.BatchNormalization()])
    with pytest.warns(UserWarning, match="batch_normalization"):
        model.quantize("int8")
