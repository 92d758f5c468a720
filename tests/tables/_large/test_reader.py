"""Values read piece by piece are those of the whole column."""

import datetime
import json
from decimal import Decimal

import numpy as np
import pytest

import lamina
from lamina.tables._large._fields import Fields
from lamina.tables._large._reader import ColumnReader
from lamina.tables._read import from_fields

COLUMNS = {
    "plain": ["1", "2.5", "", "-3e2", "n/a", "7"],
    "separators": ["1,234", "12", "999,999.5", "", "-1,000", "5"],
    "percent": ["5%", "12.5 %", "", "?", "0%", "100%"],
    "comma": ["1,5", "2,25", "-3,0", "", "1.000,5", "7"],
    "multiples": ["5k", "3M", "17", "2k", "", "9"],
    "texts": ["a", "NA", " b ", "", "c", "a"],
    "codes": ["001", "02", "3", "", "5", "06"],
    "infinite": ["1", "inf", "2", "-Infinity", "3", "4"],
}


@pytest.mark.parametrize("name", COLUMNS)
def test_pieces_are_read_as_the_whole(name):
    fields = [f.strip() for f in COLUMNS[name]]
    table = from_fields("t.csv", {name: fields}, set(), False)
    whole = table.columns[name]
    reader = ColumnReader(name, whole.dtype.kind == "f", table.rules.get(name), ())
    pieces = np.concatenate([reader.read(fields[:2]), reader.read(fields[2:3]), reader.read(tuple(fields[3:]))])
    np.testing.assert_array_equal(pieces, whole)
    assert reader.note() is None


def test_entries_that_are_no_numbers_are_counted_and_shown():
    reader = ColumnReader("n", True, None, ())
    assert np.isnan(reader.read(["1", "oops", "2", "", "1_0"])).tolist() == [False, True, False, True, True]
    assert np.isnan(reader.read(["1_000", "3"])).tolist() == [True, False]
    reader.read(["oops"])
    assert reader.note() == "Column 'n' holds numbers but for 4 entries ('oops', '1_0', '1_000'), taken as missing."


def test_told_missing_values():
    reader = ColumnReader("n", True, None, ("unknown", "-1"))
    np.testing.assert_array_equal(reader.read(["unknown", "-1", "-1.0", "4"]), [np.nan, np.nan, np.nan, 4])
    np.testing.assert_array_equal(reader.read(np.array([-1, 4])), [np.nan, 4])
    assert reader.note() is None
    assert ColumnReader("t", False, None, ("unknown",)).read(["unknown", "x"]).tolist() == ["", "x"]


def test_typed_values():
    np.testing.assert_array_equal(
        ColumnReader("n", True, None, ()).read([1, None, 2.5, True, "3"]), [1, np.nan, 2.5, np.nan, 3]
    )
    assert ColumnReader("n", True, None, ()).read([datetime.timedelta(minutes=1)]).tolist() == [60]
    assert ColumnReader("t", False, None, ()).read([1, None, 2.5, "x"]).tolist() == ["1", "", "2.5", "x"]


def test_times_are_read_as_in_a_whole_table():
    fields = ["1:23:45", "2:05", "", "5", "0:10", "0:20", "0:30"]
    table = from_fields("t.csv", {"t": [f for f in fields if f != "5"]}, set(), False)
    reader = ColumnReader("t", True, table.rules["t"], ())
    pyarrow = pytest.importorskip("pyarrow")
    for values in (fields, Fields(pyarrow.array(fields))):
        np.testing.assert_array_equal(reader.read(values), [5025, 7500, np.nan, np.nan, 600, 1200, 1800])


def test_values_that_are_equal_or_no_keys():
    reader = ColumnReader("x", False, None, ())
    given = [1, True, "1", Decimal("1.0"), Decimal("1.00"), {"a": [1]}, [2, 3], {"a": [1]}, None]
    assert reader.read(given).tolist() == ["1", "True", "1", "1.0", "1.00", "{'a': [1]}", "[2, 3]", "{'a': [1]}", ""]


def test_nested_values_in_pieces(tmp_path):
    path = tmp_path / "t.jsonl"
    rows = [{"place": {"town": "abc"[i % 3]}, "y": i % 3 * 4.0 + i % 2} for i in range(90)]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n")
    found = [
        lamina.fit_table(path, target="y", hidden=(), effort="quick", test_size=0.3, verbose=False, memory=memory)
        for memory in (None, 2000)
    ]
    for model in found:
        assert sorted(model.columns[0].levels) == [f"{{'town': '{town}'}}" for town in "abc"]
        assert any("holds 90 objects or lists" in note for note in model.summary["notes"])
