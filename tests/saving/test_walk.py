"""Where in a file the parts of a model lie."""

import h5py
import numpy as np
import pytest

from lamina.layers import Dense, Layer
from lamina.models import Model
from lamina.saving import ModelFileError


class Nested(Model):
    """Layers in lists of tuples and dicts."""

    def __init__(self):
        super().__init__()
        self.blocks = [(Dense(2), {"a": Dense(2, use_bias=False)}), ["no layer"], (Dense(2),)]
        self.blocks.append(self.blocks[0])

    def call(self, x):
        for layer in (self.blocks[0][0], self.blocks[0][1]["a"], self.blocks[2][0]):
            x = layer(x)
        return x


class Plain(Model):
    def __init__(self):
        super().__init__()
        self.dense = Dense(2)

    def call(self, x):
        return self.dense(x)


class Renamed(Model):
    """`Plain` whose layer got another name, the old one kept as a property."""

    def __init__(self, units=2):
        super().__init__()
        self.a_dense = Dense(units)

    @property
    def dense(self):
        return self.a_dense

    def call(self, x):
        return self.dense(x)


class Knot(Layer):
    """A list that holds itself, and layers that hold each other."""

    def __init__(self, other=None):
        super().__init__()
        self.loop = [Dense(1)]
        self.loop.append(self.loop)
        self.other = other or Knot(self)


def built(model):
    model(np.ones((1, 2), "float32"))
    return model


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a.get_weights(), b.get_weights(), strict=True))


def test_containers_in_containers_have_places(tmp_path):
    first, second = built(Nested()), built(Nested())
    first.save_weights(tmp_path / "w.weights.h5")
    with h5py.File(tmp_path / "w.weights.h5") as file:
        assert {"blocks/container/dense", "blocks/container/container/dense", "blocks/container_2/dense"} == {
            place for place in _groups(file) if place.endswith("dense")
        }
    second.load_weights(tmp_path / "w.weights.h5")
    assert same(first, second)


def _groups(file):
    places = []
    file.visit(places.append)
    return places


def test_files_that_hold_them_under_layers_alone_are_read(tmp_path):
    first, second = built(Nested()), built(Nested())
    first.save_weights(tmp_path / "w.weights.h5")
    with h5py.File(tmp_path / "w.weights.h5", "a") as file:
        for place, old in (("container", "dense"), ("container/container", "dense_1"), ("container_2", "dense_2")):
            file.move(f"blocks/{place}/dense", f"layers/{old}")
        del file["blocks"]
    second.load_weights(tmp_path / "w.weights.h5")
    assert same(first, second)


def test_a_renamed_attribute_is_found_by_its_old_name(tmp_path):
    first, second = built(Plain()), built(Renamed())
    first.save_weights(tmp_path / "w.weights.h5")
    second.load_weights(tmp_path / "w.weights.h5")
    assert same(first, second)


def test_what_fits_at_no_place_is_an_error_that_names_the_first(tmp_path):
    first, second = built(Plain()), built(Renamed(units=3))
    first.save_weights(tmp_path / "w.weights.h5")
    with pytest.raises(ModelFileError, match="'a_dense'"):
        second.load_weights(tmp_path / "w.weights.h5")
    before = second.get_weights()
    with pytest.warns(UserWarning, match="a_dense"):
        second.load_weights(tmp_path / "w.weights.h5", skip_mismatch=True)
    assert all(np.array_equal(a, b) for a, b in zip(before, second.get_weights(), strict=True))


def test_circles_end(tmp_path):
    class Net(Model):
        def __init__(self):
            super().__init__()
            self.knot = Knot()

        def call(self, x):
            return self.knot.other.loop[0](self.knot.loop[0](x))

    first, second = built(Net()), built(Net())
    first.save_weights(tmp_path / "w.weights.h5")
    second.load_weights(tmp_path / "w.weights.h5")
    assert same(first, second)
