"""Whole models between Keras and lamina, in both directions."""

import h5py
import numpy as np
import pytest

import lamina
from lamina import layers, models, saving

keras = pytest.importorskip("keras")
legacy_h5_format = pytest.importorskip("keras.src.legacy.saving.legacy_h5_format")
pytestmark = pytest.mark.peer
x4, x3 = np.random.default_rng(0).normal(size=(6, 4)).astype("float32"), np.ones((6, 3), "float32")


def numbers(x):
    return np.asarray(x.detach().cpu() if hasattr(x, "detach") else x)


def graph(house, ops, model):
    """The same functional model, written for either package."""
    a, b = house.Input((4,), name="a"), house.Input((3,), name="b")
    shared = house.Dense(5, activation="relu", kernel_regularizer="l2", name="shared")
    left, right = shared(a), shared(house.Dense(4)(b))
    x = house.Concatenate()([left, house.Dropout(0.2)(right)])
    x = ops.mean(x * 2.0 + 1.0, axis=-1, keepdims=True) - ops.exp(x)
    x = house.LayerNormalization()(x)
    inner_in = house.Input((10,))
    inner = model(inner_in, house.BatchNormalization()(house.Dense(4)(inner_in)), name="inner")
    return model({"first": a, "second": b}, {"y": house.Dense(1, name="y")(inner(x)), "z": inner(x)})


DATA = {"first": x4, "second": x3}
TARGETS = {"y": np.ones((6, 1), "float32"), "z": np.zeros((6, 4), "float32")}


def test_functional_models_from_keras(tmp_path):
    theirs = graph(keras.layers, keras.ops, keras.Model)
    theirs.compile("adam", {"y": "mse", "z": "mae"})
    theirs.fit(DATA, TARGETS, verbose=0)
    theirs.save(tmp_path / "m.keras")
    ours = saving.load_model(tmp_path / "m.keras")
    for key in ("y", "z"):
        np.testing.assert_allclose(ours(DATA)[key], numbers(theirs(DATA)[key]), atol=1e-5)
    assert [w.path.split("/")[-1] for w in ours.weights] == [w.path.split("/")[-1] for w in theirs.weights]
    for mine, other in zip(ours.optimizer.variables, theirs.optimizer.variables, strict=True):
        np.testing.assert_allclose(mine.numpy(), numbers(other.value), rtol=1e-6)
    assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]


def test_functional_models_to_keras(tmp_path):
    ours = graph(layers, lamina.ops, models.Model)
    ours.compile("adam", {"y": "mse", "z": "mae"})
    ours.fit(DATA, TARGETS, verbose=0)
    ours.save(tmp_path / "m.keras")
    theirs = keras.saving.load_model(tmp_path / "m.keras")
    for key in ("y", "z"):
        np.testing.assert_allclose(ours(DATA)[key], numbers(theirs(DATA)[key]), atol=1e-5)
    for mine, other in zip(ours.optimizer.variables, theirs.optimizer.variables, strict=True):
        np.testing.assert_allclose(mine.numpy(), numbers(other.value), rtol=1e-6)
    assert theirs.count_params() == ours.count_params()


@pytest.mark.parametrize("with_input", [True, False])
def test_sequential_models(tmp_path, with_input):
    def make(house, sequential):
        start = [house.Input((4,))] if with_input else []
        return sequential([*start, house.Dense(3, activation="tanh"), house.BatchNormalization(), house.Dense(2)])

    theirs, ours = make(keras.layers, keras.Sequential), make(layers, models.Sequential)
    theirs(x4), ours(x4)
    theirs.save(tmp_path / "k.keras"), ours.save(tmp_path / "l.keras")
    np.testing.assert_allclose(saving.load_model(tmp_path / "k.keras")(x4), numbers(theirs(x4)), atol=1e-5)
    np.testing.assert_allclose(numbers(keras.saving.load_model(tmp_path / "l.keras")(x4)), ours(x4), atol=1e-5)
    np.testing.assert_allclose(
        keras.models.model_from_json(ours.to_json()).count_params(),
        models.model_from_json(theirs.to_json()).count_params(),
    )


def test_weights_of_subclassed_models(tmp_path):
    def make(base, house):
        class Net(base):
            def __init__(self):
                super().__init__()
                self.head = house.Dense(3)
                self.blocks = [house.Dense(2), house.BatchNormalization(), house.Dense(2)]
                self.by_name = {"b": house.Dense(2), "a": house.Dense(1)}
                self.deep = [(house.Dense(2), [house.Dense(2, use_bias=False)]), {"x": (house.Dense(2),)}]
                self._hidden = house.LayerNormalization()

            def call(self, x):
                x = self._hidden(self.head(x))
                for block in (*self.blocks, *self.deep[0][1], self.deep[0][0], *self.deep[1]["x"]):
                    x = block(x)
                return self.by_name["a"](self.by_name["b"](x))

        net = Net()
        net(x4)
        return net

    theirs, ours = make(keras.Model, keras.layers), make(models.Model, layers)
    theirs.save_weights(tmp_path / "k.weights.h5")
    ours.load_weights(tmp_path / "k.weights.h5")
    np.testing.assert_allclose(ours(x4), numbers(theirs(x4)), atol=1e-5)
    ours.save_weights(tmp_path / "l.weights.h5")
    again = make(keras.Model, keras.layers)
    again.load_weights(tmp_path / "l.weights.h5")
    np.testing.assert_allclose(ours(x4), numbers(again(x4)), atol=1e-5)


