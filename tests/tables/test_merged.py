"""Cells of Excel sheets that are merged over several rows."""

import pytest

from lamina.tables._merged import merged_down
from lamina.tables._read import read_table

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("pandas")


def test_merged_cells_stand_for_each_of_their_rows(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Sales of the year"],
        ["region", "x", "y"],
        ["Seoul", 1, 2],
        [None, 3, 4],
        [None, 5, 6],
        ["Busan", 7, 8],
    ):
        sheet.append(row)
    book.create_sheet("other").merge_cells("A1:A9")
    for cells in ("A1:C1", "A3:A5"):
        sheet.merge_cells(cells)
    path = str(tmp_path / "t.xlsx")
    book.save(path)
    assert merged_down(path) == [(3, 1, 5, 1)]
    table = read_table(path)
    assert table.columns["region"].tolist() == ["Seoul", "Seoul", "Seoul", "Busan"]
    assert any("merged over several rows (3 to 5)" in note for note in table.notes)


def test_a_file_that_is_no_archive_has_none(tmp_path):
    (tmp_path / "t.xls").write_bytes(b"old")
    assert merged_down(str(tmp_path / "t.xls")) == []
