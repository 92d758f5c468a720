import numpy as np
import pytest

from lamina.tables._columns import describe_columns, fit_columns, numbers_of, places_of, sentinel_note
from lamina.tables._errors import TableError
from lamina.tables._frames import as_table
from lamina.tables._read import as_text
from lamina.tables._table import Table


def kinds(columns, dates=(), ordinal=None, dropped=()):
    table = Table("t.csv", {k: np.asarray(v) for k, v in columns.items()}, set(dates))
    return {c.name: c for c in describe_columns(table, "y", ordinal or {}, list(dropped))}


def test_kinds():
    n = 60
    rng = np.random.default_rng(0)
    found = kinds(
        {
            "y": np.arange(n, dtype=float),
            "height": rng.normal(size=n),
            "color": rng.choice(["red", "green"], n),
            "size": rng.choice(["low", "high"], n),
            "row": np.arange(1.0, n + 1),
            "customer_id": rng.permutation(n) * 3.0,
            "name": [f"N{i}" for i in range(n)],
            "review": [f"it was a long story number {i}" for i in range(n)],
            "day": ["2024-01-01"] * (n - 1) + ["2024-01-02"],
            "same": ["x"] * n,
            "nothing": np.full(n, np.nan),
            "unwanted": rng.normal(size=n),
            "moles": rng.normal(size=n) * 1e-9,
            "atoms": rng.normal(size=n) * 1e200,
        },
        dates={"day"},
        ordinal={"size": ["low", "high"]},
        dropped=["unwanted"],
    )
    assert {name: c.kind for name, c in found.items() if c.kind != "left out"} == {
        "height": "numeric",
        "color": "nominal",
        "size": "ordinal",
        "review": "text",
        "day": "date",
    }
    notes = {name: c.note for name, c in found.items()}
    for name, word in {
        "row": "identifier", "customer_id": "identifier", "name": "identifier", "review": "free text",
        "day": "2024-01-01 to 2024-01-02",

        "same": "same everywhere: x", "nothing": "holds nothing", "unwanted": "you asked",
        "moles": "other units", "atoms": "other units",
    }.items():  # fmt: skip
        assert word in notes[name]


def test_a_lone_negative_value_is_remarked_on():
    values = np.array([5.0, 3, 0, 8, -1, 2, 7, 4])
    assert "--missing -1" in kinds({"y": values, "a": values})["a"].note
    for other in (-values, values - 4, np.where(values < 0, -2, values)):
        assert kinds({"y": values, "a": other})["a"].note == ""


def test_statistics_come_from_the_training_rows_alone():
    table = Table(
        "t.csv",
        {
            "y": np.arange(6.0),
            "n": np.array([1, 2, np.nan, 9, 100, 100.0]),
            "c": np.array(["b", "b", "a", "", "z", "z"]),
            "o": np.array(["low", "high", "", "low", "high", "high"]),
        },
    )
    columns = {c.name: c for c in describe_columns(table, "y", {"o": ["low", "high"]}, [])}
    fit_columns(list(columns.values()), table.take(np.arange(4)))
    n = columns["n"]
    assert n.median == 2.0 and n.has_missing
    filled = np.array([1, 2, 2, 9.0])
    assert n.mean == pytest.approx(filled.mean()) and n.variance == pytest.approx(filled.var())
    assert columns["c"].levels == ["b", "", "a"]
    assert columns["o"].median == 1.0 and columns["o"].has_missing


def test_places_of_levels():
    np.testing.assert_array_equal(places_of(np.array(["mid", "", "low"]), ["low", "mid"]), [2, np.nan, 1])
    np.testing.assert_array_equal(places_of(np.array([3.0, 1.0, np.nan]), ["1", "3"]), [2, 1, np.nan])


def test_mistakes():
    y = np.arange(4.0)
    with pytest.raises(TableError, match="no column 'sizes'.*'size'"):
        kinds({"y": y, "size": y}, ordinal={"sizes": ["1", "2"]})
    with pytest.raises(TableError, match="'size' holds 'huge' in row 3, which is none of its levels low, high"):
        kinds({"y": y, "size": ["low", "high", "huge", ""]}, ordinal={"size": ["low", "high"]})
    with pytest.raises(TableError, match="'a' holds 2 .*not finite, the first in row 2"):
        kinds({"y": y, "a": [1, np.inf, -np.inf, 2]})
    with pytest.raises(TableError, match="target cannot"):
        kinds({"y": y, "a": y}, dropped=["y"])


