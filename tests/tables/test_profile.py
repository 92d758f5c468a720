"""The stability index: by its definition, small for rows of the same kind, and what lies outside the range."""

import numpy as np
import pytest

from lamina.tables._columns import describe_columns, fit_columns
from lamina.tables._profile import beyond, profile_of, shift_of
from lamina.tables._table import Table
from lamina.tables._target import Target


def profile(n=1000, seed=0):
    rng = np.random.default_rng(seed)
    x = np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n))
    table = Table("t", {"x": x, "c": rng.choice(["a", "b", ""], n), "y": rng.integers(0, 2, n).astype("float64")})
    columns = describe_columns(table, "y", {}, [])
    fit_columns(columns, table)
    target = Target("y", "two classes", ["0", "1"])
    return profile_of(columns, target, table), {c.name: c for c in columns}, target, table


def test_shares_and_range():
    known, _, _, table = profile()
    x = table.columns["x"]
    assert known["x"]["low"] == np.nanmin(x) and known["x"]["high"] == np.nanmax(x)
    shares = np.array(known["x"]["shares"])
    assert shares.sum() == pytest.approx(1) and shares[-1] == np.isnan(x).mean()
    np.testing.assert_allclose(shares[:-1], (1 - shares[-1]) / 10, atol=0.005)
    assert known["c"]["levels"][0] in "ab" and len(known["c"]["shares"]) == 4
    assert known["y"]["shares"][:2] == pytest.approx(
        [np.mean(table.columns["y"] == float(k)) for k in known["y"]["levels"]]
    )


def test_the_index_is_that_of_the_definition():
    known, columns, _, _ = profile()
    rng = np.random.default_rng(1)
    values = rng.choice(["a", "b", "", "z"], 10_000, p=[0.7, 0.1, 0.1, 0.1])
    index, _ = shift_of(known["c"], columns["c"], values)
    p = np.array(known["c"]["shares"])
    q = np.array([np.mean(values == v) for v in [*known["c"]["levels"], "z", ""]])
    p, q = ((s + 0.5e-4) / (1 + 2e-4) for s in (p, q))
    assert index == pytest.approx(((q - p) * np.log(q / p)).sum())


@pytest.mark.parametrize("n", [3, 30, 300, 3000])
def test_rows_of_the_same_kind_are_no_news(n):
    known, columns, target, _ = profile()
    for seed in range(1, 20):
        table = profile(max(n, 3), seed)[3]
        for name, of in (("x", columns["x"]), ("c", columns["c"]), ("y", target)):
            index, most = shift_of(known[name], of, table.columns[name])
            assert index < most, (name, seed)


def test_moved_rows_are():
    known, columns, _, table = profile()
    x = table.columns["x"]
    for moved in (x + 1.5, x * 3, np.full(1000, np.nan)):
        index, most = shift_of(known["x"], columns["x"], moved)
        assert index > most
    assert beyond(known["x"], columns["x"], x) == 0
    assert beyond(known["x"], columns["x"], np.array([99.0, -99.0, 0.0, np.nan])) == 2
