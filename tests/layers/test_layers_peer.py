"""Every layer of the table against Keras's, with copied weights."""

import json

import numpy as np
import pytest

from lamina import layers, tree
from lamina.layers import Input
from lamina.models import Model, load_model

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.peer

# Keras's invert=True and string outputs work on its TensorFlow backend only; its tables need TensorFlow.
_NEEDS_TENSORFLOW = ("StringLookup", "IntegerLookup", "Hashing", "HashedCrossing", "TextVectorization")


def as_numpy(x):
    x = x.detach().cpu() if hasattr(x, "detach") else x
    return np.asarray(x)


# Keras neither reads its own config of the first nor calls the second twice in a model.
_NOT_IN_KERAS_FILES = ("RandomShear", "Equalization")
# Keras's layers of images change them, by draws of their own, where nothing is said of training.
_TRAINING_BY_DEFAULT = ("Rand", "CenterCrop", "Solarization", "AugMix", "MixUp", "CutMix")


def call(layer, x):
    if type(layer).__name__.startswith(_TRAINING_BY_DEFAULT):
        return layer(x, training=False)
    return layer(*x) if isinstance(x, tuple) else layer(x)


def data_of(x):
    return list(x) if isinstance(x, tuple) else x


def pair(case):
    name, arguments, x = case
    if not hasattr(keras.layers, name):
        pytest.skip("Keras has no such layer")
    if name in _NEEDS_TENSORFLOW:
        pytest.importorskip("tensorflow")
    if keras.backend.backend() == "torch" and "lanczos" in arguments.get("interpolation", ""):
        pytest.skip("PyTorch has no Lanczos interpolation")
    theirs, ours = getattr(keras.layers, name)(**arguments), getattr(layers, name)(**arguments)
    expected = as_numpy(call(theirs, x))
    call(ours, x)
    ours.set_weights(theirs.get_weights())
    return theirs, ours, x, expected


def model_of(model, make_input, layer, x):
    def one(a):
        return make_input(a.shape[1:], dtype="string" if a.dtype.kind == "U" else str(a.dtype))

    inputs = tree.map_structure(one, x)
    return model(data_of(inputs), call(layer, inputs))


def close(a, b):
    np.testing.assert_allclose(as_numpy(a), as_numpy(b), atol=1e-5, rtol=1e-5)


def test_same_output_and_weight_names(layer_case):
    theirs, ours, x, expected = pair(layer_case)
    close(call(ours, x), expected)
    assert [w.path.split("/")[-1] for w in ours.weights] == [w.path.split("/")[-1] for w in theirs.weights]
    assert [w.shape for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    assert [w.trainable for w in ours.weights] == [w.trainable for w in theirs.weights]


def test_configs_are_read_by_either(layer_case):
    theirs, ours, x, expected = pair(layer_case)
    back = keras.layers.deserialize(json.loads(json.dumps(layers.serialize(ours))))
    assert back.get_config().keys() == theirs.get_config().keys()
    there = layers.deserialize(json.loads(json.dumps(keras.layers.serialize(theirs))))
    call(there, x)
    there.set_weights(theirs.get_weights())
    close(call(there, x), expected)


def test_files_are_read_by_either(layer_case, tmp_path):
    theirs, ours, x, expected = pair(layer_case)
    if type(theirs).__name__ in _NOT_IN_KERAS_FILES:
        pytest.skip("Keras has no working model of it")
    is_text = not isinstance(x, (list, tuple)) and x.dtype.kind == "U"
    keras_model = model_of(keras.Model, keras.Input, type(theirs).from_config(theirs.get_config()), x)
    keras_model.set_weights(theirs.get_weights())
    keras_model.save(tmp_path / "keras.keras")
    read = load_model(tmp_path / "keras.keras")
    close(read(data_of(x)), expected)
    lamina_model = model_of(Model, Input, type(ours).from_config(ours.get_config()), x)
    lamina_model.set_weights(ours.get_weights())
    lamina_model.save(tmp_path / "lamina.keras")
    back = keras.saving.load_model(tmp_path / "lamina.keras")
    if not is_text or keras.backend.backend() == "tensorflow":
        close(back(data_of(x)), expected)
    keras_model.save_weights(tmp_path / "keras.weights.h5")
    lamina_model.set_weights([np.zeros_like(w) for w in lamina_model.get_weights()])
    lamina_model.load_weights(tmp_path / "keras.weights.h5")
    close(lamina_model(data_of(x)), expected)
    lamina_model.save_weights(tmp_path / "lamina.weights.h5")
    back.set_weights([np.zeros_like(w) for w in back.get_weights()])
    back.load_weights(tmp_path / "lamina.weights.h5")
    for a, b in zip(back.get_weights(), lamina_model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_batch_normalization_in_training_and_with_a_mask():
    x = np.random.default_rng(0).normal(size=(4, 5, 3)).astype("float32")
    mask = np.array([[1, 1, 0, 0, 1]] * 4, bool)
    for given in (None, mask):
        theirs, ours = keras.layers.BatchNormalization(momentum=0.7), layers.BatchNormalization(momentum=0.7)
        a = (
            theirs(x, training=True)
            if given is None
            else theirs(x, training=True, mask=keras.ops.convert_to_tensor(given))
        )
        close(ours(x, training=True, mask=given), a)
        for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            close(mine, other)


def test_normalization_adapts_alike():
    data = np.random.default_rng(0).normal(3, 2, size=(50, 4)).astype("float32")
    theirs, ours = keras.layers.Normalization(), layers.Normalization()
    theirs.adapt(data), ours.adapt(data)
    for mine, other in zip(ours.get_weights()[:2], theirs.get_weights()[:2], strict=True):
        close(mine, other)  # the third, the count, Keras leaves at 0
    close(ours(data), theirs(data))


def test_discretization_adapts_alike():
    pytest.importorskip("tensorflow")  # Keras adapts this layer with it, whatever its backend
    data = np.random.default_rng(0).normal(size=(1000, 1)).astype("float32")
    theirs, ours = keras.layers.Discretization(num_bins=4), layers.Discretization(num_bins=4)
    theirs.adapt(data), ours.adapt(data)
    # Keras's boundaries are those of a compressed summary of the data.
    np.testing.assert_allclose(ours.bin_boundaries, as_numpy(theirs.bin_boundaries), atol=0.03)


@pytest.mark.parametrize("mode", ["int", "multi_hot", "tf_idf"])
def test_string_lookup_adapts_alike(mode):
    pytest.importorskip("tensorflow")
    data = np.array([["b", "a"], ["c", "b"], ["d", "a"]])
    theirs, ours = keras.layers.StringLookup(output_mode=mode), layers.StringLookup(output_mode=mode)
    theirs.adapt(data), ours.adapt(data)
    assert ours.get_vocabulary() == [str(t) for t in theirs.get_vocabulary()]
    close(ours(data), theirs(data))
