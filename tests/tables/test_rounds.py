"""The features of both models lie in one array, and are made a part at a time."""

import numpy as np
import pytest

from lamina.tables import _columns, _network, _rounds
from lamina.tables._columns import describe_columns, model_inputs
from lamina.tables._frames import as_table
from lamina.tables._rounds import LINEAR, answers_of, features_of_inputs, fit_linear, padded, prepare
from lamina.tables._target import describe_target

ROWS = 90


def made(names):
    rng = np.random.default_rng(2)
    rows = {
        "n": [None if i % 9 == 0 else float(v) for i, v in enumerate(rng.normal(size=ROWS))],
        "few": rng.choice(["a", "b", "c"], ROWS).tolist(),
        "many": [f"v{i % 30}" for i in range(ROWS)],
        "day": [f"2024-{i % 12 + 1:02d}-{i % 28 + 1:02d}" for i in range(ROWS)],
        "words": [" ".join(rng.choice(["red", "old", "flat", "new", "dear"], 4)) for _ in range(ROWS)],
        "y": rng.normal(size=ROWS).tolist(),
    }
    table = as_table({name: rows[name] for name in (*names, "y")})
    target, table, _ = describe_target(table, "y", "auto")
    columns = describe_columns(table, "y", {}, [])
    parts = tuple(table.take(np.arange(i, ROWS, 3)) for i in range(3))
    return prepare(columns, target, parts, None)


@pytest.mark.parametrize("names", [["n", "few", "many", "day", "words"], ["few"], ["n"], ["many"], ["words", "many"]])
@pytest.mark.parametrize("at_once", [1, 1 << 22])
def test_both_models_have_their_own(monkeypatch, names, at_once):
    for module in (_columns, _network):
        monkeypatch.setattr(module, "MOST_LEVELS", 20)
    monkeypatch.setattr(_rounds, "_AT_ONCE", at_once)
    one = made(names)
    assert one.at_once == (1 if at_once == 1 else 4096)
    for part in (one.training, one.validation, one.test):
        inputs = model_inputs(one.columns, part.table)
        linear, network = (np.asarray(f) for f in one.features(inputs))
        np.testing.assert_allclose(part.linear, linear, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(part.network, network, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(features_of_inputs(one, inputs), network)
        if names != ["n"]:
            assert part.features.shape[1] < linear.shape[1] + network.shape[1] or names == ["many"]
    assert padded(network, network.shape[1]) is network
    assert padded(network, network.shape[1] + 2)[:, -2:].any() == 0


def test_answers_are_given_a_part_at_a_time(monkeypatch):
    one = made(["n", "few", "words"])
    fit_linear(one)
    inputs = model_inputs(one.columns, one.test.table)
    whole = answers_of(one, (LINEAR,), inputs)
    np.testing.assert_array_equal(whole, one.tested[LINEAR])
    one.at_once = 7
    np.testing.assert_allclose(answers_of(one, (LINEAR,), inputs), whole, rtol=1e-12)
