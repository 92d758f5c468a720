"""Keras's private modules, as packages import them."""

import importlib
import io

import numpy as np
import pytest

import lamina
from lamina import layers, saving


def model():
    made = lamina.Sequential([lamina.Input((3,)), layers.Dense(2, name="d")])
    made.compile("sgd", "mse")
    return made


def test_models_in_file_objects(installed, tmp_path):
    lib = importlib.import_module("keras.src.saving.saving_lib")
    first, x = model(), np.ones((2, 3), "float32")
    buffer = io.BytesIO()
    lib.save_model(first, buffer)
    again = lib.load_model(io.BytesIO(buffer.getvalue()), compile=True)
    np.testing.assert_array_equal(again.predict(x, verbose=0), first.predict(x, verbose=0))
    assert again.compiled and not lib.load_model(io.BytesIO(buffer.getvalue()), compile=False).compiled
    path = str(tmp_path / "m.keras")
    lib.save_model(first, path)
    np.testing.assert_array_equal(saving.load_model(path).get_weights()[0], first.get_weights()[0])


def test_weights_in_file_objects(installed):
    lib = importlib.import_module("keras.src.saving.saving_lib")
    first, second, buffer = model(), model(), io.BytesIO()
    lib.save_weights_only(first, buffer)
    lib.load_weights_only(second, io.BytesIO(buffer.getvalue()))
    np.testing.assert_array_equal(second.get_weights()[0], first.get_weights()[0])


def test_no_automatic_dependency_tracking(installed):
    keras = importlib.import_module("keras")
    untracked = keras.src.utils.tracking.no_automatic_dependency_tracking

    class Holder(layers.Layer):
        def __init__(self):
            super().__init__()
            self.mine = layers.Dense(1)
            self.hold(layers.Dense(2))

        @untracked
        def hold(self, layer):
            self.other = layer

    holder = Holder()
    assert holder._flatten_layers(include_self=False) == [holder.mine] and holder.other.units == 2


def test_source_files_stand_for_the_namespace_they_belong_to(installed):
    assert importlib.import_module("keras.src.layers.core.dense").Dense is layers.Dense
    assert importlib.import_module("keras.src.callbacks.early_stopping").EarlyStopping is lamina.callbacks.EarlyStopping
    backend = importlib.import_module("keras.src.backend")
    assert backend.KerasTensor is lamina.KerasTensor and backend.convert_to_tensor is lamina.ops.convert_to_tensor
    assert importlib.import_module("keras.src.backend.common.variables").KerasVariable is lamina.Variable
    assert backend.standardize_shape([None, np.int64(3)]) == (None, 3)
    with pytest.raises(ValueError, match="integers, zero or above"):
        backend.standardize_shape([-1, 2])
    with pytest.raises(ImportError, match="lamina has no 'absent' in what 'keras.src.layers' stands for"):
        exec("from keras.src.layers import absent")


def test_activations_added_to_keras_own_table_have_names(installed, monkeypatch):
    table = importlib.import_module("keras.src.activations").ALL_OBJECTS_DICT
    assert table["relu"] is lamina.activations.relu
    monkeypatch.setitem(table, "twice", lambda x: x * 2)
    try:
        assert layers.Dense(1, activation="twice").activation(3) == 6
    finally:
        saving.get_custom_objects().pop("twice", None)


def test_undecorated(installed):
    export = importlib.import_module("keras.src.api_export").keras_export

    @export("keras.layers.Thing", package="x")
    class Thing:
        pass

    assert Thing.__name__ == "Thing"


@pytest.mark.filterwarnings("ignore:keras.utils.legacy")
def test_legacy_serialization(installed):
    legacy = importlib.import_module("keras.utils.legacy")
    entry = legacy.serialize_keras_object(layers.Dense(3, name="d"))
    assert entry["class_name"] == "Dense" and entry["config"]["units"] == 3
    with pytest.raises(ValueError, match="Unknown layer 'Dense'"):
        legacy.deserialize_keras_object(entry, printable_module_name="layer")
    made = legacy.deserialize_keras_object(entry, module_objects={"Dense": layers.Dense})
    assert isinstance(made, layers.Dense) and made.name == "d"
    assert legacy.serialize_keras_object(None) is None and legacy.deserialize_keras_object(3) == 3
    assert legacy.deserialize_keras_object("f", custom_objects={"f": len}) is len
    with pytest.raises(ValueError, match="expected an object"):
        legacy.serialize_keras_object(3)
