"""Low-rank adaptation: the effective weight by its definition, what is trained, what files hold."""

import numpy as np
import pytest

import lamina
from lamina import layers, ops


def dense(**kwargs):
    return layers.Dense(4, **kwargs), (3, 5), "kernel"


def einsum_dense(**kwargs):
    return layers.EinsumDense("abc,cde->abde", (None, 2, 4), bias_axes="e", **kwargs), (3, 2, 5), "kernel"


def embedding(**kwargs):
    return layers.Embedding(7, 4, **kwargs), (3, 2), "embeddings"


def conv(**kwargs):
    return layers.Conv2D(4, 2, **kwargs), (3, 3, 3, 5), "kernel"


MAKERS = pytest.mark.parametrize("make", [dense, einsum_dense, embedding, conv])


def inputs_for(layer, shape):
    rng = np.random.default_rng(0)
    return (
        rng.integers(0, 7, shape) if isinstance(layer, layers.Embedding) else rng.normal(size=shape).astype("float32")
    )


def thin(layer, name):
    return getattr(layer, f"lora_{name}_a"), getattr(layer, f"lora_{name}_b")


def plain_call(layer, weight, x):
    """The layer's definition on a given weight, in NumPy."""
    if isinstance(layer, layers.Embedding):
        return weight[x]
    if isinstance(layer, layers.Conv2D):
        windows = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))
        return np.einsum("bhwcij,ijco->bhwo", windows, weight) + layer.bias.numpy()
    equation = "bi,io->bo" if isinstance(layer, layers.Dense) else layer.equation
    return np.einsum(equation, x, weight) + layer.bias.numpy()


def adapted(make, **kwargs):
    """A layer with drawn thin matrices, an input, its stored weight and its effective one."""
    layer, shape, name = make()
    x = inputs_for(layer, shape)
    layer(x)
    stored = getattr(layer, name).numpy()
    layer.enable_lora(2, b_initializer="random_normal", **kwargs)
    a, b = (v.numpy() for v in thin(layer, name))
    return layer, x, stored, stored + np.matmul(a, b) * kwargs.get("lora_alpha", 2) / 2


@MAKERS
@pytest.mark.parametrize("options", [{}, {"lora_alpha": 6}])
def test_the_weight_counts_with_the_product(make, options):
    layer, x, _, effective = adapted(make, **options)
    np.testing.assert_allclose(ops.convert_to_numpy(getattr(layer, layer.adaptable)), effective, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ops.convert_to_numpy(layer(x)), plain_call(layer, effective, x), rtol=1e-4, atol=1e-5)


@MAKERS
def test_at_first_nothing_changes(make):
    layer, shape, name = make()
    x = inputs_for(layer, shape)
    before = ops.convert_to_numpy(layer(x))
    layer.enable_lora(2)
    np.testing.assert_allclose(ops.convert_to_numpy(layer(x)), before, rtol=1e-6)
    assert [v.shape for v in thin(layer, name)] == [(*getattr(layer, name).shape[:-1], 2), (2, 4)]


@MAKERS
def test_only_the_thin_matrices_and_the_bias_are_trained(make):
    layer, shape, name = make(lora_rank=2)
    layer(inputs_for(layer, shape))
    bias = [] if name == "embeddings" else ["bias"]
    lora = [f"lora_{name}_a", f"lora_{name}_b"]
    assert [v.name for v in layer.weights] == [name, *bias, *lora]
    assert [v.name for v in layer.trainable_weights] == [*bias, *lora]
    layer.trainable = False
    layer.trainable = True
    assert [v.name for v in layer.trainable_weights] == [*bias, *lora]


@MAKERS
def test_a_layer_frozen_before_keeps_its_weight_frozen(make):
    layer, shape, name = make()
    layer(inputs_for(layer, shape))
    layer.trainable = False
    layer.enable_lora(2)
    layer.trainable = True
    assert name not in [v.name for v in layer.trainable_weights]


