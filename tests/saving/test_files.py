"""Models to files and back."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest

from lamina import optimizers
from lamina.layers import Add, BatchNormalization, Dense, Dropout, Input, Layer
from lamina.models import Model, Sequential, load_model
from lamina.saving import ModelFileError, load_weights, register_keras_serializable, save_model, save_weights


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


def test_an_h5_model_that_names_its_optimizer_alone(tmp_path):
    """As Keras 3 writes these files: a class without its module."""
    model = Sequential([Input((2,)), Dense(3)])
    model.compile("sgd", "mse")
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5", "r+") as file:
        training = json.loads(file.attrs["training_config"])
        training["optimizer_config"] = {"class_name": "SGD", "config": {"learning_rate": 0.5, "name": "SGD"}}
        file.attrs["training_config"] = json.dumps(training)
        assert file.attrs["keras_version"].startswith("3.")
    assert float(load_model(tmp_path / "m.h5").optimizer.learning_rate) == 0.5


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
        model.save_weights(tmp_path / "w.zip")
    model.save(tmp_path / "m.keras")
    with pytest.raises(FileExistsError):
        model.save(tmp_path / "m.keras", overwrite=False)
    with pytest.raises(TypeError, match="must be a path"):
        model.save(3)


ENDINGS = pytest.mark.parametrize("ending", ["keras", "h5"])
X, Y = np.random.default_rng(0).normal(size=(12, 3)).astype("float32"), ones(12, 1)


def same(a, b, **kwargs):
    for p, q in zip(a, b, strict=True):
        np.testing.assert_allclose(p, q, **kwargs)


@ENDINGS
def test_a_layer_shared_by_models_inside_stays_one(tmp_path, ending):
    shared = Dense(3, name="shared")
    inner = [Sequential([Input((3,)), shared, Dense(2)], name=name) for name in "ab"]
    x = Input((3,))
    model = Model(x, Add()([inner[0](x), inner[1](x)]))
    model.save(tmp_path / f"m.{ending}")
    again = load_model(tmp_path / f"m.{ending}")
    assert len(again.weights) == len(model.weights) == 6
    np.testing.assert_array_equal(again(ones(2, 3)), model(ones(2, 3)))
    assert again.get_layer("a").layers[0] is again.get_layer("b").layers[0]


@ENDINGS
@pytest.mark.parametrize(
    "optimizer",
    [
        optimizers.SGD(0.1, momentum=0.9), optimizers.Adam(0.01, amsgrad=True, use_ema=True), optimizers.RMSprop(centered=True),
        optimizers.Nadam(), optimizers.Adagrad(gradient_accumulation_steps=2), optimizers.Ftrl(), optimizers.Muon(),
        optimizers.LossScaleOptimizer(optimizers.Adam()), optimizers.Adam(optimizers.schedules.CosineDecay(0.1, 9)),
        optimizers.ScheduleFreeAdamW(),
    ],
    ids=lambda o: type(o).__name__,
)  # fmt: skip
def test_training_goes_on_where_it_was(tmp_path, ending, optimizer):
    model = Sequential([Input((3,)), Dense(4, activation="tanh"), BatchNormalization(), Dense(1)])
    model.compile(optimizers.deserialize(optimizers.serialize(optimizer)), "mse")
    model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    model.save(tmp_path / f"m.{ending}")
    again = load_model(tmp_path / f"m.{ending}")
    same(again.optimizer.get_weights(), model.optimizer.get_weights())
    for m in (model, again):
        m.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    same(again.get_weights(), model.get_weights(), rtol=1e-6)


@ENDINGS
def test_without_the_optimizer(tmp_path, ending):
    model = Sequential([Input((3,)), Dense(1)])
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / f"m.{ending}", include_optimizer=False)
    again = load_model(tmp_path / f"m.{ending}")
    assert not again.compiled
    same(again.get_weights(), model.get_weights())
    with h5py.File(model_weights(tmp_path / f"m.{ending}")) as file:
        assert not {"optimizer", "optimizer_weights"} & set(file)


def model_weights(path):
    return io.BytesIO(zipfile.ZipFile(path).read("model.weights.h5")) if path.suffix == ".keras" else path


def test_a_format_that_is_not_the_ending_is_refused(tmp_path):
    model = Sequential([Input((3,)), Dense(1)])
    model.save(tmp_path / "m.h5", save_format="h5")
    model.save(tmp_path / "m.keras", save_format="keras_v3")
    for save in (model.save, model.save_weights):
        with pytest.raises(ValueError, match="save_format='tf' does not fit"):
            save(tmp_path / "m.weights.h5", save_format="tf")


@register_keras_serializable(package="tests")
class Half(Layer):
    """Says itself which of its weights are trained."""

    def build(self, shape):
        self.first = self.add_weight(shape=shape[-1:], name="first", initializer="uniform")
        self.second = self.add_weight(shape=shape[-1:], name="second", initializer="uniform")

    trainable_weights = property(lambda self: [self.second] if self.built else [])

    def call(self, x):
        return x * self.first + self.second


@ENDINGS
def test_overridden_trainable_weights(tmp_path, ending):
    model = Sequential([Input((3,)), Half(), Dense(1)])
    model.save(tmp_path / f"m.{ending}")
    again = load_model(tmp_path / f"m.{ending}")
    np.testing.assert_array_equal(again(X), model(X))


@ENDINGS
def test_weights_that_the_model_itself_holds(tmp_path, ending):
    model = Model(*(lambda x: (x, Dense(2)(x)))(Input((3,))))
    model.scale = model.add_weight(shape=(2,), name="scale", initializer="uniform")
    path = tmp_path / f"m.weights.{ending}" if ending == "h5" else tmp_path / "m.h5"
    model.save_weights(path)
    other = Model(*(lambda x: (x, Dense(2)(x)))(Input((3,))))
    other.scale = other.add_weight(shape=(2,), name="scale", initializer="zeros")
    other.load_weights(path)
    np.testing.assert_array_equal(other.scale.numpy(), model.scale.numpy())


def test_old_h5_names_tell_where_another_part_is_trained(tmp_path):
    def nested():
        return Sequential(
            [Input((3,)), Sequential([Input((3,)), Dense(3, name="one"), Dense(3, name="two")], name="in")]
        )

    model, other = nested(), nested()
    model.layers[0].layers[0].trainable = False
    model.save_weights(tmp_path / "m.h5")
    other.load_weights(tmp_path / "m.h5")
    np.testing.assert_array_equal(other(X), model(X))


def test_many_names_go_into_several_attributes(tmp_path):
    model = Sequential([Input((2,)), *(Dense(2, name=f"{'long' * 60}_{i}") for i in range(300))])
    model.save_weights(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        assert "layer_names1" in file.attrs and "layer_names" not in file.attrs
    other = Sequential([Input((2,)), *(Dense(2) for _ in range(300))])
    other.load_weights(tmp_path / "m.h5")
    same(other.get_weights(), model.get_weights())


def test_by_name_with_no_name_in_common_is_noted(tmp_path):
    net().save_weights(tmp_path / "w.h5")
    with pytest.warns(UserWarning, match="nothing is loaded"):
        Sequential([Input((3,)), Dense(2, name="else")]).load_weights(tmp_path / "w.h5", by_name=True)


@ENDINGS
def test_compiled_and_never_trained(tmp_path, ending):
    model = Sequential([Input((3,)), Dense(1)])
    model.compile(optimizers.Adam(), "mse")
    model.optimizer.learning_rate = 0.25
    model.save(tmp_path / f"m.{ending}")
    again = load_model(tmp_path / f"m.{ending}")
    assert float(again.optimizer.learning_rate) == 0.25 and int(again.optimizer.iterations) == 0


def test_old_h5_state_of_keras_2_is_understood(tmp_path):
    """There: the step, all first slots, then all second ones; no rate."""
    model = Sequential([Input((3,)), Dense(2), Dense(1)])
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "m.h5")
    optimizer = model.optimizer
    slots = [v for own in optimizer.slots.values() for v in own[:4]]
    with h5py.File(tmp_path / "m.h5", "a") as file:
        group = file.require_group("optimizer_weights")
        group.clear()
        names = [f"Adam/{i}:0".encode() for i in range(len(slots) + 1)]
        for name, variable in zip(names, [optimizer.variables[0], *slots]):
            group[name.decode()] = variable.numpy()
        group.attrs["weight_names"] = names
    again = load_model(tmp_path / "m.h5")
    same(again.optimizer.get_weights()[2:], optimizer.get_weights()[2:])
    assert int(again.optimizer.iterations) == 1


def test_old_h5_state_of_another_optimizer_is_noted(tmp_path):
    model = Sequential([Input((3,)), Dense(1)])
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5", "a") as file:
        group = file["optimizer_weights"]
        group.attrs["weight_names"] = group.attrs["weight_names"][:-1]
    with pytest.warns(UserWarning, match="its state is left as it is"):
        load_model(tmp_path / "m.h5")


@pytest.mark.parametrize("name", ["m.keras", "m.weights.h5"])
def test_objects_to_skip_keep_their_weights(tmp_path, name):
    first, second = net(), net()
    first.save(tmp_path / name) if name.endswith(".keras") else first.save_weights(tmp_path / name)
    kept = second.layers[0].kernel.numpy()
    second.load_weights(tmp_path / name, objects_to_skip=[second.layers[0]])
    np.testing.assert_array_equal(second.layers[0].kernel.numpy(), kept)
    np.testing.assert_array_equal(second.layers[-1].kernel.numpy(), first.layers[-1].kernel.numpy())
    first.save_weights(tmp_path / "old.h5")
    with pytest.raises(ValueError, match="objects_to_skip"):
        second.load_weights(tmp_path / "old.h5", objects_to_skip=[second.layers[0]])


@register_keras_serializable("tests")
class Factor:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return x * self.factor

    def get_config(self):
        return {"factor": self.factor}


def test_what_cannot_be_made_again_is_a_type_error_of_the_file(tmp_path):
    x = Input((3,))
    path = tmp_path / "m.keras"
    Model(x, Dense(1, activation=Factor(0.5))(x)).save(path)
    with pytest.raises(TypeError, match="Factor has no from_config") as info:
        load_model(path)
    assert isinstance(info.value, ModelFileError)
