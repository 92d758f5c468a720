"""Weights that are none, and data of which the validation lacks."""

import numpy as np
import pytest

import lamina
from lamina import layers, ops

X = np.random.default_rng(0).normal(size=(300, 6)).astype("float32")
Y = X[:, 0] - X[:, 1]
YES = (Y > 0).astype("float32")


class Own(layers.Layer):
    """A product with what it holds under a name."""

    def __init__(self, attribute, value, **options):
        super().__init__(**options)
        self.attribute = attribute
        setattr(self, attribute, value)

    def call(self, x):
        return x * ops.convert_to_tensor(getattr(self, self.attribute))


def found(*chain, loss="mse", y=Y, last="linear", **options):
    model = lamina.Sequential([lamina.Input((6,)), *chain, layers.Dense(16, activation="relu"), layers.Dense(1, last)])
    model.compile("adam", loss)
    return [
        (finding.rule, finding.layer and finding.layer.rpartition("/")[2])
        for finding in lamina.diagnose(model, X, y, **options)
    ]


@pytest.mark.parametrize("name", ["w", "W", "kernel", "_weights1", "bias"])
def test_an_array_in_place_of_a_weight(name):
    numbers = np.linspace(0.5, 1.5, 6).astype("float32")
    assert found(Own(name, numbers, name="at")) == [("untracked-weights", "at")]
    assert found(Own(name, ops.convert_to_tensor(numbers), name="at")) == [("untracked-weights", "at")]
    assert not found(Own(name, lamina.Variable(numbers)))


@pytest.mark.parametrize(("name", "value"), [
    ("positions", np.linspace(0.5, 1.5, 6).astype("float32")),
    ("w", 2.0),
    ("weights1", np.arange(1, 7)),
    ("basis", np.ones((1, 6), "float32")),
])  # fmt: skip
def test_what_a_layer_may_hold(name, value):
    assert not found(Own(name, value))


@pytest.mark.parametrize("held_out", [np.zeros(40), np.ones((40, 1))])
def test_validation_of_one_class(held_out):
    options = dict(loss="binary_crossentropy", y=YES, last="sigmoid")
    apart = np.random.default_rng(1).normal(size=(40, 6)).astype("float32")
    assert found(validation_data=(apart, held_out), **options)[0][0] == "validation-single-class"
    mixed = np.array(held_out)
    mixed[3] = 1 - mixed[3]
    assert not found(validation_data=(apart, mixed), **options)
    assert not found(validation_data=(apart[:8], held_out[:8]), **options)  # few
