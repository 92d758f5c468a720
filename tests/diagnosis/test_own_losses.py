"""Losses of the user's own that compare each output with every target, and those that do so with reason."""

import numpy as np
import pytest

import lamina
from lamina import layers, losses, ops

RNG = np.random.default_rng(0)
X = RNG.normal(size=(96, 5)).astype("float32")


def said(loss, y, units=1, activation=None, **last):
    lamina.utils.set_random_seed(0)
    chain = [layers.Dense(12, "tanh"), layers.Dense(units, activation=activation, name="last", **last)]
    model = lamina.Sequential([lamina.Input((5,)), *chain])
    model.compile("adam", loss)
    return [finding.rule for finding in lamina.diagnose(model, X, y)]


def rmse(t, p):
    return ops.sqrt(ops.mean(ops.square(ops.reshape(t, (-1,)) - p)))


def crossentropy(t, p):
    t = ops.reshape(t, (-1,))
    return -ops.mean(t * ops.log(p + 1e-6) + (1 - t) * ops.log(1 - p + 1e-6), axis=-1)


class Absolute(lamina.losses.Loss):
    def call(self, y_true, y_pred):
        return ops.abs(y_true - y_pred)


def of_taken_action(t, p):
    return ops.mean(ops.square(t[:, 1] - ops.sum(p, axis=-1, keepdims=True)))


@pytest.mark.parametrize("loss", [rmse, Absolute(), lambda t, p: ops.sum(ops.square(t[:, 0] - p))])
def test_a_regression_that_broadcasts(loss):
    assert said(loss, X[:, 0]) == ["loss-broadcasts"]


class Root(losses.Loss):
    """Of which the parts of a batch do not add up."""

    def call(self, y_true, y_pred):
        return ops.sqrt(ops.mean(ops.square(y_true - y_pred)))


def test_other_losses_that_broadcast():
    assert said(Root(), X[:, 0]) == ["loss-broadcasts"]
    assert said(crossentropy, X[:, 0] > 0, activation="sigmoid") == ["loss-broadcasts"]
    assert said(of_taken_action, X[:, :2], units=3) == ["loss-broadcasts"]


def of_moments(t, p):
    """Two samples drawn from one distribution: the order says nothing."""
    return ops.square(ops.mean(t) - ops.mean(p)) + ops.square(ops.std(t) - ops.std(p))


def of_ranks(t, p):
    return ops.mean(ops.abs(ops.sort(t, axis=0) - ops.sort(p, axis=0)))


def correlation(t, p):
    t, p = t - ops.mean(t), p - ops.mean(p)
    return 1 - ops.sum(t * p) / (ops.sqrt(ops.sum(t * t) * ops.sum(p * p)) + 1e-7)


@pytest.mark.parametrize(
    "loss",
    [
        of_moments, of_ranks, correlation, lambda t, p: ops.mean(ops.square(t - p)), lambda t, p: ops.mean(ops.square(p)),
        lambda t, p: ops.square(t[:, 0] - p[:, 0]), lambda t, p: ops.mean(ops.abs(t - p), axis=0),
    ],
)  # fmt: skip
def test_nothing_is_said_of_losses_that_pair_or_need_no_pairs(loss):
    assert not said(loss, X[:, 0])


def test_outputs_that_are_all_the_same_show_nothing():
    assert not said(lambda t, p: ops.mean(ops.square(t - p)), X[:, 0], kernel_initializer="zeros")


def test_a_layer_of_ones_own_that_holds_layers_may_add_too_much():
    class Code(layers.Layer):
        def __init__(self, factor):
            super().__init__()
            self.inner, self.factor = layers.Dense(4), factor

        def call(self, x):
            code = self.inner(x)
            self.add_loss(self.factor * ops.mean(ops.square(code)))
            return code

    def rules(factor):
        lamina.utils.set_random_seed(0)
        model = lamina.Sequential([lamina.Input((5,)), Code(factor), layers.Dense(8, "relu"), layers.Dense(5)])
        model.compile("adam", "mse")
        return [finding.rule for finding in lamina.diagnose(model, X, X)]

    assert rules(1e4) == ["over-regularised"]
    assert not rules(1e-2)
