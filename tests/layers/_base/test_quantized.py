"""Quantised layers, against their definitions in NumPy."""

import numpy as np
import pytest

from lamina import GradientTape, Sequential, layers, ops, quantizers, utils

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 3, 10)).astype("float32")

MAKERS = {
    "dense": lambda **k: layers.Dense(5, bias_initializer="normal", **k),
    "einsum": lambda **k: layers.EinsumDense("abc,cde->abed", (None, 3, 7), bias_axes="ed", **k),
    "elided": lambda **k: layers.EinsumDense("...ab,cab->...c", (6,), bias_axes="c", **k),
    "embedding": lambda **k: layers.Embedding(7, 10, **k),
}
CONFIGS = {
    "int8": quantizers.Int8QuantizationConfig(),
    "int8 weights": quantizers.Int8QuantizationConfig(activation_quantizer=None),
    "int4": quantizers.Int4QuantizationConfig(),
    "int4 blocks": quantizers.Int4QuantizationConfig(block_size=4),
    "int4 channels": quantizers.Int4QuantizationConfig(block_size=-1),
}


def made(name, **kwargs):
    utils.set_random_seed(0)  # some weights lie badly for levels of four bits
    layer = MAKERS[name](**kwargs)
    inputs = RNG.integers(0, 7, (4, 3)) if name == "embedding" else X
    return layer, inputs, ops.convert_to_numpy(layer(inputs))


def values(x):
    return ops.convert_to_numpy(x)


def weight_of(layer):
    return values(getattr(layer, layer.adaptable))


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("name", MAKERS)
def test_weights_and_outputs_lie_near(name, config):
    layer, inputs, before = made(name)
    weight, bits = weight_of(layer), 8 if config.startswith("int8") else 4
    layer.quantize(config=CONFIGS[config])
    assert layer.quantization_mode == CONFIGS[config].mode
    stored = layer.__dict__[f"_{layer.adaptable}"]
    assert stored.dtype == "int8" and not stored.trainable
    # Half a step of the levels; a block of one sign is cut off on the side of zero's far end, so the mean is judged there.
    step, off = np.abs(weight).max() / (127 if bits == 8 else 7), np.abs(weight_of(layer) - weight)
    assert (off.mean() * 0.51 if config == "int4 blocks" else off.max()) <= step * 0.51
    assert np.abs(values(layer(inputs)) - before).max() < (0.05 if bits == 8 else 1.0)


