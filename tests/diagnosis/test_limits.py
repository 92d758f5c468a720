"""What layers, constraints and strides leave out of reach."""

import numpy as np
import pytest

import lamina
from lamina import constraints, layers, ops

RNG = np.random.default_rng(0)
X = RNG.normal(size=(96, 4)).astype("float32")
PICTURES = RNG.random((48, 12, 12, 1)).astype("float32")
KINDS = np.arange(48) % 3


def said(x, y, *chain, loss="mse", **options):
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input(x.shape[1:]), *chain])
    model.compile("adam", loss)
    return [(f.rule, (f.layer or "").rpartition("/")[2]) for f in lamina.diagnose(model, x, y, **options)]


def dense(units, activation=None, **more):
    return layers.Dense(units, activation=activation, **more)


@pytest.mark.parametrize(
    "bend", [layers.LeakyReLU(negative_slope=1.0), layers.Lambda(lambda t: t), layers.Activation(lambda t: 2 * t)]
)
def test_activations_that_bend_nothing(bend):
    bend.name = "at"
    assert said(X, X[:, 0] * X[:, 1], dense(8), bend, dense(8, "relu"), dense(1)) == [("stacked-linear", "at")]
    found = said(X, X[:, 0] * X[:, 1], dense(8, lambda t: 0.5 * t, name="at"), dense(8, "relu"), dense(1))
    assert found == [("stacked-linear", "at")]


@pytest.mark.parametrize(
    "bend",
    [
        layers.LeakyReLU(negative_slope=0.9), layers.Lambda(lambda t: t + 0.1 * ops.sin(t)), layers.PReLU(),
        layers.Lambda(lambda t: ops.where(t > 6, 6.0, t)),
    ],
)  # fmt: skip
def test_activations_that_bend_a_little(bend):
    assert not said(X, X[:, 0] * X[:, 1], dense(8), bend, dense(8, "relu"), dense(1))


def test_an_output_may_feed_another_without_activation():
    inputs = lamina.Input((4,))
    first = dense(1, name="first")(dense(8, "relu")(inputs))
    model = lamina.Model(inputs, [first, dense(1)(first)])
    model.compile("adam", "mse")
    assert not lamina.diagnose(model, X, [X[:, 0], X[:, 0]])


def test_constraints_that_leave_nothing():
    for bound, expected in [(0.01, [("tight-constraint", "at")]), (0.25, []), (4.0, [])]:
        kernel = constraints.MaxNorm(bound, axis=[0, 1, 2])
        conv = layers.Conv2D(8, 3, activation="relu", kernel_constraint=kernel, name="at")
        assert said(PICTURES, KINDS, conv, layers.Flatten(), dense(3), loss=sparse()) == expected


def sparse():
    return lamina.losses.SparseCategoricalCrossentropy(from_logits=True)


def test_an_output_that_can_only_rise():
    def chain(activation="tanh"):
        return dense(8, activation, kernel_constraint="non_neg"), dense(1, kernel_constraint="non_neg", name="at")

    assert said(X, X[:, 0] - X[:, 3], *chain()) == [("rising-only", "at")]
    assert not said(X, X[:, 0] + np.exp(X[:, 3]), *chain())
    assert not said(X, X[:, 0] - X[:, 3], *chain("gelu"))  # that does not rise everywhere
    assert not said(X, X[:, 0] - X[:, 3], dense(8, "tanh"), dense(1, kernel_constraint="non_neg"))


def test_no_bias_to_give_the_mean():
    def chain(first=False, last=False, activation="tanh"):
        return dense(8, activation, use_bias=first), dense(1, use_bias=last, name="at")

    assert said(X, X[:, 0] + 9, *chain()) == [("missing-bias", "at")]
    assert said(X, X[:, 0] - 7, dense(1, use_bias=False, name="at")) == [("missing-bias", "at")]
    assert not said(X, X[:, 0] + 9, *chain(last=True))
    assert not said(X, X[:, 0] + 9, *chain(activation="sigmoid"))  # which is 1/2 at 0
    assert not said(X, X[:, 0], *chain())
    assert not said(np.abs(X), X[:, 0] + 9, *chain())  # columns whose mean stands for one


def test_strides_beyond_the_window():
    def rules(*chain):
        return said(PICTURES, KINDS, *chain, layers.Flatten(), dense(3), loss=sparse())

    assert rules(layers.Conv2D(8, 3, strides=5, activation="relu", name="at")) == [("skipped-places", "at")]
    pool = layers.AveragePooling2D(2, strides=3, name="at")
    assert rules(layers.Conv2D(8, 3, activation="relu"), pool) == [("skipped-places", "at")]
    assert not rules(layers.Conv2D(8, 3, strides=3, activation="relu"))
    assert not rules(layers.Conv2D(8, 1, strides=2, activation="relu"))  # as the shortcut of a residual block


def test_strides_beside_another_way():
    inputs = lamina.Input((12, 12, 1))
    few = layers.Conv2D(4, 2, strides=4, activation="relu")(inputs)
    rest = layers.Conv2D(4, 4, strides=4, activation="relu")(inputs)
    model = lamina.Model(inputs, dense(3)(layers.Flatten()(layers.Add()([few, rest]))))
    model.compile("adam", sparse())
    assert not lamina.diagnose(model, PICTURES, KINDS)


def test_states_that_go_on_with_other_samples():
    series = RNG.normal(size=(64, 5, 2)).astype("float32")

    def found(is_stateful, **options):
        lamina.utils.set_random_seed(0)
        recurrent = layers.GRU(4, stateful=is_stateful, name="at")
        model = lamina.Sequential([lamina.Input(batch_shape=(16, 5, 2)), recurrent, dense(1)])
        model.compile("adam", "mse")
        report = lamina.diagnose(model, series, series[:, -1, 0], batch_size=16, **options)
        return [(f.rule, f.layer.rpartition("/")[2]) for f in report]

    assert found(True) == [("stateful-shuffle", "at")]
    assert not found(True, shuffle=False)
    assert not found(False)


def test_numbers_that_are_all_in_one_bin():
    def rules(boundaries):
        bins = layers.Discretization(boundaries, name="at")
        return said(X, X[:, 0], bins, layers.Embedding(4, 4), layers.Flatten(), dense(1))

    assert rules([-90.0, 80.0, 90.0]) == [("single-bin", "at")]
    assert not rules([-90.0, 2.0, 90.0])
