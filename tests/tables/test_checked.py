"""What is found of a table beside a model, and that nothing is of rows like those of the fit."""

import numpy as np
import pytest

from lamina.tables._checked import check_table
from lamina.tables._fit import fit_table
from lamina.tables._model import load_table_model

ROWS = 600


def rows(seed, n=ROWS):
    rng = np.random.default_rng(seed)
    x, city = rng.normal(50, 10, n), rng.choice(["Rom", "Oslo", "Bonn"], n, p=[0.6, 0.3, 0.1])
    y = x / 10 + 2 * (city == "Rom") + rng.normal(0, 0.5, n)
    return {"x": x, "whole": rng.integers(0, 4, n), "city": city, "y": y}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("m") / "model.keras"
    fit_table(rows(0), target="y", folds=0, effort="quick", epochs=40, verbose=False).save(str(path))
    return load_table_model(str(path))


def found(model, changed, n=ROWS):
    table = rows(1, n)
    for name, change in changed.items():
        if change is None:
            del table[name]
        else:
            table[name] = change(table[name])
    return check_table(model, model.read(table))


@pytest.mark.parametrize("n", [5, 40, ROWS])
def test_rows_like_those_of_the_fit(model, n):
    assert found(model, {}, n) == []
    assert found(model, {"y": None}, n) == []


def some(values, value, every=10):
    values = values.astype(object)
    values[::every] = value
    return values


CASES = [
    ({"x": None, "city": None}, ["missing-columns"], "no column 'x', 'city'"),
    ({"x": lambda x: np.array(["much"] * len(x))}, ["changed-column"], "column 'x' must hold numbers"),
    ({"city": lambda c: some(c, "rom")}, ["unseen-values"], "60 of 600 rows have a 'city' that the model does not tell"),
    ({"x": lambda x: some(x, None), "y": None}, ["new-gaps"], "60 of 600 rows lack 'x', which no training row did"),
    ({"x": lambda x: x * 1000, "y": None}, ["shifted-column"], "'x' is spread otherwise than in the training rows"),
    ({"city": lambda c: np.full(len(c), "Bonn"), "y": None}, ["shifted-column"], "'city' is spread otherwise"),
    ({"x": lambda x: some(x, 300.0, 30), "y": None}, ["out-of-range"], "24 of 600 rows have a 'x' beyond the training rows'"),
    ({"y": lambda y: y + 30}, ["shifted-target", "worse-than-tested"], "The target 'y' is spread otherwise"),
    ({"y": lambda y: np.random.default_rng(0).permutation(y)}, ["worse-than-tested"], "in the test of the fit it was"),
    ({"y": lambda y: np.array(["high"] * len(y))}, ["changed-target"], "must hold numbers"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "rules", "message"), CASES)
def test_what_changed_is_named(model, changed, rules, message):
    report = found(model, changed)
    assert [finding.rule for finding in report] == rules, str(report)
    assert message in report[0].message and report[0].fix and report[0].docs


def test_a_network_that_is_not_sound(model):
    weights = model.model.get_weights()
    try:
        model.model.set_weights([np.full_like(w, np.nan) for w in weights])
        assert [f.rule for f in found(model, {"y": None})] == ["non-finite-values"]
    finally:
        model.model.set_weights(weights)
