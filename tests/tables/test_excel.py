"""What stands in a sheet beside its table, and cells as they are."""

import datetime

import pytest

from lamina.tables._errors import TableError
from lamina.tables._read import read_table

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("pandas")


@pytest.fixture
def written(tmp_path):
    def write(*sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for number, rows in enumerate(sheets, 1):
            sheet = book.create_sheet(f"S{number}")
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / "t.xlsx")
        return read_table(str(tmp_path / "t.xlsx"))

    return write


ROWS = [[i, f"n{i % 3}", 2.5 * i] for i in range(1, 9)]
NAMES = ["a", "b", "y"]


def test_titles_empty_edges_and_totals(written):
    above, edge = [["Report 2024"], []], [[None, None, *row] for row in ([*NAMES], *ROWS, ["Total", None, 99])]
    for rows in ([*above, NAMES, *ROWS, ["Total", None, 99]], [[], [], *edge]):
        table = written(rows)
        assert table.names == NAMES and table.columns["y"].tolist() == [row[2] for row in ROWS]
        assert any("looks like a total ('Total 99')" in note for note in table.notes)
    assert any("names of the columns stand in line 3" in n for n in written([*above, NAMES, *ROWS]).notes)


def test_other_sheets_are_named(written):
    assert written([NAMES, *ROWS]).notes == []
    assert "'S1'; left aside: 'S2', 'S3'" in written([NAMES, *ROWS], [["x"]], [["z"]]).notes[0]
    with pytest.raises(TableError, match="nothing in the first sheet; others: 'S2'"):
        written([], [NAMES, *ROWS])


def test_cells_are_what_they_are(written):
    day = datetime.datetime(2024, 2, 29)
    table = written(
        [
            ["zip", "n", "when", "ok"],
            ["00501", "7", day, True],
            ["02134", "1,000", day, False],
            ["10001", None, None, None],
        ]
    )
    assert table.columns["zip"].tolist() == ["00501", "02134", "10001"]
    assert table.columns["n"].tolist()[:2] == [7, 1000] and table.columns["n"].dtype.kind == "f"
    assert table.dates == {"when"} and table.columns["when"][0] == "2024-02-29 00:00:00"
    assert table.columns["ok"].tolist() == ["True", "False", ""]


def test_a_sheet_of_words_alone_names_the_others(written):
    with pytest.raises(TableError, match="'S1', has names or a title and no row of values; other sheets: 'S2'"):
        written([["About this file"]], [NAMES, *ROWS])
    below = written([NAMES, *ROWS, [], ["Source: the office"], ["* provisional"]])
    assert len(below) == len(ROWS) and any("left out as notes below the table" in note for note in below.notes)


@pytest.mark.parametrize("name", ["t.xlsx", "t.xls"])
def test_old_and_protected_files_are_named(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000))
    with pytest.raises(TableError, match=rf"{name}: .*Excel file"):
        read_table(str(path))
