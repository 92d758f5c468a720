"""Subclassed models."""

import copy
import pickle

import numpy as np
import pytest

from lamina.layers import BatchNormalization, Dense, Dropout, Input
from lamina.models import Model, Sequential, clone_model, load_model
from lamina.saving import register_keras_serializable


@register_keras_serializable("tests")
class Net(Model):
    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.first = Dense(units, activation="relu")
        self.rest = [Dense(2), BatchNormalization()]

    def call(self, x, training=False):
        x = self.first(x)
        for layer in self.rest:
            x = layer(x)
        return x


def ones(*shape):
    return np.ones(shape, "float32")


def test_it_is_built_by_its_first_call_or_by_shape():
    called, built = Net(), Net()
    called(ones(2, 4))
    built.build((None, 4))
    assert [w.shape for w in called.weights] == [w.shape for w in built.weights]
    assert built.built and [layer.name.split("_")[0] for layer in built.layers] == ["dense", "dense", "batch"]


def test_save_and_load(tmp_path):
    net = Net(5, name="mine")
    net(ones(2, 4))
    net.save(tmp_path / "net.keras")
    again = load_model(tmp_path / "net.keras")
    assert isinstance(again, Net) and again.units == 5 and again.name == "mine"
    assert np.array_equal(again(ones(2, 4)), net(ones(2, 4)))


def test_weights_of_an_unbuilt_model_cannot_be_saved(tmp_path):
    with pytest.raises(ValueError, match="has no weights yet"):
        Net().save_weights(tmp_path / "w.weights.h5")
    with pytest.raises(ValueError, match="not built"):
        Net().count_params()


def test_positional_arguments_that_are_no_graph():
    with pytest.raises(TypeError, match="expected inputs and outputs"):
        Model(3)


def test_a_model_without_call():
    class Empty(Model):
        pass

    with pytest.raises(NotImplementedError, match=r"call\(\)"):
        Empty().build((None, 2))


def test_clone_has_fresh_weights():
    net = Net(4)
    net(ones(1, 3))
    copy = clone_model(net)
    copy(ones(1, 3))
    assert copy.units == 4 and not np.array_equal(copy.get_weights()[0], net.get_weights()[0])


def test_layers_cannot_be_set():
    with pytest.raises(AttributeError, match="read-only"):
        Net().layers = []


@pytest.mark.parametrize("copy_of", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_are_independent(copy_of):
    model = Sequential([Input((3,)), Dense(2), Dropout(0.1)])
    model.compile("adam", "mse")
    x, y = ones(4, 3), ones(4, 2)
    model.fit(x, y, verbose=0)
    other = copy_of(model)
    assert np.array_equal(other(x), model(x))
    before = model.get_weights()[0]
    other.fit(x, y, epochs=3, verbose=0)
    assert np.array_equal(model.get_weights()[0], before) and not np.array_equal(other.get_weights()[0], before)


def test_compiled_fit_save_load_continues(tmp_path):
    net = Net(4)
    net.compile("adam", "mse", metrics=["mae"])
    x, y = np.random.default_rng(0).normal(size=(16, 3)).astype("float32"), ones(16, 2)
    net.fit(x, y, epochs=2, verbose=0)
    net.save(tmp_path / "net.keras")
    again = load_model(tmp_path / "net.keras")
    assert again.optimizer.iterations == net.optimizer.iterations
    for mine, read in zip(net.optimizer.variables, again.optimizer.variables, strict=True):
        assert np.array_equal(mine.numpy(), read.numpy())
    assert np.allclose(again.evaluate(x, y, verbose=0), net.evaluate(x, y, verbose=0))
    losses = [m.fit(x, y, epochs=1, shuffle=False, verbose=0).history["loss"] for m in (net, again)]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-5)
    assert not load_model(tmp_path / "net.keras", compile=False).compiled
