"""Models to files and back."""

import json
import zipfile

import h5py
import numpy as np
import pytest

from lamina.layers import BatchNormalization, Dense, Dropout, Input
from lamina.models import Model, Sequential, load_model
from lamina.saving import load_weights, save_model, save_weights


def ones(*shape):
    return np.ones(shape, "float32")


def net():
    return Sequential(
        [Input((3,), name="in"), Dense(2, name="d"), BatchNormalization(name="b"), Dropout(0.5), Dense(1)]
    )


def test_the_layout_of_a_keras_file(tmp_path):
    model = net()
    model.compile("adam", "mse")
    model.fit(ones(4, 3), ones(4, 1), verbose=0)
    model.save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        assert sorted(archive.namelist()) == ["config.json", "metadata.json", "model.weights.h5"]
        config = json.loads(archive.read("config.json"))
        assert set(json.loads(archive.read("metadata.json"))) == {"keras_version", "date_saved"}
        archive.extract("model.weights.h5", tmp_path)
    assert config["module"] == "keras" and config["class_name"] == "Sequential"
    assert config["compile_config"]["loss"] == "mse"
    with h5py.File(tmp_path / "model.weights.h5") as file:
        assert set(file) == {"layers", "optimizer", "vars"}
        assert set(file["layers"]) == {"dense", "dense_1", "batch_normalization", "dropout"}
        assert file["layers/dense/vars"].attrs["name"] == "d"
        assert [file[f"layers/batch_normalization/vars/{i}"].shape for i in range(4)] == [(2,)] * 4
        assert set(file["optimizer/vars"]) == {str(i) for i in range(2 + 2 * 6)}


def test_weights_go_by_place_not_by_name(tmp_path):
    first, second = net(), Sequential([Input((3,)), Dense(2), BatchNormalization(), Dropout(0.5), Dense(1, name="z")])
    save_weights(first, tmp_path / "w.weights.h5")
    load_weights(second, tmp_path / "w.weights.h5")
    assert all(np.array_equal(a, b) for a, b in zip(first.get_weights(), second.get_weights()))


def test_weights_out_of_a_whole_model(tmp_path):
    first, second = net(), net()
    save_model(first, tmp_path / "m.keras")
    second.load_weights(tmp_path / "m.keras")
    assert np.array_equal(first(ones(2, 3)), second(ones(2, 3)))


def test_old_h5_weights_by_order_and_by_name(tmp_path):
    first, second = net(), net()
    first.save_weights(tmp_path / "w.h5")
    second.load_weights(tmp_path / "w.h5")
    assert np.array_equal(first(ones(2, 3)), second(ones(2, 3)))
    other = Sequential([Input((3,)), Dense(2, name="d"), Dense(5, name="elsewhere")])
    other.load_weights(tmp_path / "w.h5", by_name=True)
    assert np.array_equal(other.layers[0].kernel.numpy(), first.layers[0].kernel.numpy())
    with h5py.File(tmp_path / "w.h5") as file:
        assert [n.decode() for n in file.attrs["layer_names"]] == [layer.name for layer in first.layers]


def test_old_h5_models(tmp_path):
    for model in (net(), Model(*(lambda x: (x, Dense(2)(x)))(Input((3,))))):
        model.compile("sgd", "mse")
        model.save(tmp_path / "m.h5")
        again = load_model(tmp_path / "m.h5")
        assert np.array_equal(again(ones(2, 3)), model(ones(2, 3))) and again.compiled
        assert not load_model(tmp_path / "m.h5", compile=False).compiled


def test_bfloat16_weights_survive(tmp_path):
    model = Sequential([Input((3,)), Dense(2, dtype="bfloat16")])
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    assert again.weights[0].dtype == "bfloat16"
    assert np.array_equal(again.get_weights()[0], model.get_weights()[0])


def test_models_in_models_and_lists(tmp_path):
    inner = net()
    x = Input((3,))
    outer = Model(x, inner(x))
    outer.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    assert np.array_equal(again(ones(2, 3)), outer(ones(2, 3)))


def test_a_mixed_policy_survives(tmp_path):
    model = Sequential([Input((3,)), Dense(2, dtype="mixed_float16")])
    model.save(tmp_path / "m.keras")
    assert load_model(tmp_path / "m.keras").layers[0].dtype_policy.name == "mixed_float16"


def test_an_interrupted_save_leaves_the_old_file(tmp_path, monkeypatch):
    model = net()
    model.save(tmp_path / "m.keras")
    before = (tmp_path / "m.keras").read_bytes()

    def fail(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fail)
    with pytest.raises(KeyboardInterrupt):
        model.save(tmp_path / "m.keras")
    assert (tmp_path / "m.keras").read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_names_of_files(tmp_path):
    model = net()
    with pytest.raises(ValueError, match=r"must end in \.keras"):
        model.save(tmp_path / "m.zip")
    with pytest.raises(ValueError, match=r"must end in \.weights\.h5"):
        model.save_weights(tmp_path / "w.npz")
    model.save(tmp_path / "m.keras")
    with pytest.raises(FileExistsError):
        model.save(tmp_path / "m.keras", overwrite=False)
    with pytest.raises(TypeError, match="must be a path"):
        model.save(3)


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_a_layer_shared_by_models_inside_stays_one(tmp_path, ending):
    shared = layers.Dense(3, name="shared")
    inner = [models.Sequential([layers.Input((3,)), shared, layers.Dense(2)], name=name) for name in "ab"]
    x = layers.Input((3,))
    model = models.Model(x, layers.Add()([inner[0](x), inner[1](x)]))
    model.save(tmp_path / f"m.{ending}")
    again = saving.load_model(tmp_path / f"m.{ending}")
    assert len(again.weights) == len(model.weights) == 6
    np.testing.assert_array_equal(again(x3), model(x3))
    assert again.get_layer("a").layers[0] is again.get_layer("b").layers[0]
