"""Layers that a step of one's own leaves as they are, by mistake or on purpose."""

import warnings

import numpy as np
import pytest

import lamina
from lamina import layers, ops

X = np.random.default_rng(0).normal(size=(256, 8)).astype("float32")
Y = X[:, :1] - X[:, 1:2]


def hidden():
    return layers.Dense(8, activation="tanh")


def said(model, loss="mse", epochs=3):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.compile(lamina.optimizers.Adam(0.01), loss)
        model.fit(X, Y, epochs=epochs, verbose=0, diagnose="warn")
    return [w.message.finding for w in caught if hasattr(w.message, "finding")]


def own(base, chosen):
    """A class whose step changes the weights that `chosen` names."""

    class Own(base):
        def train_step(self, data):
            x, y = data
            weights = chosen(self)
            with lamina.GradientTape() as tape:
                loss = ops.mean(ops.square(self(x, training=True) - y))
            self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
            return {"loss": loss}

    return Own


def graph(chosen):
    inputs = lamina.Input((8,))
    left, right = layers.Dense(8, activation="relu", name="left"), layers.Dense(8, activation="relu", name="right")
    both = layers.Concatenate()([left(inputs), right(inputs)])
    return own(lamina.Model, chosen)(inputs, layers.Dense(1, name="end")(both))


def of(*names):
    return lambda model: [w for name in names for w in model.get_layer(name).trainable_variables]


@pytest.mark.parametrize("loss", ["mse", None])
def test_a_branch_that_is_left_out(loss):
    found = said(graph(of("left", "end")), loss)
    assert [(f.rule, f.layer.rpartition("/")[2]) for f in found] == [("layers-unchanged", "right")]
    assert not said(graph(of("left", "right", "end")), loss)


def test_a_layer_that_is_frozen_says_so():
    model = graph(of("left", "end"))
    model.get_layer("right").trainable = False
    assert not said(model)


class Net(lamina.Model):
    def __init__(self, inner):
        super().__init__()
        self.inner, self.end = inner, layers.Dense(1)
        self.spare = layers.Dense(1)  # for later
        self.spare.build((None, 8))

    def call(self, x):
        return self.end(self.inner(x))


@pytest.mark.parametrize(
    "inner, is_told", [(hidden(), True), (lamina.Sequential([lamina.Input((8,)), hidden()]), False)]
)
def test_a_model_within_the_model_may_be_trained_on_its_own(inner, is_told):
    found = said(own(Net, lambda self: self.end.trainable_variables)(inner))
    assert [f.rule for f in found] == (["layers-unchanged"] if is_told else [])


def test_parts_that_are_changed_by_turns():
    class Turns(lamina.Sequential):
        def train_step(self, data):
            x, y = data
            with lamina.GradientTape() as tape:
                loss = ops.mean(ops.square(self(x, training=True) - y))
            gradients = tape.gradient(loss, self.trainable_variables)
            is_late = ops.cast(self.optimizer.iterations >= 12, "float32")
            shares = [is_late, is_late, 1.0 - is_late, 1.0 - is_late]
            pairs = zip([g * share for g, share in zip(gradients, shares)], self.trainable_variables)
            self.optimizer.apply_gradients(pairs)
            return {"loss": loss}

    assert not said(Turns([lamina.Input((8,)), hidden(), layers.Dense(1)]))


def test_weights_that_no_gradient_reaches_on_purpose():
    inputs = lamina.Input((8,))
    fixed = layers.Lambda(ops.stop_gradient)(layers.Dense(8, name="random")(inputs))
    model = own(lamina.Model, of("end"))(inputs, layers.Dense(1, name="end")(fixed))
    assert not [f for f in said(model) if f.rule == "layers-unchanged"]
