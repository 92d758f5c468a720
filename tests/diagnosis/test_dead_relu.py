"""Layers of relu that begin dead: by chance in healthy networks, and by their biases in faulty ones."""

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.diagnosis._pass_rules import least_dead


def report(width, depth, columns, seed, rows=64, **more):
    lamina.utils.set_random_seed(seed)
    x = np.random.default_rng(seed).random((rows, columns)).astype("float32")
    hidden = [layers.Dense(width, activation="relu", **more) for _ in range(depth)]
    model = lamina.Sequential([lamina.Input((columns,)), *hidden, layers.Dense(1)])
    model.compile("adam", "mse")
    return [f.rule for f in lamina.diagnose(model, x, x[:, 0])]


def test_small_healthy_networks_are_left_alone():
    """70 % of the units of a layer are dead in every third of these, by chance."""
    said = sum(bool(report(8, 3, 1, seed)) for seed in range(40))
    assert said <= 2


def test_layers_of_sixteen_units_are_left_alone():
    assert not any(report(16, 2, 1, seed) for seed in range(25))


@pytest.mark.parametrize("rows", [32, 64, 256])
def test_biases_that_kill_a_layer_are_told_on_few_rows(rows):
    assert report(8, 1, 6, 0, rows, bias_initializer=lamina.initializers.Constant(-9)) == ["dead-relu"]


def test_how_many_must_be_dead():
    assert [least_dead(n) for n in (8, 16, 32, 64, 1000)] == [10, 16, 27, 47, 700]


def test_the_advice_for_few_units_is_another_activation():
    lamina.utils.set_random_seed(0)
    x = np.random.default_rng(0).random((64, 2)).astype("float32")
    dead = layers.Dense(4, activation="relu", kernel_initializer=lamina.initializers.RandomUniform(-1, -0.1, seed=0))
    model = lamina.Sequential([lamina.Input((2,)), dead, layers.Dense(1)])
    model.compile("adam", "mse")
    (finding,) = lamina.diagnose(model, x, x[:, 0])
    assert finding.rule == "dead-relu"
    assert finding.fix.startswith('activation="leaky_relu"')


def test_units_that_give_small_values_live():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(256, 8)).astype("float32")

    def found(bias):
        lamina.utils.set_random_seed(0)
        hidden = layers.Dense(16, activation="relu", bias_initializer=lamina.initializers.Constant(bias))
        model = lamina.Sequential(
            [lamina.Input((8,)), layers.Rescaling(1e-7), hidden, layers.Rescaling(1e7), layers.Dense(1)]
        )
        model.compile("adam", "mse")
        return [f.rule for f in lamina.diagnose(model, x, x[:, :1], ignore=["tiny-input"])]

    assert not found(0.0)
    assert found(-1.0) == ["dead-relu"]