@MAKERS
def test_fit_moves_the_thin_matrices_and_leaves_the_weight(make):
    layer, shape, name = make(lora_rank=2)
    x = inputs_for(layer, shape)
    model = lamina.Sequential([layer, layers.Flatten(), layers.Dense(1)])
    model.build((None, *shape[1:]))
    stored = layer._stored_weight.numpy()
    b = thin(layer, name)[1].numpy()
    model.compile("sgd", "mse")
    model.fit(x, np.ones((3, 1)), epochs=2, verbose=0)
    np.testing.assert_array_equal(layer._stored_weight.numpy(), stored)
    assert np.abs(thin(layer, name)[1].numpy() - b).max() > 0


@MAKERS
def test_files_hold_the_effective_weight(make, tmp_path):
    layer, x, _, effective = adapted(make)
    model = lamina.Sequential([lamina.Input(x.shape[1:], dtype=x.dtype.name), layer])
    model.save_weights(tmp_path / "adapted.weights.h5")
    plain, _, name = make()
    other = lamina.Sequential([lamina.Input(x.shape[1:], dtype=x.dtype.name), plain])
    other.load_weights(tmp_path / "adapted.weights.h5")
    np.testing.assert_allclose(getattr(plain, name).numpy(), effective, rtol=1e-5, atol=1e-6)
    model.load_weights(tmp_path / "adapted.weights.h5")
    assert not any(v.numpy().any() for v in thin(layer, name))
    np.testing.assert_allclose(layer._stored_weight.numpy(), effective, rtol=1e-5, atol=1e-6)


@MAKERS
def test_a_model_file_keeps_rank_and_alpha(make, tmp_path):
    layer, x, _, _ = adapted(make, lora_alpha=6)
    model = lamina.Sequential([lamina.Input(x.shape[1:], dtype=x.dtype.name), layer])
    model.save(tmp_path / "adapted.keras")
    loaded = lamina.saving.load_model(tmp_path / "adapted.keras")
    assert (loaded.layers[-1].lora_rank, loaded.layers[-1].lora_alpha, loaded.layers[-1].lora_enabled) == (2, 6, True)
    np.testing.assert_allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-4, atol=1e-5)


def test_paths_lie_beside_the_weight():
    inside = layers.Dense(4, name="inside")
    model = lamina.Sequential([lamina.Input((3,)), inside], name="outside")
    inside.enable_lora(2)
    assert [v.path for v in inside.weights] == [
        f"{inside.path}/{name}" for name in ("kernel", "bias", "lora_kernel_a", "lora_kernel_b")
    ]
    assert len(model.weights) == 4


def test_what_cannot_be_adapted_is_refused():
    layer = layers.Dense(4)
    with pytest.raises(ValueError, match="not built"):
        layer.enable_lora(2)
    layer.build((None, 3))
    with pytest.raises(ValueError, match="positive integer"):
        layer.enable_lora(0)
    layer.enable_lora(2)
    with pytest.raises(ValueError, match="already"):
        layer.enable_lora(2)
    with pytest.raises(ValueError, match="lora_rank must be a positive integer"):
        layers.Dense(4, lora_rank=-1)
    held = layers.Dense(4, kernel_constraint="max_norm")
    held.build((None, 3))
    with pytest.raises(ValueError, match="kernel_constraint"):
        held.enable_lora(2)


@MAKERS
def test_before_the_layer_is_built_there_is_no_weight(make):
    layer, _, name = make()
    with pytest.raises(AttributeError, match="before the layer is built"):
        getattr(layer, name)


@pytest.mark.peer
@MAKERS
def test_equals_keras(make):
    keras = pytest.importorskip("keras")
    layer, x, _, _ = adapted(make, lora_alpha=6)
    theirs = getattr(keras.layers, type(layer).__name__).from_config(make()[0].get_config())
    theirs.build(x.shape)
    theirs.enable_lora(2, lora_alpha=6)
    assert [v.name for v in theirs.weights] == [v.name for v in layer.weights]
    theirs.set_weights(layer.get_weights())
    np.testing.assert_allclose(ops.convert_to_numpy(layer(x)), np.asarray(theirs(x)), rtol=1e-4, atol=1e-5)
