import numpy as np
import pytest

from lamina.tables._evidence import Trial
from lamina.tables._importance import permutation_importance
from lamina.tables._table import Table
from lamina.tables._target import Target

NUMBER = Target("y", "number", variance=2.0)


def trial(rows, seed=0):
    """Rows of which the model tells y = 2 a + b exactly, c being noise that it does not look at."""
    rng = np.random.default_rng(seed)
    columns = {name: rng.normal(size=rows) for name in "abc"}
    inputs = {name: values[:, None] for name, values in columns.items()}

    def answers(given):
        return 2 * given["a"] + given["b"]

    return Trial(Table("t", columns), answers(inputs), answers(inputs), inputs, answers)


def test_shuffling_a_column_costs_what_the_definition_says():
    """Of a sum of independent columns: E (w x - w x')² = 2 w² var x."""
    one = trial(2000)
    found = permutation_importance([one], NUMBER, ["c", "b", "a"], repeats=4)
    assert found.columns == ["a", "b", "c"] and found.base == 0 and found.rows == 2000 and found.repeats == 4
    spread = [2 * one.inputs["a"].std(), one.inputs["b"].std(), 0]
    np.testing.assert_allclose(found.values, np.sqrt(2) * np.array(spread), rtol=0.08)
    assert found.values[2] == found.spread[2] == 0 and 0 < found.spread[0] < 0.1
    assert found.metric == "root mean squared error"


def test_the_spread_is_that_of_the_repeats():
    one = trial(30)
    draws = [permutation_importance([one], NUMBER, ["a"], repeats=n, seed=3) for n in (1, 2)]
    first = draws[0].values[0]
    second = 2 * draws[1].values[0] - first
    assert draws[0].spread[0] == 0 and draws[1].spread[0] == pytest.approx(abs(first - second) / 2)


def test_rows_stay_in_their_trial():
    """Two trials whose column is constant within each: shuffling within them changes nothing."""
    trials = [trial(20, 0), trial(20, 1)]
    for place, one in enumerate(trials):
        one.inputs["a"][:] = place
        one.truth = one.outputs = one.answers(one.inputs)
    assert permutation_importance(trials, NUMBER, ["a"]).values[0] == 0


def test_of_many_rows_a_sample_is_looked_at():
    found = permutation_importance([trial(30_000)], NUMBER, ["a", "b", "c"], repeats=5)
    assert found.rows == 4000
