"""Weights of samples, classes and outputs: those that undo learning are told, unusual ones are not."""

import numpy as np
import pytest

import lamina
from lamina import layers, optimizers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 6)).astype("float32")
RARE = (X[:, 0] > 1.2).astype(int)
KINDS = (X[:, 0] > 0) + (X[:, 1] > 0).astype(int)


def said(loss, units, activation, y, optimizer="adam", **options):
    lamina.utils.set_random_seed(0)
    last = layers.Dense(units, activation=activation)
    model = lamina.Sequential([lamina.Input((6,)), layers.Dense(16, "relu"), last])
    model.compile(optimizer, loss)
    return [finding.rule for finding in lamina.diagnose(model, X, y, **options)]


def of_classes(y, **options):
    return said("sparse_categorical_crossentropy", 3, "softmax", y, **options)


def of_line(weights, **options):
    return said("mse", 1, None, X[:, 0], sample_weight=weights, **options)


@pytest.mark.parametrize(
    "given", [{0: 1e5, 1: 1.0, 2: 1.0}, {0: 1.0, 1: 1.0, 2: 1e-5}, {0: 1.0, 1: 2.0, 2: 1.0}, {0: 1.0, 1: 100.0, 2: 1.0}]
)
def test_one_class_has_all_the_weight(given):
    expected = ["one-sided-weights"] if max(given.values()) == 1e5 else []
    assert of_classes(KINDS, class_weight=given) == expected


def test_weights_by_sample_are_those_of_classes_where_they_follow_them():
    assert of_classes(KINDS, sample_weight=np.array([1e6, 1.0, 2.0])[KINDS]) == ["one-sided-weights"]
    assert not of_classes(KINDS, sample_weight=RNG.random(400) * 1e3)


@pytest.mark.parametrize(
    "given, is_inverted", [("share", True), ("balanced", False), ("costs", False), ("mild", False)]
)
def test_weights_in_proportion_to_the_classes(given, is_inverted):
    share = float(RARE.mean())
    weights = {
        "share": {0: 1 - share, 1: share}, "balanced": "balanced", "costs": {0: 50.0, 1: 1.0}, "mild": {0: 1.0, 1: 0.8},
    }[given]  # fmt: skip
    found = said("binary_crossentropy", 1, "sigmoid", RARE, class_weight=weights)
    assert found == (["one-sided-weights"] if is_inverted else [])


def test_rewards_of_actions_are_no_weights_of_classes():
    actions = RNG.integers(0, 3, 400)
    rewards = np.where(actions == 2, 0.0, RNG.integers(0, 2, 400)).astype("float32")
    assert not of_classes(actions, sample_weight=rewards)


@pytest.mark.parametrize(
    "weights, optimizer, rules",
    [
        (np.full(400, 1e4) + X[:, 1], optimizers.SGD(0.01), ["weights-and-rate"]),
        (1e-6 * (1 + X[:, 1] ** 2), optimizers.SGD(0.01), ["weights-and-rate"]),
        (np.full(400, 1e4) + X[:, 1], optimizers.SGD(1e-5), []),
        (np.full(400, 1e4) + X[:, 1], optimizers.SGD(0.01, clipnorm=1.0), []),
        (np.full(400, 1e4) + X[:, 1], optimizers.Adam(0.01), []),
        (3 + X[:, 1] ** 2, optimizers.SGD(0.05), []),
    ],
)
def test_weights_make_the_steps_of_sgd(weights, optimizer, rules):
    assert of_line(weights, optimizer=optimizer) == rules


def test_weights_below_0_with_a_regression():
    assert of_line(X[:, 1]) == ["mixed-sample-weights"]
    assert not of_line(np.maximum(X[:, 1], 0))
    assert not said("binary_crossentropy", 1, "sigmoid", RARE, sample_weight=X[:, 1])  # advantages of actions


def two(weights, trains=True, is_shared=False):
    inputs = lamina.Input((6,))
    hidden = layers.Dense(8, "relu")(inputs)
    last = layers.Dense(1, name="near", trainable=trains)
    near = last(hidden)
    far = layers.Dense(1, name="far")(near if is_shared else hidden)
    model = lamina.Model(inputs, [near, far])
    model.compile("adam", ["mse", "mse"], loss_weights=weights)
    return [(finding.rule, finding.layer) for finding in lamina.diagnose(model, X, [X[:, 0], X[:, 1]])]


def test_an_output_of_weight_0():
    assert two([0.0, 1.0]) == [("zero-loss-weight", "near")]
    assert not two([0.01, 1.0])
    assert not two([0.0, 1.0], trains=False)
    assert not two([0.0, 1.0], is_shared=True)  # it is trained by what follows


def test_the_sum_over_many_values_may_be_the_loss():
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((6,)), layers.Dense(16, "relu"), layers.Dense(500)])
    model.compile(optimizers.SGD(0.05), ["mse"], loss_weights=[500.0])
    assert not lamina.diagnose(model, X, RNG.normal(size=(400, 500)))
