import numpy as np
import pytest

from lamina.tables._columns import describe_columns
from lamina.tables._suspicions import leaks, rows_in_both, rows_that_repeat, totals
from lamina.tables._table import Table
from lamina.tables._target import describe_target

rng = np.random.default_rng(0)
N = 120
A, B, NOISE = rng.normal(size=N), rng.normal(size=N), rng.normal(size=N)
COLOR = rng.choice(["red", "green", "blue"], N)


def suspects(columns, task="auto"):
    table = Table("t.csv", {k: np.asarray(v) for k, v in columns.items()})
    target, table, _ = describe_target(table, "y", task)
    return leaks(table, target, describe_columns(table, "y", {}, []))


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"a": A, "b": B, "noise": NOISE, "y": A + B}, "'a' and 'b' determine"),
        ({"a": A, "noise": NOISE, "y": 3 * A - 7}, "'a' determines"),
        ({"a": A, "b": B, "noise": NOISE, "y": A + B + 0.3 * rng.normal(size=N)}, None),
        ({"a": A, "y": A**2}, None),
        ({"code": COLOR, "a": A, "y": np.char.upper(COLOR)}, "'code' determines"),
        ({"code": COLOR, "y": rng.choice(["yes", "no"], N)}, None),
        ({"id": [f"n{i}" for i in range(N)], "y": rng.choice(["yes", "no"], N)}, None),
    ],
)
def test_columns_that_give_the_answer_away(columns, named):
    said = suspects(columns)
    assert (named in said[0] and "--drop" in said[0]) if named else not said


def test_repetitions():
    table = Table("t.csv", {"a": np.array([1.0, 2, 1, np.nan, np.nan]), "b": np.array(["x", "x", "x", "", ""])})
    groups, repeated, _ = rows_that_repeat(table)
    assert repeated == 2
    assert groups[0] == groups[2] and groups[3] == groups[4] and len(set(groups.tolist())) == 3


def test_repetitions_by_chance():
    few = {name: rng.choice(["a", "b", "c"], 200) for name in "abc"}
    groups, repeated, by_chance = rows_that_repeat(Table("t.csv", few))
    assert by_chance and 165 < repeated == 200 - len(set(groups.tolist()))
    twice = {"x": np.tile(rng.normal(size=100), 2), **{k: np.tile(v[:100], 2) for k, v in few.items()}}
    assert rows_that_repeat(Table("t.csv", twice))[1:] == (100, False)
    assert rows_that_repeat(Table("t.csv", {"x": rng.normal(size=50)}))[1:] == (0, False)


@pytest.mark.parametrize("word", ["p Total", "Grand Total 2024", "Sum", "subtotal:", "서울 합계"])
def test_sums_of_other_rows(word):
    table = Table("t.csv", {"n": np.arange(12.0), "g": np.array(["p", "q"] * 5 + [word, word])})
    (said,) = totals(table)
    assert said.startswith("2 row(s), the first of them 11,") and repr(word) in said


@pytest.mark.parametrize(
    "words", [["totally", "summer"], ["total", "part"], ["the sum of all that was said", "b"], ["시계", "b"]]
)
def test_what_is_no_sum(words):
    assert not totals(Table("t.csv", {"g": np.array(words * 6)}))


def test_rows_of_another_table_that_stand_in_this_one():
    names = ["a", "b", "c"]
    table = Table("t.csv", {"a": A, "b": B.copy(), "c": COLOR})
    table.columns["b"][:3] = np.nan
    other = table.take(np.array([0, 0, 5, 7]))
    assert rows_in_both(names, table, other) == (4, False)
    other.columns["b"] = np.array([np.nan, 0.5, *other.columns["b"][2:]])
    assert rows_in_both(names, table, other) == (3, False)
    assert rows_in_both(["a", "c"], table, other) == (4, False)
    assert rows_in_both(names, table, Table("u.csv", {"a": NOISE, "b": B, "c": COLOR})) == (0, False)
    twice = table.take(np.tile(np.arange(N), 2))
    assert rows_in_both(names, twice, other) == (3, False)
    few = [Table("t.csv", {name: rng.choice(["x", "y", "z"], 200) for name in names}) for _ in range(2)]
    count, by_chance = rows_in_both(names, *few)
    assert by_chance and count > 150


def test_a_row_and_its_copy_say_nothing_of_its_columns():
    once = {"a": A[:60], "c": COLOR[:60], "y": NOISE[:60]}
    for columns in (once, {**once, "y": np.where(NOISE[:60] > 0, "u", "v")}):
        assert not suspects({name: np.tile(values, 2) for name, values in columns.items()})
    assert "'a' determines" in suspects({**{k: np.tile(v, 2) for k, v in once.items()}, "y": np.tile(2 * A[:60], 2)})[0]
