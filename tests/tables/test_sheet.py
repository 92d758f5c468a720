"""Where the names of the columns stand, what is no row, and rows that do not fit."""

import pytest

from lamina.tables._errors import TableError
from lamina.tables._sheet import find_delimiter, read_sheet


def read(text):
    sheet = read_sheet(text, "t.csv")
    return sheet.names, [row.fields for row in sheet.rows], sheet.notes


ROWS = "1,x\n2,y\n3,z\n4,w\n"
FIELDS = [["1", "x"], ["2", "y"], ["3", "z"], ["4", "w"]]


@pytest.mark.parametrize(
    ("text", "names", "rows", "note"),
    [
        ("a,b\n" + ROWS, ["a", "b"], FIELDS, None),
        ("\n\na,b\n\n" + ROWS + "\n\n", ["a", "b"], FIELDS, None),
        ("a,b\r\n" + ROWS.replace("\n", "\r\n"), ["a", "b"], FIELDS, None),
        ("a,b\r" + ROWS.replace("\n", "\r"), ["a", "b"], FIELDS, None),
        (" a , b \n" + ROWS.replace(",", " , "), ["a", "b"], FIELDS, None),
        ("# made by hand\n# in 2024\na,b\n" + ROWS, ["a", "b"], FIELDS, "Lines 1, 2: left out as comments ('# made by hand')"),
        ("# units: mm, g\na,b\n" + ROWS, ["a", "b"], FIELDS, "Line 1: left out as comments"),
        ("// x\na,b\n" + ROWS, ["a", "b"], FIELDS, "Line 1: left out as comments"),
        ("#a,b\n" + ROWS, ["a", "b"], FIELDS, None),
        ("a,b\n1,x\n# a remark\n2,y\n3,z\n4,w\n", ["a", "b"], FIELDS, "Line 3: left out as comments ('# a remark')"),
        ("My report\n\na,b\n" + ROWS, ["a", "b"], FIELDS, "in line 3; left out above: Line 1 ('My report')"),
        ("My report,\na,b\n" + ROWS, ["a", "b"], FIELDS, "in line 2; left out above: Line 1 ('My report')"),
        ("a,b\n" + ROWS + "Total,10\n", ["a", "b"], FIELDS, "Line 6 looks like a total ('Total 10')"),
        ("a,b\n" + ROWS + "합계,\n", ["a", "b"], FIELDS, "Line 6 looks like a total"),
        ("a,b\n" + ROWS + "5\n", ["a", "b"], [*FIELDS, ["5", ""]], "Line 6: fewer fields than columns"),
        ("a,b,\n" + ROWS.replace("\n", ",\n"), ["a", "b", "column_3"],
         [[*f, ""] for f in FIELDS], "without a name are called column_3"),
        ("a,b\n1,x,\n2,y\n3,z\n4,w\n", ["a", "b"], FIELDS, None),
        ("a,a\n" + ROWS, ["a", "a_2"], FIELDS, "Several columns are called 'a'"),
        ("b,c\nr,1,x\ns,2,y\n", ["row", "b", "c"], [["r", "1", "x"], ["s", "2", "y"]], "first column has no name"),
        ("a,b\n" + ROWS.replace("\n", ",\n"), ["a", "b"], FIELDS, "end in a delimiter, which line 1 with the names does not"),
        (ROWS, ["column_1", "column_2"], FIELDS, "Line 1 holds values, not names"),
        ("land,2019,2020\nA,1,2\nB,3,4\nC,5,6\n", ["land", "2019", "2020"], [["A", "1", "2"], ["B", "3", "4"],
         ["C", "5", "6"]], None),
        ("2019,2020\n1,2\n3,4\n5,6\n", ["2019", "2020"], [["1", "2"], ["3", "4"], ["5", "6"]], None),
        ("1999,2020\n2001,2\n2002,2004\n2003,2000\n", ["column_1", "column_2"],
         [["1999", "2020"], ["2001", "2"], ["2002", "2004"], ["2003", "2000"]], "Line 1 holds values"),
        ('a,b\n1,"x, ""so"" he said"\n', ["a", "b"], [["1", 'x, "so" he said']], None),
        ('a,b\n1,"two\nlines"\n2,y\n', ["a", "b"], [["1", "two\nlines"], ["2", "y"]], None),
        ("a\n1\n2\n", ["a"], [["1"], ["2"]], None),
    ],
)  # fmt: skip
def test_layouts(text, names, rows, note):
    got_names, got_rows, notes = read(text)
    assert (got_names, got_rows) == (names, rows)
    assert any(note in n for n in notes) if note else not notes, notes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is nothing in the file"),
        (" \n \n", "there is nothing in the file"),
        ("a,b\n", r"2 column\(s\) and no row"),
        ("a,b\n1,x\n2,y,z\n3,z\n4,w\n", "line 3 has 3 fields, the table 2 columns: '2,y,z'.*quotation marks"),
        ("a,b,c\n1,x,1\n2\n3\n4\n5\n6,x,1\n7,x,1\n8,x,1\n9,x,1\n9,x,1\n9,x,1\n",
         "4 of 11 rows have fewer than 3 fields, the first in line 3: '2'"),
        ("a,b\n1,x,1\n1,y,2\n2,z,3\n", "line 1 has 2 names, but line 2 and most others 3 fields \\('1 x 1'\\)"),
        ("a,b\n1.5,x,1\n2.5,y,2\n3.5,z,3\n", "line 1 has 2 names"),
        ("a,b\n1,'x, u'\n2,'y, v'\n3,'z, w'\n", "line 1 has 2 names"),
        ('a,b\n1,"x \\"y, z\\" u"\n2,"x \\"y, z\\" v"\n3,"x \\"y, z\\" w"\n', "line 1 has 2 names"),
        ("a,b\r1,x\r2,y,z\r3,z\r4,w\r", "line 3 has 3 fields, the table 2 columns: '2,y,z'"),
        ("a,b\n1,x\u2028x\n2,y,z\n3,z\n4,w\n", "line 3 has 3 fields, the table 2 columns: '2,y,z'"),
        ('a,b\n1,x\n2,"y\n3,z\n4,w\n', "quotation mark that opens in line 3 is never closed"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_names_the_line(text, message):
    with pytest.raises(TableError, match=message):
        read(text)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter):
    text = f"a{delimiter}b{delimiter}c\n" + "".join(f"{i}{delimiter}x y{delimiter}z.{i}\n" for i in range(5))
    assert find_delimiter(text) == delimiter


def test_the_delimiter_that_fits_every_row_wins():
    assert find_delimiter('name;note\n"a";"x, y, z"\n"b";"u, v, w"\n') == ";"
    assert find_delimiter("a;b\n1,5;2,5\n3,5;4,5\n") == ";"
    assert find_delimiter("just text\nmore text\n") == ","


@pytest.mark.parametrize("again", ["a,b", " A , b ", "\ufeffa,b"])
def test_names_that_stand_again_are_no_row(again):
    sheet = read_sheet(f"a,b\n1,x\n2,y\n{again}\n3,z\n4,w\n{again}\n", "t.csv")
    assert [row.fields for row in sheet.rows] == FIELDS
    assert any(note.startswith("Lines 4, 7: the names of the columns again") for note in sheet.notes)


def test_a_row_with_some_of_the_names_stays():
    assert len(read_sheet("a,b\n1,x\na,y\n3,b\n", "t.csv").rows) == 3
    assert len(read_sheet("a\nb\na\nc\n", "t.csv").rows) == 3
