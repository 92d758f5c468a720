"""Tables from files of every kind; the messy ones beside this file as a person would read them."""

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import sys
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lamina.tables._errors import TableError, close_names
from lamina.tables._from_texts import looks_like_dates
from lamina.tables._read import as_text, from_pandas, read_table


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


def test_what_was_decided_of_numbers_and_dates_is_noted(write_table):
    days = range(1, 29)
    when, weight = [f"202401{d:02d}" for d in days], [f"{d} kg" if d > 2 else f"{d}" for d in days]
    amount = [f"{d}.{100 + d}" if d > 9 else "512" for d in days]
    table = read_table(str(write_table({"when": when, "w": weight, "n": amount})))
    assert table.dates == {"when"} and table.columns["n"][-1] == 28128
    for note in (
        "'when' is read as dates without separators",
        "'w': numbers with and without the unit 'kg'",
        "'n': a point before three digits",
    ):
        assert sum(note in n for n in table.notes) == 1


def test_parquet(tmp_path):
    pytest.importorskip("pyarrow")
    pandas = pytest.importorskip("pandas")
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
    with pytest.raises(TableError, match=r"bad\.parquet: not a Parquet file"):
        read_table(str(tmp_path / "bad.parquet"))


def test_what_is_no_table(tmp_path):
    for content, message in [(b"", "empty"), (b"a,b\n", "no row"), (b"\x89PNG\0\0", "no text file")]:
        (tmp_path / "t.csv").write_bytes(content)
        with pytest.raises(TableError, match=message):
            read_table(str(tmp_path / "t.csv"))


def test_close_names():
    assert close_names("colour", ["color", "size"]) == " Did you mean 'color'?"
    assert close_names("Age", ["age", "size"]) == " Did you mean 'age'?"
    assert close_names("xyz", ["a", "b"]) == " The columns are: a, b."


DATA = Path(__file__).parent / "data"


def kinds_of(table):
    return {name: "number" if values.dtype.kind == "f" else "text" for name, values in table.columns.items()}


@pytest.mark.parametrize(
    ("name", "rows", "kinds", "notes"),
    [
        (
            "thousands_us",
            300,
            {"zip": "text", "customer": "text", "amount": "number", "pct": "number"},
            ["'amount'", "'pct'"],
        ),
        ("currency_us", 300, {"m2_price": "number"}, ["'$5,897.00' as 5897"]),
        ("korean_cp949_ascii_header", 200, {"species": "text", "bill_mm": "number"}, ["read as CP949"]),
        ("comment_lines", 150, {"species": "text", "bill_length_mm": "number"}, ["Lines 1, 2: left out as comments"]),
        ("title_row", 150, {"species": "text", "bill_length_mm": "number"}, ["in line 3", "'Penguin report'"]),
        ("total_row", 150, {"species": "text", "year": "number"}, ["Line 152 looks like a total"]),
        ("duplicate_rows", 240, {"species": "text", "year": "number"}, []),
        ("ids", 100, {"id": "text", "x": "number", "y": "number"}, []),
        ("leak_sum", 250, {"mnth": "text", "casual": "number"}, []),
        ("text_decides", 220, {"review": "text", "minutes": "number"}, []),
        ("many_categories", 900, {"city": "text", "x": "number"}, []),
    ],
)
def test_messy_files(name, rows, kinds, notes):
    table = read_table(str(DATA / f"{name}.csv"))
    assert len(table) == rows
    assert kinds.items() <= kinds_of(table).items()
    said = " ".join(table.notes)
    assert all(note in said for note in notes) and bool(said) == bool(notes)


def test_korean_classes_are_korean():
    table = read_table(str(DATA / "korean_cp949_ascii_header.csv"))
    assert set(table.columns["species"]) == {"아델리", "젠투", "턱끈"}


def test_columns_are_kept_as_they_stand_in_the_file():
    table = read_table(str(DATA / "ids.csv"))
    assert table.raw["id"][:2].tolist() == ["00000", "00001"]
    assert table.raw["group"][:2].tolist() == ["2", "1"]
    assert table.take(np.array([1])).raw["id"].tolist() == ["00001"]


CSV = "a,b\n1,x\n2,y\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv.gz", gzip.compress(CSV.encode())), ("t.csv.bz2", bz2.compress(CSV.encode())),
        ("t.csv.xz", lzma.compress(CSV.encode())), ("t.tsv", CSV.replace(",", "\t").encode()),
        ("t.txt", CSV.replace(",", "|").encode()), ("t.jsonl", b'{"a": 1, "b": "x"}\n\n{"b": "y", "a": 2}\n'),
        ("t.json", b'[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]'), ("t.ndjson", b'{"a": "1", "b": "x"}\n{"a": "2", "b": "y"}\n'),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_formats(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    table = read_table(str(tmp_path / name))
    assert table.columns["a"].tolist() == [1.0, 2.0] and table.columns["b"].tolist() == ["x", "y"]


def test_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("t.csv", CSV)
    assert read_table(str(tmp_path / "t.zip")).columns["a"].tolist() == [1.0, 2.0]
    with zipfile.ZipFile(tmp_path / "t.zip", "a") as archive:
        archive.writestr("u.csv", CSV)
    with pytest.raises(TableError, match=r"holds 2 files, not one table: t\.csv, u\.csv"):
        read_table(str(tmp_path / "t.zip"))


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CSV.encode())))
    assert read_table("-").columns["b"].tolist() == ["x", "y"]


