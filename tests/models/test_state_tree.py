"""The state of a model as nested dicts, and its loss as a pure function of it."""

import numpy as np
import pytest

from lamina import layers, ops
from lamina.layers import Input
from lamina.models import Sequential

X = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
Y = np.ones((8, 1), "float32")


def make():
    model = Sequential(
        [Input((3,)), layers.Dense(4, name="in"), layers.BatchNormalization(name="bn"), layers.Dense(1, name="out")],
        name="m",
    )
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, verbose=0)
    return model


def test_state_goes_from_one_model_to_another():
    one, other = make(), make()
    tree = one.get_state_tree("numpy_array")
    assert set(tree) == {"trainable_variables", "non_trainable_variables", "optimizer_variables", "metrics_variables"}
    np.testing.assert_array_equal(tree["trainable_variables"]["m"]["in"]["kernel"], one.get_layer("in").kernel.numpy())
    assert set(tree["non_trainable_variables"]["m"]["bn"]) == {"moving_mean", "moving_variance"}
    assert tree["metrics_variables"] and tree["optimizer_variables"]
    other.set_state_tree({k: v for k, v in tree.items() if k != "optimizer_variables"})
    np.testing.assert_allclose(other.predict(X, verbose=0), one.predict(X, verbose=0), rtol=1e-6)
    assert ops.is_tensor(one.get_state_tree()["trainable_variables"]["m"]["out"]["bias"])


def test_a_part_of_the_state_is_enough():
    model = make()
    model.set_state_tree({"trainable_variables": {"m": {"out": {"bias": [7.0]}}}})
    assert model.get_layer("out").bias.numpy().tolist() == [7.0]


def test_without_an_optimizer():
    model = Sequential([Input((2,)), layers.Dense(1)])
    assert model.get_state_tree()["optimizer_variables"] == {}


def test_what_is_not_there_is_said():
    model = make()
    with pytest.raises(ValueError, match="'m' has no 'm/nowhere/kernel' among its trainable_variables"):
        model.set_state_tree({"trainable_variables": {"m": {"nowhere": {"kernel": 1}}}})
    with pytest.raises(ValueError, match="the keys of state_tree must be one of"):
        model.set_state_tree({"weights": {}})
    with pytest.raises(ValueError, match="value_format must be one of"):
        model.get_state_tree("list")


def test_loss_as_a_pure_function():
    model = make()
    state = [
        [v.numpy() for v in getattr(model, f"{kind}_variables")] for kind in ("trainable", "non_trainable", "metrics")
    ]
    doubled = [2 * v for v in state[0]]
    before = model.get_weights()
    y_pred, _ = model.stateless_call(doubled, state[1], X)
    loss, (trainable, non_trainable, metrics) = model.stateless_compute_loss(doubled, state[1], state[2], X, Y, y_pred)
    np.testing.assert_allclose(loss, ((ops.convert_to_numpy(y_pred) - Y) ** 2).mean(), rtol=1e-5)
    assert trainable is doubled and len(non_trainable) == len(state[1]) and len(metrics) == len(state[2])
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    with pytest.raises(ValueError, match="expected 6 trainable_variables; got 1"):
        model.stateless_compute_loss([1.0], state[1], state[2], X, Y, y_pred)