@pytest.mark.parametrize("name", ["dense", "einsum", "elided"])
def test_products_of_integers_are_exact(name):
    layer, inputs, _ = made(name)
    layer.quantize("int8")
    levels = values(layer._kernel).astype("int64")
    axes = {"dense": -1, "einsum": -1, "elided": (1, 2)}[name]
    factor = np.float32(127) / (np.abs(X).max(axes, keepdims=True) + np.float32(1e-7))
    whole = np.round(X * factor).astype("int64")
    equation = {"dense": "abc,cd->abd", "einsum": "abc,cde->abed", "elided": "zab,cab->zc"}[name]
    sums = np.einsum(equation, whole, levels)
    factor = factor[:, 0, 0, None] if name == "elided" else factor[..., None] if name == "einsum" else factor
    expected = sums / (factor * values(layer.kernel_scale)) + values(layer.bias)
    np.testing.assert_allclose(values(layer(inputs)), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("name", MAKERS)
def test_files_hold_the_levels(name, config):
    layer, inputs, _ = made(name)
    layer.quantize(config=CONFIGS[config])
    again = type(layer).from_config(layer.get_config())
    again.build(inputs.shape)
    store: dict = {}
    layer.save_own_variables(store)
    again.load_own_variables(store)
    assert again.dtype_policy == layer.dtype_policy
    np.testing.assert_array_equal(values(again(inputs)), values(layer(inputs)))


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("name", MAKERS)
def test_low_rank(name, config):
    layer, inputs, _ = made(name)
    layer.quantize(config=CONFIGS[config])
    plain = values(layer(inputs))
    layer.enable_lora(2, b_initializer="normal", lora_alpha=4)
    a, b = (getattr(layer, f"lora_{layer.adaptable}_{which}") for which in "ab")
    base = values(layer._base_weight(layer._stored_weight))
    np.testing.assert_allclose(weight_of(layer), base + 2 * values(a) @ values(b), rtol=1e-4, atol=1e-5)
    assert np.abs(values(layer(inputs)) - plain).max() > 1e-3
    assert [v for v in layer.trainable_weights if "kernel" in v.name or "embeddings" in v.name] == [a, b]
    again = type(layer).from_config({**layer.get_config(), "lora_rank": None, "lora_alpha": None})
    again.build(inputs.shape)
    store: dict = {}
    layer.save_own_variables(store)
    again.load_own_variables(store)
    step = np.abs(weight_of(layer)).max() / (127 if config.startswith("int8") else 7)
    off = np.abs(weight_of(again) - weight_of(layer))
    assert (off.mean() * 0.51 if config == "int4 blocks" else off.max()) <= step * 0.51


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("name", ["dense", "einsum", "elided"])
def test_gradient_of_inputs(name, config):
    layer, inputs, before = made(name)
    layer.quantize(config=CONFIGS[config])
    upstream = RNG.normal(size=before.shape).astype("float32")
    with GradientTape() as tape:
        x = ops.convert_to_tensor(inputs)
        tape.watch(x)
        loss = ops.sum(ops.multiply(layer(x), upstream))
    equation = {"dense": "abd,cd->abc", "einsum": "abed,cde->abc", "elided": "zc,cab->zab"}[name]
    expected = np.einsum(equation, upstream, weight_of(layer))
    np.testing.assert_allclose(values(tape.gradient(loss, x)), expected, rtol=1e-4, atol=1e-4)


def test_policy_quantises():
    layer, inputs, _ = made("dense")
    layer.dtype_policy = "int4/4_from_float32"
    assert layer._is_quantized and tuple(layer.kernel_scale.shape) == (3, 5)
    fresh = layers.Dense(5, dtype="int8_from_float32")
    assert fresh(inputs).shape == (4, 3, 5) and fresh._kernel.dtype == "int8"


def test_wrong_arguments():
    class Own(layers.Dense):
        pass

    with pytest.raises(ValueError, match="not built"):
        layers.Dense(2).quantize("int8")
    layer, inputs, _ = made("dense")
    with pytest.raises(ValueError, match="mode"):
        layer.quantize("int7")
    layer.quantize("int8")
    with pytest.raises(ValueError, match="already"):
        layer.quantize("int8")
    own = Own(2)
    own(inputs)
    with pytest.raises(NotImplementedError, match="type_check"):
        own.quantize("int8")
    own.quantize("int8", type_check=False)
    assert own._kernel.dtype == "int8"
    with pytest.raises(NotImplementedError, match="quantised form"):
        layers.BatchNormalization().quantize("int8")
    half = layers.Dense(2, dtype="float16")
    half(inputs)
    with pytest.raises(ValueError, match="float16"):
        half.quantize("int8")


def test_adapter_is_trained():
    model = Sequential([layers.Dense(4, activation="relu"), layers.Dense(1)])
    x, y = X[:, 0], X[:, 0, :1] * 3
    model(x)
    model.quantize("int8")
    for layer in model.layers:
        layer.enable_lora(2)
    kernel = values(model.layers[0]._kernel)
    model.compile("adam", "mse")
    first = model.evaluate(x, y, verbose=0)
    model.optimizer.learning_rate = 0.05
    model.fit(x, y, epochs=20, verbose=0)
    assert model.evaluate(x, y, verbose=0) < first
    np.testing.assert_array_equal(values(model.layers[0]._kernel), kernel)
