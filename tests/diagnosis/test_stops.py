"""Layers through which nothing passes, and ends that cannot give the targets: the layer itself is named."""

import numpy as np
import pytest

import lamina
from lamina import layers, ops, optimizers

X = np.random.default_rng(0).normal(size=(96, 6)).astype("float32")
Y, KINDS = X[:, :1] - X[:, 1:2], (X[:, 0] > 0) + 2 * (X[:, 1] > 0)


def said(*chain, loss="mse", y=Y, optimizer="adam"):
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((6,)), *chain])
    model.compile(optimizer, loss)
    return [(f.rule, (f.layer or "").rpartition("/")[2]) for f in lamina.diagnose(model, X, y)]


class Cut(layers.Layer):
    def call(self, x):
        return ops.where(x > 100.0, x, 7.0 * ops.ones_like(x))


@pytest.mark.parametrize(
    "layer",
    [
        layers.Lambda(lambda t: ops.clip(t, 50, 60), name="at"), layers.Lambda(ops.round, name="at"), Cut(name="at"),
        layers.Lambda(lambda t: ops.cast(ops.argmax(t, -1)[:, None], "float32"), name="at"),
    ],
)  # fmt: skip
def test_a_step_without_slope_is_named(layer):
    assert said(layers.Dense(16, "tanh"), layer, layers.Dense(1)) == [("no-gradient", "at")]


def test_a_difference_of_the_same_is_named():
    inputs = lamina.Input((6,))
    hidden = layers.Dense(8, "tanh")(inputs)
    model = lamina.Model(inputs, layers.Dense(1)(layers.Subtract(name="at")([hidden, hidden])))
    model.compile("adam", "mse")
    assert [(f.rule, f.layer) for f in lamina.diagnose(model, X, Y)] == [("no-gradient", "at")]


@pytest.mark.parametrize(
    "layer",
    [layers.Lambda(lambda t: ops.clip(t, -3, 3)), layers.Lambda(lambda t: t + ops.stop_gradient(ops.round(t) - t))],
)
def test_steps_that_hand_on_a_gradient(layer):
    assert not said(layers.Dense(16, "tanh"), layer, layers.Dense(1))


def test_a_branch_that_begins_at_0_waits():
    inputs = lamina.Input((6,))
    hidden = layers.Dense(8, "tanh")(inputs)
    gate = layers.Dense(8, kernel_initializer="zeros")(layers.Dense(8, "tanh")(inputs))
    model = lamina.Model(inputs, layers.Dense(1)(layers.Add()([hidden, layers.Multiply()([hidden, gate])])))
    model.compile("adam", "mse")
    assert not lamina.diagnose(model, X, Y)


def test_why_a_relu_is_dead():
    norm = layers.BatchNormalization(
        gamma_initializer="zeros", beta_initializer=lamina.initializers.Constant(-1.0), name="at"
    )
    assert said(layers.Dense(16), layers.ReLU(threshold=30.0, name="at"), layers.Dense(1)) == [("dead-relu", "at")]
    assert said(layers.Dense(16), norm, layers.ReLU(), layers.Dense(1)) == [("dead-relu", "at")]
    assert not said(layers.Dense(16), layers.ReLU(threshold=0.1), layers.Dense(1))


def test_batchnorm_behind_a_regression():
    hidden, norm = layers.Dense(16, "relu"), layers.BatchNormalization
    assert said(hidden, layers.Dense(1), norm(name="at"), y=Y + 20) == [("batchnorm-after-output", "at")]
    plain = norm(center=False, scale=False, name="at")
    assert said(layers.Dense(3), plain, y=X[:, :3] + 5) == [("batchnorm-after-output", "at")]
    assert not said(layers.Dense(3), norm(center=False, scale=False), y=X[:, :3])  # features that are normalised too
    assert not said(layers.Dense(3), norm(), y=X[:, :3] + 5)
    assert not said(hidden, norm(), layers.Dense(1), y=Y + 20)


SPARSE = lamina.losses.SparseCategoricalCrossentropy


def test_large_logits():
    def rules(*chain, logits=False, **more):
        return said(layers.Dense(8, "tanh"), layers.Dense(4), *chain, loss=SPARSE(from_logits=logits), y=KINDS, **more)

    cold = layers.Lambda(lambda t: t / 0.001, name="at")
    assert rules(cold, layers.Activation("softmax")) == [("large-logits", "at")]
    assert rules(layers.Rescaling(800.0, name="at"), logits=True)[0][0] == "large-logits"
    assert not rules(layers.Rescaling(20.0), layers.Softmax())
    assert not rules(layers.Lambda(lambda t: 64 * t / ops.norm(t, axis=-1, keepdims=True)), logits=True)  # of angles


def test_logits_that_were_learned_may_be_large():
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((6,)), layers.Dense(4), layers.Rescaling(1000.0), layers.Softmax()])
    model.compile(optimizers.SGD(1e-4), SPARSE())
    assert [f.rule for f in lamina.diagnose(model, X, KINDS)] == ["large-logits"]
    model.fit(X, KINDS, verbose=0)
    assert "large-logits" not in [f.rule for f in lamina.diagnose(model, X, KINDS)]
