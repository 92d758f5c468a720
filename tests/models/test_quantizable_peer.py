"""Quantised layers and models against Keras: outputs, and files both ways."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from lamina import Model, layers, models, quantizers  # noqa: E402

pytestmark = pytest.mark.peer

X = np.random.default_rng(0).normal(size=(4, 3, 10)).astype("float32")
INDICES = np.random.default_rng(0).integers(0, 7, (4, 3))
CONFIGS = {
    "int8": lambda q: q.Int8QuantizationConfig(),
    "int8 weights": lambda q: q.Int8QuantizationConfig(activation_quantizer=None),
    "int4": lambda q: q.Int4QuantizationConfig(),
    "int4 blocks": lambda q: q.Int4QuantizationConfig(block_size=4),
    "int4 channels": lambda q: q.Int4QuantizationConfig(block_size=-1),
}
MAKERS = {
    "dense": lambda of: of.Dense(5, bias_initializer="normal"),
    "einsum": lambda of: of.EinsumDense("abc,cde->abed", (None, 3, 7), bias_axes="ed"),
    "embedding": lambda of: of.Embedding(7, 10),
}


def both(name):
    inputs = INDICES if name == "embedding" else X
    theirs, ours = MAKERS[name](keras.layers), MAKERS[name](layers)
    theirs(inputs), ours(inputs)
    ours.set_weights(theirs.get_weights())
    return theirs, ours, inputs


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("name", MAKERS)
def test_outputs(name, config):
    theirs, ours, inputs = both(name)
    theirs.quantize(config=CONFIGS[config](keras.quantizers))
    ours.quantize(config=CONFIGS[config](quantizers))
    assert theirs.dtype_policy.name == ours.dtype_policy.name
    for a, b in zip(theirs.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_allclose(a.astype("float32"), b.astype("float32"), rtol=1e-6)
    np.testing.assert_allclose(np.asarray(theirs(inputs)), np.asarray(ours(inputs)), rtol=1e-4, atol=1e-4)


def network(lib, of):
    inputs = lib.Input((3,), dtype="int32")
    x = of.Embedding(7, 8)(inputs)
    x = of.EinsumDense("abc,cd->abd", (None, 6), bias_axes="d", activation="relu")(x)
    return lib.Model(inputs, of.Dense(2)(x))


@pytest.mark.parametrize("config", CONFIGS)
def test_files(tmp_path, config):
    import lamina

    theirs, ours = network(keras, keras.layers), network(lamina, layers)
    theirs.quantize(config=CONFIGS[config](keras.quantizers))
    ours.quantize(config=CONFIGS[config](quantizers))
    theirs.save(tmp_path / "theirs.keras")
    ours.save(tmp_path / "ours.keras")
    read = models.load_model(tmp_path / "theirs.keras")
    assert isinstance(read, Model)
    np.testing.assert_allclose(
        read.predict(INDICES, verbose=0), theirs.predict(INDICES, verbose=0), rtol=1e-4, atol=1e-4
    )
    back = keras.models.load_model(tmp_path / "ours.keras")
    np.testing.assert_allclose(back.predict(INDICES, verbose=0), ours.predict(INDICES, verbose=0), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", ["GPTQConfig", "AWQConfig"])
def test_variables_of_calibrated_layers_mean_the_same(kind):
    theirs = [keras.layers.Dense(5), keras.layers.EinsumDense("abc,cde->abde", (None, 3, 5), bias_axes="e")]
    embedding = keras.layers.Embedding(7, 8)
    model = keras.Sequential([embedding, *theirs])
    model(INDICES)
    structure = {"pre_block_layers": [embedding], "sequential_blocks": theirs}
    model.get_quantization_layer_structure = lambda mode: structure
    config = getattr(keras.quantizers, kind)(
        [INDICES], lambda text: text, group_size=4, num_samples=2, sequence_length=6
    )
    with pytest.warns(UserWarning, match="mode"):  # of the embedding
        model.quantize(config.mode, config=config)
    x = np.asarray(embedding(INDICES))
    policy = f"{config.dtype_policy_string()}_from_float32"
    ours = [
        layers.Dense(5, dtype=policy),
        layers.EinsumDense("abc,cde->abde", (None, 3, 5), bias_axes="e", dtype=policy),
    ]
    for their, our in zip(theirs, ours):
        our.build(x.shape)
        names = their.variable_serialization_spec[config.mode]
        assert names == our.variable_serialization_spec[config.mode]
        our.load_own_variables({str(i): np.asarray(getattr(their, name)) for i, name in enumerate(names)})
        expected = np.asarray(their(x))
        np.testing.assert_allclose(np.asarray(our(x)), expected, rtol=1e-4, atol=1e-5)
        x = expected
