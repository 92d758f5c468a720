"""The embedding that leads back, against its definition in NumPy."""

import numpy as np
import pytest

from lamina import GradientTape, Input, Model, Sequential, layers, losses, models, ops, optimizers, quantizers

RNG = np.random.default_rng(0)
IDS = RNG.integers(0, 7, (4, 3))
VECTORS = RNG.normal(size=(4, 3, 10)).astype("float32")
CONFIGS = {
    "int8": quantizers.Int8QuantizationConfig(),
    "int8 weights": quantizers.Int8QuantizationConfig(activation_quantizer=None),
    "int4 blocks": quantizers.Int4QuantizationConfig(block_size=4),
    "int4 rows": quantizers.Int4QuantizationConfig(block_size=-1),
}


def values(x):
    return ops.convert_to_numpy(x)


def made(tie_weights, **kwargs):
    layer = layers.ReversibleEmbedding(7, 10, tie_weights=tie_weights, embeddings_initializer="normal", **kwargs)
    layer.build()
    return layer


@pytest.mark.parametrize("tie_weights", [True, False])
def test_there_and_back(tie_weights):
    layer = made(tie_weights, logit_soft_cap=0.1)
    table = values(layer.embeddings)
    np.testing.assert_allclose(values(layer(IDS)), table[IDS])
    back = table.T if tie_weights else values(layer.reverse_embeddings)
    expected = 0.1 * np.tanh(VECTORS @ back / 0.1)
    np.testing.assert_allclose(values(layer(VECTORS, reverse=True)), expected, rtol=1e-4, atol=1e-5)
    assert len(layer.trainable_weights) == 1 + (not tie_weights)


def test_dtypes_and_shapes():
    layer = layers.ReversibleEmbedding(7, 10, dtype="mixed_bfloat16", reverse_dtype="float32")
    ids, vectors = Input((3,), dtype="int32"), Input((3, 10))
    there, back = layer(ids), layer(vectors, reverse=True)
    assert (there.shape, there.dtype) == ((None, 3, 10), "bfloat16")
    assert (back.shape, back.dtype) == ((None, 3, 7), "float32")
    there, back = layer(IDS), layer(VECTORS, reverse=True)
    assert (ops.dtype(there), ops.dtype(back)) == ("bfloat16", "float32")


def test_only_indices_make_a_mask():
    layer = made(True, mask_zero=True)
    ids = np.array([[2, 0, 1]])
    seen = []

    class Look(layers.Layer):
        def call(self, x, mask=None):
            seen.append(mask)
            return x

    Look()(layer(ids))
    Look()(layer(VECTORS, reverse=True))
    np.testing.assert_array_equal(values(seen[0]), [[True, False, True]])
    assert seen[1] is None


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("tie_weights", [True, False])
def test_quantised(tie_weights, config, tmp_path):
    layer = made(tie_weights)
    there, back = values(layer(IDS)), values(layer(VECTORS, reverse=True))
    plain = values(layer.embeddings).T if tie_weights else values(layer.reverse_embeddings)
    layer.quantize(config=CONFIGS[config])
    floats = values(layer._reverse_weight())
    step = np.abs(plain).max() / (127 if config.startswith("int8") else 7)
    assert np.abs(floats - plain).mean() <= step
    if not tie_weights:
        assert layer.reverse_embeddings.dtype == "int8"
        assert tuple(layer.reverse_embeddings.shape) == ((10, 7) if config.startswith("int8") else (5, 7))
    whole = 0.02 if config == "int8" else 1e-5  # there alone are the inputs rounded as well
    np.testing.assert_allclose(values(layer(VECTORS, reverse=True)), VECTORS @ floats, atol=whole)
    assert np.abs(values(layer(IDS)) - there).max() <= 2 * step
    assert np.abs(values(layer(VECTORS, reverse=True)) - back).max() < (0.05 if config.startswith("int8") else 0.8)

    model = Sequential([layer])
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras").layers[0]
    np.testing.assert_array_equal(values(again(VECTORS, reverse=True)), values(layer(VECTORS, reverse=True)))
    np.testing.assert_array_equal(values(again(IDS)), values(layer(IDS)))


def test_low_rank_leads_back_as_well():
    layer = made(True)
    layer.quantize("int8")
    plain = values(layer(VECTORS, reverse=True))
    layer.enable_lora(2, b_initializer="normal")
    delta = values(layer.lora_embeddings_a) @ values(layer.lora_embeddings_b)
    np.testing.assert_allclose(values(layer(VECTORS, reverse=True)), plain + VECTORS @ delta.T, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("tie_weights", [True, False])
def test_gradient_of_the_way_back(tie_weights):
    layer = made(tie_weights)
    layer.quantize("int8")
    upstream = RNG.normal(size=(4, 3, 7)).astype("float32")
    with GradientTape() as tape:
        x = tape.watch(ops.convert_to_tensor(VECTORS))
        loss = ops.sum(ops.multiply(layer(x, reverse=True), upstream))
    expected = upstream @ values(layer._reverse_weight()).T
    np.testing.assert_allclose(values(tape.gradient(loss, x)), expected, rtol=1e-4, atol=1e-4)


def test_a_language_model_learns_with_tied_weights():
    embedding = layers.ReversibleEmbedding(7, 16)
    ids = Input((3,), dtype="int32")
    model = Model(ids, embedding(layers.Dense(16)(embedding(ids)), reverse=True))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizers.Adam(0.05), loss)
    assert len(model.trainable_weights) == 3
    first = model.evaluate(IDS, IDS, verbose=0)
    model.fit(IDS, IDS, epochs=20, verbose=0)
    assert model.evaluate(IDS, IDS, verbose=0) < 0.5 * first