@pytest.mark.parametrize(
    ("code", "others", "is_told"),
    [
        (-999.0, (1, 50), True),
        (-999.0, (-40, 40), True),
        (9999.0, (1, 50), True),
        (99.0, (1, 50), False),
        (-1.0, (-3, 3), False),
    ],
)
def test_codes_for_missing_ones_are_told(code, others, is_told):
    values = np.append(np.linspace(*others, 40), [code, code])
    note = sentinel_note(values)
    assert (f"2 of its values are {code:g}" in note and f"--missing {code:g}" in note) if is_told else note == ""


def test_why_a_column_that_looks_like_numbers_is_left_out():
    values = np.array([f"{i} {'kg' if i % 2 else 'lb'}" for i in range(40)])
    (column,) = describe_columns(Table("t.csv", {"x": values}), "y", {}, [])
    assert column.kind == "left out" and "in different units ('1 kg', '0 lb')" in column.note


def test_dates_in_both_orders_are_left_out():
    days = [f"{1 + i % 28:02d}/0{1 + i % 9}/2021" for i in range(60)]
    column = kinds({"d": [*days, "02/23/2021"]}, ["d"])["d"]
    assert column.kind == "date" and "1 cannot be read (02/23/2021)" in column.note
    column = kinds({"d": [*days, *["02/23/2021", "03/25/2021", "04/26/2021"]]}, ["d"])["d"]
    assert column.kind == "left out" and "both ('" in column.note and "'02/23/2021'" in column.note


def test_what_follows_dates_is_told():
    days = [f"2024-03-{1 + i:02d} 14:30" for i in range(20)]
    assert (
        "what follows them in 20 rows is not used ('KST')" in kinds({"d": [f"{d} KST" for d in days]}, ["d"])["d"].note
    )
    assert "not used" not in kinds({"d": [f"{d} (Tue)" for d in days]}, ["d"])["d"].note


@pytest.mark.parametrize("box", ["x", "TRUE", 1.0])
def test_a_box_that_is_checked_or_not_tells_something(box):
    gap = np.nan if isinstance(box, float) else ""
    values = np.array([box if i % 3 else gap for i in range(60)])
    table = Table("t.csv", {"y": np.arange(60.0), "a": values})
    [column] = describe_columns(table, "y", {}, [])
    assert column.kind == "nominal" and "nothing, which stands in 33%" in column.note
    fit_columns([column], table)
    assert column.levels == [as_text(values)[1], ""]
    few = np.array([gap if i == 7 else box for i in range(60)])
    assert kinds({"y": np.arange(60.0), "a": few})["a"].kind == "left out"


def test_what_looks_like_dates_for_the_most_part_says_what_does_not():
    texts = [f"2022-{1 + i % 12:02d}-{1 + i % 28:02d}" if i % 4 else ["open", "later"][i // 4 % 2] for i in range(60)]
    (column,) = describe_columns(as_table({"c": texts, "y": list(range(60))}), "y", {}, [])
    assert column.kind == "left out"
    assert column.note.startswith("most entries look like dates, but 15 do not ('open', 'later')")


def test_dates_of_zeros_are_missing():
    texts = ["0000-00-00" if i % 4 == 3 else f"2022-03-{1 + i % 28:02d}" for i in range(60)]
    (column,) = describe_columns(as_table({"c": texts, "y": list(range(60))}), "y", {}, [])
    assert (column.kind, column.missing) == ("date", 15)


@pytest.mark.parametrize(
    ("zones", "told"),
    [
        (["+05:30"], "in the local time of +05:30"), (["+01:00", "+02:00"], "in the local time of +01:00, +02:00"),
        (["-0300", "Z"], "in UTC, not in the zones of the table (-0300)"), (["+01:00", "-08:00"], "in UTC"), (["Z"], None),
        (["+00:00"], None), ([""], None),
    ],
)  # fmt: skip
def test_local_time_is_kept_where_all_dates_are_of_one_place(zones, told):
    texts = [f"2022-0{1 + i // 28}-{1 + i % 28:02d} 08:30{zones[i * len(zones) // 60]}" for i in range(60)]
    (column,) = describe_columns(as_table({"c": texts, "y": list(range(60))}), "y", {}, [])
    assert column.kind == "date"
    assert told in column.note if told else "time" not in column.note and "UTC" not in column.note
    hours = np.round(numbers_of(column, np.array(texts)) % 1 * 24, 6)
    assert set(hours) == {8.5} or (told or "").startswith("in UTC")
