"""Predictions in files of every kind, read again."""

import bz2
import gzip
import json
import lzma

import numpy as np
import pytest

from lamina.tables._errors import TableError
from lamina.tables._read import read_table
from lamina.tables._written import check_kind, write_answers

NAMES = np.array(["00501", "=1+1", 'a "b", ü', None], dtype=object)
NUMBERS = np.array([0.1, np.nan, 3e10, -2], "float32")


def pieces():
    yield {"id": NAMES[:2], "predicted_y": NUMBERS[:2]}
    yield {"id": NAMES[2:], "predicted_y": NUMBERS[2:]}


@pytest.mark.parametrize(
    "name",
    ["p", "p.CSV", "p.txt", "p.tsv", "p.csv.gz", "p.tsv.bz2", "p.jsonl", "p.ndjson.xz", "p.parquet", "p.pq", "p.xlsx"],
)
def test_what_is_written_is_read_again(name, tmp_path, capsys):
    if name.endswith((".parquet", ".pq", ".xlsx")):
        pytest.importorskip("pandas")
        pytest.importorskip("openpyxl" if name.endswith("x") else "pyarrow")
    path = str(tmp_path / name)
    write_answers(pieces(), path)
    assert capsys.readouterr().err == f"Wrote 4 predictions to {path}.\n"
    table = read_table(path)
    assert table.names == ["id", "predicted_y"]
    assert table.columns["id"].tolist() == ["00501", "=1+1", 'a "b", ü', ""]
    np.testing.assert_array_equal(table.columns["predicted_y"].astype("float32"), NUMBERS)


def test_a_name_says_how_the_file_is_packed_and_parted(tmp_path):
    found = {}
    for name, opened in (("a.tsv", open), ("b.tsv.gz", gzip.open), ("c.tsv.bz2", bz2.open), ("d.tsv.xz", lzma.open)):
        write_answers(pieces(), str(tmp_path / name))
        with opened(tmp_path / name, "rb") as file:
            found[name] = file.read().decode("utf-8").splitlines()[:2]
    assert set(map(tuple, found.values())) == {("id\tpredicted_y", "00501\t0.1")}
    first = (tmp_path / "b.tsv.gz").read_bytes()
    write_answers(pieces(), str(tmp_path / "b.tsv.gz"))
    assert (tmp_path / "b.tsv.gz").read_bytes() == first


def test_lines_of_json_have_short_numbers_and_null(tmp_path):
    write_answers(pieces(), str(tmp_path / "p.jsonl"))
    rows = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows[0] == {"id": "00501", "predicted_y": 0.1} and [rows[1]["predicted_y"], rows[3]["id"]] == [None, None]


def test_a_sheet_keeps_long_numbers_and_odd_letters(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    kept = np.array([12345678901234567890, "a\x01b\nc", True, np.inf], dtype=object)
    write_answers(iter([{"kept": kept}]), str(tmp_path / "p.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "p.xlsx").active
    assert [row[0] for row in sheet.values] == ["kept", "12345678901234567890", "a\\x01b\nc", True, "inf"]


def test_a_sheet_has_an_end(tmp_path, monkeypatch):
    pytest.importorskip("openpyxl")
    monkeypatch.setattr("lamina.tables._written._MOST_ROWS", 4)
    with pytest.raises(TableError, match="3 rows below the names at most"):
        write_answers(pieces(), str(tmp_path / "p.xlsx"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name", ["p.xyz", "p.xls", "p.csv.zip", "p.parquet.gz", "p.xlsx.gz", "p.keras", "p.json", "p.csv.gz.gz"]
)
def test_other_kinds_are_refused_by_name(name, tmp_path):
    with pytest.raises(TableError, match=rf"--out {name}.*\.csv.*\.parquet.*\.xlsx.*\.gz"):
        check_kind(name)
    with pytest.raises(TableError, match="can be written"):
        write_answers(pieces(), str(tmp_path / name))
    assert not list(tmp_path.iterdir())


def test_half_letters_lose_nothing(tmp_path):
    write_answers(iter([{"id": np.array(["\ud800x"], dtype=object)}]), str(tmp_path / "p.csv"))
    assert (tmp_path / "p.csv").read_text(encoding="utf-8") == "id\n\\ud800x\n"