def test_old_h5_files(tmp_path):
    theirs = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3), keras.layers.BatchNormalization()])
    theirs.compile("sgd", "mse")
    theirs.fit(x4, x3, verbose=0)
    theirs.save(tmp_path / "k.h5")
    ours = saving.load_model(tmp_path / "k.h5")
    np.testing.assert_allclose(ours(x4), numbers(theirs(x4)), atol=1e-5)
    ours.save(tmp_path / "l.h5")
    np.testing.assert_allclose(
        numbers(keras.saving.load_model(tmp_path / "l.h5", compile=False)(x4)), ours(x4), atol=1e-5
    )


@pytest.mark.parametrize("name, options", [("SGD", {"momentum": 0.9}), ("Adam", {}), ("RMSprop", {"momentum": 0.5})])
def test_old_h5_files_with_the_optimizers_state(tmp_path, name, options):
    def build(house):
        inner = house.Sequential([house.Input((4,)), house.layers.Dense(4, activation="tanh")])
        inner.trainable = False
        model = house.Sequential([house.Input((4,)), inner, house.layers.BatchNormalization(), house.layers.Dense(3)])
        model.compile(getattr(house.optimizers, name)(0.01, **options), "mse", metrics=["mae"])
        model.fit(x4, x3, batch_size=2, epochs=2, shuffle=False, verbose=0)
        return model

    theirs = build(keras)
    theirs.save(tmp_path / "k.h5")
    again = saving.load_model(tmp_path / "k.h5")
    assert int(again.optimizer.iterations) == int(theirs.optimizer.iterations) == 6
    for m in (theirs, again):
        m.fit(x4, x3, batch_size=2, epochs=2, shuffle=False, verbose=0)
    for a, b in zip(theirs.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    # Keras builds the optimizer of such a file on no weights at all, so its reader of the state is asked itself.
    ours = build(lamina)
    ours.save(tmp_path / "l.h5")
    back = keras.saving.load_model(tmp_path / "l.h5")
    np.testing.assert_allclose(numbers(back(x4)), ours(x4), atol=1e-5)
    assert type(back.optimizer).__name__ == name
    with h5py.File(tmp_path / "l.h5") as file:
        state = legacy_h5_format.load_optimizer_weights_from_hdf5_group(file)
        for array, variable, their_variable in zip(
            state, ours.optimizer.variables, theirs.optimizer.variables, strict=True
        ):
            np.testing.assert_array_equal(array, variable.numpy())
            assert variable.shape == tuple(their_variable.shape)


def test_keras_reads_a_file_with_an_added_loss_for_prediction(tmp_path):
    inputs = layers.Input((4,))
    model = models.Model(inputs, layers.Dense(3)(inputs))
    model.add_loss(lamina.ops.sum(layers.Dense(2)(inputs)))
    model.save(tmp_path / "m.keras")
    np.testing.assert_allclose(numbers(keras.saving.load_model(tmp_path / "m.keras")(x4)), model(x4), atol=1e-6)


def test_layers_shared_by_models_inside(tmp_path):
    shared = layers.Dense(3)
    a, b = (models.Sequential([layers.Input((4,)), shared, layers.Dense(2)], name=name) for name in "ab")
    x = layers.Input((4,))
    model = models.Model(x, layers.Add()([a(x), b(x)]))
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    assert len(again.weights) == 6
    np.testing.assert_allclose(numbers(again(x4)), numbers(model(x4)), atol=1e-6)


def test_bfloat16_and_mixed_policies(tmp_path):
    for policy in ("bfloat16", "mixed_bfloat16", "float64"):
        theirs = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3, dtype=policy)])
        theirs.save(tmp_path / "k.keras")
        ours = saving.load_model(tmp_path / "k.keras")
        ours.save(tmp_path / "l.keras")
        back = keras.saving.load_model(tmp_path / "l.keras")
        for mine, a, b in zip(ours.get_weights(), theirs.get_weights(), back.get_weights(), strict=True):
            assert np.array_equal(mine.astype("float64"), numbers(a).astype("float64"))
            assert np.array_equal(mine.astype("float64"), numbers(b).astype("float64"))


def test_a_learned_vocabulary(tmp_path):
    pytest.importorskip("tensorflow")
    data = np.array([["b"], ["a"], ["b"]])

    def make(house, model):
        lookup = house.StringLookup(output_mode="multi_hot")
        lookup.adapt(data)
        x = house.Input((1,), dtype="string")
        return model(x, lookup(x))

    theirs, ours = make(keras.layers, keras.Model), make(layers, models.Model)
    theirs.save(tmp_path / "k.keras"), ours.save(tmp_path / "l.keras")
    read = saving.load_model(tmp_path / "k.keras")
    assert read.layers[-1].get_vocabulary() == ["[UNK]", "b", "a"]
    assert keras.saving.load_model(tmp_path / "l.keras").layers[-1].get_vocabulary() == ["[UNK]", "b", "a"]


def test_an_adapted_normalization(tmp_path):
    def make(house, model):
        layer = house.Normalization()
        layer.adapt(x4)
        x = house.Input((4,))
        return model(x, layer(x))

    theirs, ours = make(keras.layers, keras.Model), make(layers, models.Model)
    theirs.save(tmp_path / "k.keras"), ours.save(tmp_path / "l.keras")
    np.testing.assert_allclose(saving.load_model(tmp_path / "k.keras")(x4), numbers(theirs(x4)), atol=1e-5)
    np.testing.assert_allclose(numbers(keras.saving.load_model(tmp_path / "l.keras")(x4)), ours(x4), atol=1e-5)
