"""Several files as one table."""

import json

import numpy as np
import pytest

from lamina.tables._errors import TableError
from lamina.tables._frames import as_table, name_of
from lamina.tables._several import read_tables


@pytest.fixture
def files(write_table):
    """Writes tables a.csv, b.csv, ... and gives their paths."""

    def write(*tables):
        return [str(write_table(table, f"{name}.csv")) for name, table in zip("abcdefgh", tables)]

    return write


def test_the_rows_follow_each_other_and_the_columns_are_matched_by_name(files):
    paths = files({"n": [1, 2], "t": ["x", "y"]}, {"t": ["z"], "n": [3]})
    table = read_tables(paths)
    assert table.names == ["n", "t"] and table.path == f"{paths[0]} and 1 more" == name_of(paths)
    assert table.columns["n"].tolist() == [1, 2, 3] and table.columns["t"].tolist() == ["x", "y", "z"]
    assert table.raw["n"].tolist() == ["1", "2", "3"]
    assert table.notes == ["2 files, one after the other: rows 1 to 2 are of a.csv, 3 to 3 are of b.csv."]


def test_notes_say_of_which_file_they_are(files):
    paths = files({"n": ["1", "2"], "t": ["x", "y"]}, {"n": ["$3", "$4"], "t": ["x", "y"]})
    table = read_tables(paths)
    assert table.columns["n"].tolist() == [1, 2, 3, 4]
    assert table.notes[0].startswith(f"{paths[1]}: Column 'n' is read as numbers: '$3' as 3")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"n": [1]}, "lacks the column 't'"),
        ({"n": [1], "t": ["x"], "u": [1], "v": [2]}, "has the columns 'u', 'v' besides"),
        ({"n": [1], "T": ["x"]}, "lacks the column 't' and has the column 'T' besides"),
    ],
)
def test_columns_that_do_not_agree_are_named_with_the_file(files, other, said):
    paths = files({"n": [1, 2], "t": ["x", "y"]}, other)
    with pytest.raises(TableError) as caught:
        read_tables(paths)
    assert str(caught.value) == f"{paths[1]}: {said}; the columns must be those of {paths[0]}."


def test_zip_codes_stay_text_where_one_file_has_leading_zeros(files):
    paths = files({"zip": ["10115", "20095"], "n": [1, 2]}, {"zip": ["00501", "01067"], "n": [1, 2]})
    table = read_tables(paths)
    assert table.columns["zip"].tolist() == ["10115", "20095", "00501", "01067"]
    assert any(f"'zip' holds numbers in {paths[0]}, texts in {paths[1]}" in note for note in table.notes)


def test_units_that_one_file_lacks(files):
    values = list(range(1, 30))
    paths = files({"w": [f"{v} kg" for v in values]}, {"w": values})
    table = read_tables(paths)
    assert table.columns["w"].tolist() == [*values, *values]
    assert f"Column 'w' is in 'kg' in {paths[0]}, without a unit in {paths[1]}; taken as the same." in table.notes


def test_files_that_need_not_mean_the_same_are_read_together(files):
    values = list(range(1, 30))
    table = read_tables(files({"w": [f"{v}k" for v in values]}, {"w": values}))
    assert table.columns["w"].tolist() == [*(1000.0 * v for v in values), *values]
    assert sum("Column 'w' is read as numbers" in note for note in table.notes) == 1
    assert any("'w' holds numbers with and without a unit" in note for note in table.notes)
    table = read_tables(files({"w": [f"{v}%" for v in values]}, {"w": [v / 100 for v in values]}))
    assert table.columns["w"].dtype.kind == "U"
    with pytest.raises(TableError, match="in '€', in .*a.csv in '[$]'"):
        read_tables(files({"w": ["$5k", "$7"]}, {"w": ["€5k", "€7"]}))


def test_a_file_of_odd_entries_only_does_not_make_text_of_numbers(files):
    table = read_tables(files({"n": list(range(40)), "m": [1] * 40}, {"n": ["broken"], "m": [2]}))
    assert table.columns["n"][:40].tolist() == list(range(40)) and np.isnan(table.columns["n"][40])
    assert any("'broken'" in note for note in table.notes)


def test_a_column_that_one_file_lacks_values_of(files):
    table = read_tables(files({"t": ["x", "y"], "n": ["", ""], "m": [1, 2]}, {"t": ["", ""], "n": [3, 4], "m": [5, 6]}))
    assert table.columns["t"].tolist() == ["x", "y", "", ""]
    np.testing.assert_array_equal(table.columns["n"], [np.nan, np.nan, 3, 4])


def test_dates_of_both_files(files):
    table = read_tables(files({"d": ["2024-01-31", "2024-02-01"], "n": [1, 2]}, {"d": ["2024-03-01", ""], "n": [3, 4]}))
    assert table.dates == {"d"} and table.columns["d"].tolist()[-2:] == ["2024-03-01", ""]


def test_files_of_several_kinds(write_table, tmp_path):
    first = write_table({"n": [1, 2], "t": ["x", "y"]})
    (tmp_path / "more.jsonl").write_text("\n".join(json.dumps({"t": "z", "n": v}) for v in (3, 4.5)))
    table = as_table([first, tmp_path / "more.jsonl"])
    assert table.columns["n"].tolist() == [1, 2, 3, 4.5] and table.columns["t"].tolist() == ["x", "y", "z", "z"]


def test_orders_that_differ(tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    for name, levels in (("a", ["low", "high"]), ("b", ["high", "low"])):
        size = pandas.Categorical(["low", "high"], levels, ordered=True)
        pandas.DataFrame({"size": size, "n": [1, 2]}).to_parquet(tmp_path / f"{name}.parquet")
    with pytest.raises(TableError, match=r"b\.parquet: the levels of column 'size'.*not those of .*a\.parquet"):
        read_tables([str(tmp_path / "a.parquet"), str(tmp_path / "b.parquet")])


def test_no_file_and_the_standard_input_twice():
    with pytest.raises(TableError, match="No table was given"):
        as_table([])
    with pytest.raises(TableError, match="once only"):
        read_tables(["-", "-"])
    with pytest.raises(TypeError, match="a path or a list of paths"):
        as_table([1, 2])


def test_one_file_given_twice_is_told(files, tmp_path):
    (path,) = files({"n": [1, 2], "t": ["x", "y"]})
    table = read_tables([path, str(tmp_path / "." / "a.csv"), path])
    assert table.columns["n"].tolist() == [1, 2, 1, 2, 1, 2]
    assert table.notes[-1] == "a.csv is given 3 times, and its rows are taken so often."
