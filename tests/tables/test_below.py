"""What stands below the values of a table."""

import pytest

from lamina.tables._sheet import read_sheet

TEXTS = "p,1\nq,2\nr,3\ns,4\n"
TEXT_FIELDS = [["p", "1"], ["q", "2"], ["r", "3"], ["s", "4"]]


def read(text):
    sheet = read_sheet(text, "t.csv")
    return [row.fields for row in sheet.rows], sheet.notes


@pytest.mark.parametrize(
    "below",
    ["Source: the office\n* provisional\n", "\nas of 2024\n", "출처: 통계청,\n", "* provisional,\n", "Note 1: x\n"],
)
def test_notes_below_are_no_rows(below):
    rows, notes = read(f"a,b\n{TEXTS}{below}")
    assert rows == TEXT_FIELDS and "left out as notes below the table" in " ".join(notes)


@pytest.mark.parametrize("below", ["z,\n", "7,\n", "Source: the office,1\n"])
def test_rows_that_lack_values_stay(below):
    assert len(read(f"a,b\n{TEXTS}{below}")[0]) == 5
    assert len(read(f"a,b\n* one,\n{TEXTS}* two,\n")[0]) == 6


def test_averages_are_told_by_their_value():
    text = "a,b\np,1\nq,2\nr,3\ns,6\n"
    rows, notes = read(text + "평균,3\n")
    assert len(rows) == 4 and "Line 6 looks like an average ('평균 3'); left out." in notes
    assert len(read(text + "mean,6\n")[0]) == 5
