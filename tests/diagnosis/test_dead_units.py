"""How many dead relu units of a small layer are a fault, and on how few rows that can be said."""

import numpy as np
import pytest

import lamina
from lamina import layers


def found(units, dead, rows, alive_rows=0):
    """The rules that speak of a layer of which some units are dead, but for some rows."""
    x = np.random.default_rng(0).normal(size=(rows, 2)).astype("float32")
    x[:alive_rows] += 100.0
    lamina.utils.set_random_seed(0)
    hidden = layers.Dense(units, activation="relu", name="hidden")
    model = lamina.Sequential([lamina.Input((2,)), hidden, layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy")
    hidden.set_weights(
        [np.linspace(0.8, 1.2, 2 * units).reshape(2, units), np.where(np.arange(units) < dead, -20.0, 0.5)]
    )
    return [(f.rule, f.evidence.get("dead")) for f in lamina.diagnose(model, x, x[:, 0] > 0)]


@pytest.mark.parametrize("rows", [32, 120, 255, 256, 600])
def test_most_units_of_eight_dead_is_said_on_few_rows_and_many(rows):
    assert found(8, 6, rows) == [("dead-relu", 6)]


@pytest.mark.parametrize(("units", "dead"), [(3, 2), (3, 3), (4, 3), (5, 4), (6, 4), (8, 7), (8, 8)])
def test_most_units_of_a_small_layer_dead_is_a_fault(units, dead):
    assert found(units, dead, 160) == [("dead-relu", dead)]


@pytest.mark.parametrize(("units", "dead"), [(3, 1), (4, 2), (5, 3), (8, 1), (8, 2), (8, 5)])
def test_some_units_dead_is_none(units, dead):
    assert not found(units, dead, 160)


def test_nothing_is_said_of_a_handful_of_rows():
    assert not found(8, 8, 31)


def test_on_few_rows_a_unit_that_speaks_once_is_not_dead():
    assert ("dead-relu", 8) not in found(8, 8, 160, alive_rows=1)