def test_database(tmp_path):
    connection = sqlite3.connect(tmp_path / "t.db")
    connection.execute("create table people (a real, b text)")
    connection.executemany("insert into people values (?, ?)", [(1, "x"), (None, None)])
    connection.commit()
    table = read_table(str(tmp_path / "t.db"))
    np.testing.assert_array_equal(table.columns["a"], [1, np.nan])
    assert table.columns["b"].tolist() == ["x", ""]
    connection.execute("create table other (c)")
    connection.commit()
    connection.close()
    assert read_table(f"{tmp_path / 't.db'}::people").names == ["a", "b"]
    with pytest.raises(TableError, match="holds 2 tables; choose one"):
        read_table(str(tmp_path / "t.db"))
    with pytest.raises(TableError, match="no table 'poeple'. Did you mean 'people'"):
        read_table(f"{tmp_path / 't.db'}::poeple")
    (tmp_path / "u.sqlite").write_text("no database")
    with pytest.raises(TableError, match="not an SQLite database"):
        read_table(str(tmp_path / "u.sqlite"))


def test_order_and_index_of_a_parquet_file(tmp_path):
    pytest.importorskip("pyarrow")
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"size": ["low", "high", None], "n": [1, 2, 3]}, index=pandas.Index([7, 8, 9], name="key"))
    frame["size"] = pandas.Categorical(frame["size"], ["low", "mid", "high"], ordered=True)
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_table(str(tmp_path / "t.parquet"))
    assert table.names == ["key", "size", "n"] and table.ordered == {"size": ["low", "mid", "high"]}
    assert table.columns["key"].tolist() == [7, 8, 9] and table.columns["size"].tolist() == ["low", "high", ""]
    frame.to_feather(tmp_path / "t.feather")
    assert read_table(str(tmp_path / "t.feather")).columns["n"].tolist() == [1, 2, 3]


def test_whole_numbers_of_a_frame_that_float64_does_not_hold_are_texts():
    pandas = pytest.importorskip("pandas")
    table = from_pandas("t", pandas.DataFrame({"a": [2**60, 2**60 + 1], "b": [1, 2], "c": [{"x": 1}, {"x": 2}]}), set())
    assert table.columns["a"].tolist() == [str(2**60), str(2**60 + 1)] and table.columns["b"].tolist() == [1, 2]
    assert any("'c' holds 2 objects or lists" in note for note in table.notes)


def test_excel(tmp_path):
    pytest.importorskip("openpyxl")
    pandas = pytest.importorskip("pandas")
    pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]}).to_excel(tmp_path / "t.xlsx", index=False)
    table = read_table(str(tmp_path / "t.xlsx"))
    assert table.columns["a"].tolist() == [1, 2] and table.columns["b"].tolist() == ["x", "y"]
    (tmp_path / "u.xlsx").write_text("no workbook")
    with pytest.raises(TableError, match="not a Excel file|not an Excel file"):
        read_table(str(tmp_path / "u.xlsx"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv.gz", b"no gzip", "cannot be unpacked"), ("t.zip", b"no zip", "cannot be unpacked"),
        ("t.json", b"[1, 2]", "entry 1 is no JSON object"), ("t.jsonl", b'{"a": 1}\n{"a": \n', "line 2 is no JSON"),
        ("t.json", b'[{"a": 1},\n {]', "line 2 is no JSON"), ("t.jsonl", b"", "is empty"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_broken_files(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError, match=message):
        read_table(str(tmp_path / name))
    with pytest.raises(TableError, match="no such file"):
        read_table(str(tmp_path / "nowhere.csv"))
    with pytest.raises(TableError, match="a folder"):
        read_table(str(tmp_path))


def test_any_bytes_are_a_table_or_an_error_in_plain_words(tmp_path):
    """Real files cut, their bytes changed, quotes strewn in: never a traceback."""
    rng = np.random.default_rng(5)
    seeds = [path.read_bytes()[:3000] for path in sorted(DATA.glob("*.csv"))] + [json.dumps([{"a": 1}] * 9).encode()]
    read = 0
    for i in range(150):
        content = bytearray(seeds[i % len(seeds)][: rng.integers(1, 3000)])
        for place in rng.integers(0, len(content), rng.integers(0, 30)):
            content[place] = rng.choice([34, 44, 10, 13, 59, 9, 35, 0, 255, rng.integers(0, 256)])
        path = tmp_path / f"t{i}.{rng.choice(['csv', 'json', 'jsonl'], p=[0.8, 0.1, 0.1])}"
        path.write_bytes(content)
        try:
            table = read_table(str(path))
        except TableError as error:
            assert str(path.name) in str(error)
            continue
        read += 1
        assert len({len(values) for values in table.columns.values()}) == 1
    assert read > 9


def test_what_looks_alike_is_one_category(write_table):
    table = read_table(str(write_table({"a": ["서울", unicodedata.normalize("NFD", "서울"), "부산"], "b": [1, 2, 3]})))
    assert len(set(table.columns["a"].tolist())) == 2


def test_long_cells(tmp_path):
    (tmp_path / "t.csv").write_text(f"a,b\n1,{'word ' * 40_000}\n2,y\n")
    assert len(read_table(str(tmp_path / "t.csv")).columns["b"][0]) == 199_999
