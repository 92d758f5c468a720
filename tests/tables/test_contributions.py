import math
from itertools import combinations

import numpy as np
import pytest

import lamina
from lamina.tables import TableError
from lamina.tables._contributions import shapley_values

RNG = np.random.default_rng(0)
NAMES = ["a", "b", "c"]
BACKGROUND = {"a": RNG.normal(size=(40, 1)), "b": RNG.choice(["x", "yy"], (40, 1)), "c": RNG.normal(size=(40, 1))}
ROW = {"a": np.array([[1.5]]), "b": np.array([["zzz"]]), "c": np.array([[-2.0]])}


def answers(inputs):
    """Two outputs, with interactions of two and three columns; `b` counts by its length."""
    a, b, c = inputs["a"], np.char.str_len(inputs["b"].astype(str)), inputs["c"]
    return np.hstack([a * b + c, a * b * c - 2 * a])


def by_definition():
    """Shapley's formula over all coalitions; who takes no part has its value in a row of the background."""

    def worth(taking_part):
        mixed = {n: np.broadcast_to(ROW[n], (40, 1)) if n in taking_part else BACKGROUND[n] for n in NAMES}
        return answers(mixed).mean(axis=0)

    values = []
    for name in NAMES:
        others = [n for n in NAMES if n != name]
        value = 0.0
        for size in range(len(NAMES)):
            weight = math.factorial(size) * math.factorial(len(NAMES) - size - 1) / math.factorial(len(NAMES))
            value = value + weight * sum(worth({*some, name}) - worth(set(some)) for some in combinations(others, size))
        values.append(value)
    return np.array(values)


def test_they_are_shapley_values():
    """The mean over seeds comes as close as its own standard error says."""
    found = np.array([shapley_values(answers, ROW, BACKGROUND, seed)[0] for seed in range(60)])
    error = found.std(axis=0) / np.sqrt(len(found))
    assert (np.abs(found.mean(axis=0) - by_definition()) < 4 * error + 1e-12).all()
    assert (error < 0.05).all()


def test_they_sum_to_the_answer_less_the_mean_answer():
    values, spread, base, prediction, rows = shapley_values(answers, ROW, BACKGROUND, 1)
    np.testing.assert_allclose(base, answers(BACKGROUND).mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(prediction, answers(ROW)[0], rtol=1e-12)
    np.testing.assert_allclose(values.sum(axis=0), prediction - base, rtol=1e-12)
    assert rows == 40 and values.shape == spread.shape == (3, 2) and (spread > 0).all()


def test_of_a_sum_they_are_exact():
    """In a sum each column adds its part less the mean of its part, whatever the order."""

    def plain(inputs):
        return 3 * inputs["a"] - inputs["c"]

    values = shapley_values(plain, ROW, BACKGROUND)[0][:, 0]
    np.testing.assert_allclose(values, [4.5 - 3 * BACKGROUND["a"].mean(), 0, 2 + BACKGROUND["c"].mean()], atol=1e-12)


@pytest.fixture(scope="module")
def model():
    sizes = [7 * n % 40 for n in range(40)]
    rows = {"size": sizes, "hue": ["red", "blue"] * 20, "kind": ["large" if n >= 20 else "small" for n in sizes]}
    return lamina.fit_table(rows, target="kind", folds=2, hidden=(), verbose=False), rows


def test_explain_a_row_of_a_table(model):
    model, rows = model
    found = model.explain(rows, row=4)
    assert found.columns == ["size", "hue"] and found.shown == ["21", "blue"] and found.outputs == ["large", "small"]
    np.testing.assert_allclose(found.values.sum(axis=0), found.prediction - found.base, atol=1e-6)
    np.testing.assert_allclose(found.prediction, model.predict_proba(rows)[3], atol=1e-6)
    np.testing.assert_allclose(found.values.sum(axis=1), 0, atol=1e-6)  # what one class gains the other loses
    small = {"size": [1, 2, 3], "hue": ["red", "red", "blue"]}
    beside = model.explain(rows, row=4, background=small)
    assert beside.rows == 3 and beside.values[0, 0] > found.values[0, 0]


def test_explain_a_table(model):
    model, rows = model
    found = model.explain(rows)
    assert found.columns == ["size", "hue"] and found.metric == "cross-entropy" and found.values[0] > 1
    with pytest.raises(TableError, match="no row 41; the table has rows 1 to 40"):
        model.explain(rows, row=41)
    with pytest.raises(TableError, match="no column 'kind'"):
        model.explain({"size": [1], "hue": ["red"]})
