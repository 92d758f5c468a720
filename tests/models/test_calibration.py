"""GPTQ and AWQ of models: which layers, by which inputs, and what files hold."""

import numpy as np
import pytest

from lamina import Model, Sequential, layers, models, ops, quantizers

RNG = np.random.default_rng(0)
X = (RNG.normal(size=(128, 10)) @ RNG.normal(size=(10, 10))).astype("float32")
MODES = {"gptq": quantizers.GPTQConfig, "awq": quantizers.AWQConfig}


def values(x):
    return ops.convert_to_numpy(x)


def made():
    blocks = [
        Sequential([layers.Dense(24, activation="relu"), layers.LayerNormalization()]),
        layers.EinsumDense("ab,cbd->adc", (3, 5), bias_axes="d"),
    ]
    model = Sequential([*blocks, layers.Flatten(), layers.Dense(4)])
    model(X)
    return model, {"sequential_blocks": blocks}


@pytest.mark.parametrize("size", [4, -1])
@pytest.mark.parametrize("mode", MODES)
def test_outputs_stay_near_and_files_hold_them(mode, size, tmp_path):
    model, structure = made()
    before = values(model(X))
    model.quantize(config=MODES[mode](X, None, group_size=size, quantization_layer_structure=structure))
    after = values(model(X))
    assert 0 < np.abs(after - before).mean() < 0.15 * np.abs(before).mean()
    first, second, last = model.layers[0].layers[0], model.layers[1], model.layers[3]
    assert first.dtype_policy.name == second.dtype_policy.name == f"{mode}/4/{size}_from_float32"
    assert last.quantization_mode is None
    assert first.quantized_kernel.dtype == "uint8" and tuple(first.quantized_kernel.shape) == (12, 10)
    assert tuple(second.kernel.shape) == (5, 24, 3)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(values(models.load_model(tmp_path / "model.keras")(X)), after)


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_more_bits_are_nearer(bits):
    model, structure = made()
    before = values(model(X))
    model.quantize(config=quantizers.GPTQConfig(X, None, weight_bits=bits, quantization_layer_structure=structure))
    error = np.abs(values(model(X)) - before).mean() / np.abs(before).mean()
    assert error < {2: 0.8, 3: 0.3, 4: 0.15, 8: 0.01}[bits]


def test_each_block_sees_the_outputs_of_the_quantised_ones_before():
    model, structure = made()
    seen = []
    second = structure["sequential_blocks"][1]
    watch = second._observe
    second._observe = lambda inputs: (seen.append(values(inputs)) if second._statistics else None, watch(inputs))[1]
    model.quantize(config=quantizers.GPTQConfig(X, None, weight_bits=2, quantization_layer_structure=structure))
    np.testing.assert_allclose(np.concatenate(seen), values(structure["sequential_blocks"][0](X)), atol=1e-5)


def test_texts_go_through_the_layers_before_the_blocks():
    class Language(Model):
        def __init__(self):
            super().__init__()
            self.embedding = layers.Embedding(30, 8)
            self.block = layers.Dense(8)

        def call(self, x):
            return self.block(self.embedding(x))

        def get_quantization_layer_structure(self, mode=None):
            return {"pre_block_layers": [self.embedding], "sequential_blocks": [self.block]}

    model = Language()
    ids = RNG.integers(0, 30, (5, 7))
    before = values(model(ids))
    config = quantizers.GPTQConfig(
        ["one", "and another text"], lambda text: [ord(c) % 30 for c in text], num_samples=4, sequence_length=6
    )
    model.quantize(config=config)
    assert model.block.quantization_mode == "gptq" and model.embedding.quantization_mode is None
    assert np.abs(values(model(ids)) - before).max() < 0.2


def test_low_rank_is_merged_into_the_codes(tmp_path):
    model, structure = made()
    model.quantize(config=quantizers.GPTQConfig(X, None, weight_bits=8, quantization_layer_structure=structure))
    layer = model.layers[0].layers[0]
    layer.enable_lora(2, b_initializer=lambda shape, dtype: ops.full(shape, 0.01, dtype))
    after = values(model(X))
    store: dict = {}
    layer.save_own_variables(store)
    layer.load_own_variables(store)
    assert not values(layer.lora_kernel_b).any()
    np.testing.assert_allclose(values(model(X)), after, atol=0.1 * np.abs(after).max())


def test_filters_and_layers_without_a_form():
    batched = layers.EinsumDense("abc,bcd->abd", (3, 2))
    plain = layers.EinsumDense("abc,cd->abd", (3, 4), name="plain")
    kept = layers.EinsumDense("abc,cd->abd", (3, 4), name="kept")
    model = Sequential([plain, kept, batched])
    x = RNG.normal(size=(20, 3, 5)).astype("float32")
    model(x)
    config = quantizers.AWQConfig(x, None, quantization_layer_structure={"sequential_blocks": [plain, kept, batched]})
    with pytest.warns(UserWarning, match="einsum_dense"):
        model.quantize(config=config, filters=["plain", "einsum"])
    assert [layer.quantization_mode for layer in model.layers] == ["awq", None, None]


def test_wrong_arguments():
    model, structure = made()
    with pytest.raises(ValueError, match="needs a config"):
        model.quantize("gptq")
    with pytest.raises(ValueError, match="sequential_blocks"):
        model.quantize(config=quantizers.GPTQConfig(X, None))
    with pytest.raises(ValueError, match="dataset"):
        model.quantize(config=quantizers.GPTQConfig(None, None, quantization_layer_structure=structure))
    with pytest.raises(ValueError, match="dataset is empty"):
        model.quantize(config=quantizers.GPTQConfig([], None, quantization_layer_structure=structure))
    with pytest.raises(ValueError, match="tokenizer"):
        model.quantize(config=quantizers.GPTQConfig(["text"], None, quantization_layer_structure=structure))
    with pytest.raises(ValueError, match=r"model\.quantize"):
        model.layers[3].quantize(config=quantizers.GPTQConfig(X, None))
    with pytest.raises(AttributeError, match="quantized_kernel"):
        model.layers[3].quantized_kernel  # noqa: B018
