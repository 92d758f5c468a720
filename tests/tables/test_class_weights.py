import numpy as np
import pytest

from lamina.tables._class_weights import chosen_weights, mean_f1, weights_sentence
from lamina.tables._figures import classes_of, figures_of
from lamina.tables._table import Table
from lamina.tables._target import Target, describe_target

NAMES = ["a", "b", "rare"]


def described(counts):
    names = np.repeat(list(counts), list(counts.values()))
    return describe_target(Table("t.csv", {"y": names}), "y", "auto")[0]


def test_which_classes_are_rare():
    assert described({"a": 60, "b": 35, "c": 5}).rare_classes == ["c"]
    assert described({"a": 60, "b": 30, "c": 10}).rare_classes == []
    assert described(dict.fromkeys("abcdefghijklmno", 10)).rare_classes == []  # of many classes each is small
    assert described({"a": 95, "b": 5}).rare_classes == []  # two classes have a threshold


def test_mean_f1_by_its_definition():
    true, predicted = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 2, 1])
    # precision and recall: 1 and 2/3, 1/3 and 1/2, nothing
    assert mean_f1(true, predicted) == pytest.approx((2 * 1 * (2 / 3) / (5 / 3) + 2 * (1 / 6) / (5 / 6) + 0) / 3)


@pytest.fixture
def drawn():
    """Classes drawn from known probabilities, in which the rare one is seldom the likeliest."""
    rng = np.random.default_rng(0)
    likely = rng.random(4000) < 0.15
    shares = np.where(likely[:, None], [0.40, 0.22, 0.38], [0.60, 0.395, 0.005])
    truth = np.eye(3)[[rng.choice(3, p=p) for p in shares]]
    return truth, shares


def test_weights_that_help_are_chosen_and_change_the_class_alone(drawn):
    truth, shares = drawn
    target = Target("y", "classes", NAMES, rare_classes=["rare"])
    weights = chosen_weights(target, truth, shares)
    assert weights[:2] == [1, 1] and weights[2] > 1
    own = Target("y", "classes", NAMES, rare_classes=["rare"], weights=weights)
    np.testing.assert_array_equal(classes_of(own, shares), (shares * weights).argmax(axis=1))
    np.testing.assert_array_equal(classes_of(own, truth), truth.argmax(axis=1))
    before, after = (figures_of(t, truth, shares) for t in (target, own))
    assert after["mean F1 of the classes"] > 1.03 * before["mean F1 of the classes"]
    assert after["cross-entropy"] == before["cross-entropy"]
    assert before["accuracy"] - 0.02 <= after["accuracy"] < before["accuracy"]
    said = weights_sentence(own, truth.argmax(axis=1), classes_of(target, shares), classes_of(own, shares))
    for figures in (before, after):
        assert f"{figures['mean F1 of the classes']:.3f}" in said and f"{figures['accuracy']:.3f}" in said
    assert f"rare {weights[2]:.3g}" in said


def test_no_weights_where_there_is_nothing_to_gain_or_too_little_to_know(drawn):
    truth, shares = drawn
    target = Target("y", "classes", NAMES, rare_classes=["rare"])
    assert chosen_weights(target, truth, truth * 0.9 + 0.03) == []  # the likeliest is always right
    assert chosen_weights(Target("y", "classes", NAMES), truth, shares) == []
    few = np.flatnonzero(truth[:, 2] == 0)[:500].tolist() + np.flatnonzero(truth[:, 2])[:9].tolist()
    assert chosen_weights(target, truth[few], shares[few]) == []
    assert "the likeliest is predicted" in weights_sentence(target, np.zeros(3), np.zeros(3), np.zeros(3))


def test_weights_that_cost_much_accuracy_are_not_chosen():
    """A rare class of 9 % that is everywhere equally unlikely: to predict it is to guess."""
    rng = np.random.default_rng(1)
    truth = np.eye(3)[rng.choice(3, 3000, p=[0.5, 0.41, 0.09])]
    shares = np.array([[0.5, 0.41, 0.09]]) + rng.normal(0, 0.01, (3000, 3))
    weights = chosen_weights(Target("y", "classes", NAMES, rare_classes=["rare"]), truth, shares)
    plain = np.mean(shares.argmax(axis=1) == truth.argmax(axis=1))
    assert not weights or plain - np.mean((shares * weights).argmax(axis=1) == truth.argmax(axis=1)) <= 0.02
