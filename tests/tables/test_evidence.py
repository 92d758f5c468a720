import numpy as np
import pytest

import lamina
from lamina.tables._evidence import sampled, score_of, trials_of, used_columns
from lamina.tables._target import Target

SIZES = [7 * n % 40 for n in range(40)]
ROWS = {"size": SIZES, "kind": ["large" if n >= 20 else "small" for n in SIZES], "price": [3.0 * n + 1 for n in SIZES]}


@pytest.fixture(scope="module")
def model():
    return lamina.fit_table(ROWS, target="price", folds=4, effort="quick", epochs=2, verbose=False)


def test_every_row_is_tested_once_by_a_model_that_answers_for_other_rows_too(model):
    trials = trials_of(model.result)
    places = np.concatenate([t.table.row_numbers for t in trials])
    assert sorted(places) == list(range(1, 41))
    for trial in trials:
        np.testing.assert_array_equal(
            trial.table.columns["price"], [ROWS["price"][i - 1] for i in trial.table.row_numbers]
        )
        np.testing.assert_allclose(trial.answers(trial.inputs), trial.outputs, rtol=1e-5)
        fewer = {name: values[:1] for name, values in trial.inputs.items()}
        np.testing.assert_allclose(trial.answers(fewer), trial.outputs[:1], rtol=1e-5)
    np.testing.assert_array_equal(np.concatenate([t.outputs for t in trials]), model.result.outputs)


def test_used_columns(model):
    assert used_columns(model.columns) == ["size", "kind"]


def test_a_sample_is_drawn_from_each_trial_in_proportion(model):
    trials = trials_of(model.result)
    fewer = sampled(trials, 20, np.random.default_rng(0))
    assert [len(t.table) for t in fewer] == [len(t.table) // 2 for t in trials]
    for trial in fewer:
        np.testing.assert_array_equal(trial.truth[:, 0], trial.table.columns["price"].astype("float32"))
        np.testing.assert_array_equal(trial.inputs["size"][:, 0], trial.table.columns["size"].astype("float32"))
    assert sampled(trials, 40, np.random.default_rng(0)) is trials


def test_scores():
    truth, outputs = np.array([[1.0], [5.0]]), np.array([[4.0], [1.0]])
    assert score_of(Target("y", "number", variance=3.0), truth, outputs) == pytest.approx(np.sqrt((9 + 16) / 2))
    two = Target("y", "two classes", ["a", "b"])
    assert score_of(two, np.array([[1.0], [0.0]]), np.array([[0.25], [0.2]])) == pytest.approx(
        -np.log([0.25, 0.8]).mean()
    )
