import numpy as np
import pytest

pandas = pytest.importorskip("pandas")

from lamina.cli._errors import CommandError, close_names  # noqa: E402
from lamina.cli._table import as_text, find_delimiter, looks_like_dates, read_table  # noqa: E402


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_is_found(write_table, delimiter):
    table = read_table(str(write_table({"a": [1, 2], "b": ["x", "y"]}, delimiter=delimiter)))
    assert table.names == ["a", "b"]
    assert table.columns["a"].tolist() == [1.0, 2.0]
    assert table.columns["b"].tolist() == ["x", "y"]


def test_delimiter_inside_quotes_does_not_count():
    assert find_delimiter('name;note\n"a";"x, y, z"\n"b";"u, v, w"\n') == ";"


def test_decimal_commas(write_table):
    table = read_table(str(write_table({"a": ["1,5", "2,25"], "b": [1, 2]}, delimiter=";")))
    assert table.columns["a"].tolist() == [1.5, 2.25]


def test_missing_values_of_many_spellings(write_table):
    table = read_table(str(write_table({"a": [1, "?", "NA", 4], "b": ["x", "", "n/a", " y "]})))
    np.testing.assert_array_equal(table.columns["a"], [1, np.nan, np.nan, 4])
    assert table.columns["b"].tolist() == ["x", "", "", "y"]


def test_a_value_told_to_be_missing(write_table):
    table = read_table(str(write_table({"a": [1, -1, 3], "b": ["x", "unknown", "y"]})), ("-1", "unknown"))
    np.testing.assert_array_equal(table.columns["a"], [1, np.nan, 3])
    assert table.columns["b"].tolist() == ["x", "", "y"]


def test_a_few_odd_entries_do_not_make_text_of_numbers(write_table):
    table = read_table(str(write_table({"a": [*range(30), "broken"], "b": [1] * 31})))
    assert np.isnan(table.columns["a"][-1]) and table.columns["a"][:30].tolist() == list(range(30))
    assert "'broken'" in table.notes[0] and "'a'" in table.notes[0]


def test_truth_values_and_whole_numbers_as_text():
    assert as_text(np.array([1.0, 2.5, np.nan])).tolist() == ["1", "2.5", ""]
    assert as_text(np.array([True, None], dtype=object)).tolist() == ["True", ""]


def test_old_encodings(tmp_path):
    (tmp_path / "t.csv").write_bytes("a,b\n1,Zürich\n2,Genève\n".encode("latin-1"))
    assert read_table(str(tmp_path / "t.csv")).columns["b"].tolist() == ["Zürich", "Genève"]


def test_dates_are_told(write_table):
    table = read_table(str(write_table({"day": ["2024-01-31", "2024-02-01"], "n": [1, 2]})))
    assert table.dates == {"day"}
    assert looks_like_dates(np.array(["31.1.2024", "1/2/24"]))
    assert not looks_like_dates(np.array(["12-3-4-5x", "1.5"]))


def test_parquet(tmp_path):
    pytest.importorskip("pyarrow")
    frame = pandas.DataFrame(
        {
            "a": [1, None],
            "b": ["x", None],
            "when": pandas.to_datetime(["2024-01-01", "2024-01-02"]),
            "list": [[1, 2], [3]],
        }
    )
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_table(str(tmp_path / "t.parquet"))
    np.testing.assert_array_equal(table.columns["a"], [1, np.nan])
    assert table.columns["b"].tolist() == ["x", ""]
    assert table.dates == {"when"}
    assert table.columns["list"].tolist() == ["[1 2]", "[3]"]
    (tmp_path / "bad.parquet").write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match=r"bad\.parquet: not a Parquet file"):
        read_table(str(tmp_path / "bad.parquet"))


def test_what_is_no_table(tmp_path):
    for content, message in [(b"", "empty"), (b"a,b\n", "no row"), (b"\x89PNG\0\0", "no text file")]:
        (tmp_path / "t.csv").write_bytes(content)
        with pytest.raises(CommandError, match=message):
            read_table(str(tmp_path / "t.csv"))


def test_close_names():
    assert close_names("colour", ["color", "size"]) == " Did you mean 'color'?"
    assert close_names("Age", ["age", "size"]) == " Did you mean 'age'?"
    assert close_names("xyz", ["a", "b"]) == " The columns are: a, b."
