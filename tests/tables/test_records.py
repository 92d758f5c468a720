"""Rows and their lines; quotation marks that do not close where they should."""

import pytest

from lamina.tables._errors import TableError
from lamina.tables._records import cut


def rows(text):
    return [(row.line, row.fields) for row in cut(text.splitlines(keepends=True), ",", "t.csv")]


def test_rows_know_the_line_that_they_begin_in():
    assert rows('a,b\n1,"two\nlines, ""so"" it is"\n2, y \n') == [
        (1, ["a", "b"]), (2, ["1", 'two\nlines, "so" it is']), (4, ["2", "y"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n1,x\n2,"y\n',  # the last row
        'a,b\n1,x\n2,"y',
        'a,b\n1,x\n2,"y\n3,z\n',  # one row follows
        'a,b\n1,x\n2,"y\n3,"z"\n',  # which has such marks itself
        'a,b\n1,x\n2,"y\n3,"z"\n4,u\n5,v\n',  # so that what is swallowed ends there
        'a,b\n1,x\n"2,y\n3,"z",4\n',
        'a,b\n1,x\n2,"y' + 50_000 * "\n3,z" + "\n",  # more than a field may hold
    ],
)
def test_a_mark_that_is_never_closed_is_told_with_its_line(text):
    with pytest.raises(TableError, match=r"t\.csv: a quotation mark that opens in line 3 is never closed"):
        rows(text)


@pytest.mark.parametrize("text", ['a\n5" pipe\n', 'a\n"so" it is\n', 'a\nso "it" is\n', 'a\n"it is so"\n', 'a\n""\n'])
def test_marks_within_a_line_are_taken_as_they_stand(text):
    assert rows(text)[1][0] == 2
