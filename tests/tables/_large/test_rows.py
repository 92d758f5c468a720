"""Rows cut in blocks by pyarrow are those cut one by one, whatever stands in the file."""

import io

import numpy as np
import pytest

from lamina.tables import _records
from lamina.tables._errors import TableError
from lamina.tables._large import _rows, _texts
from lamina.tables._large._texts import TextSource

pytest.importorskip("pyarrow")
PARTS = [
    "a,b,c\n", " A ,b,C\n", "1", "a b", " ", ",", ",", ",", "\n", "\n", "\n", '"', '""', '"x"', '"a,b"', '"p\nq"', "\r\n", "\r",
    "\t", "é", "\u2003", "#", "Total", "\x1f", ",,\n", "1,2,3\n", "4,5,6\n", '7,"8,8",9\n', ";", "\0",
]  # fmt: skip


def read(path, size, quick, monkeypatch):
    """All rows of a file with their chunks and notes, or the error."""
    monkeypatch.setattr(_texts, "can_be_quick", lambda encoding: quick)
    try:
        source = TextSource(str(path), "utf-8")
        chunks = list(source.chunks(size))
        rows = [(c.first, {name: list(values) for name, values in c.raw.items()}) for c in chunks]
        return source.names, rows, source.notes
    except TableError as error:
        return str(error)


def test_whatever_stands_in_the_file(tmp_path, monkeypatch):
    rng, path = np.random.default_rng(4), tmp_path / "t.csv"
    quick = 0
    parsed = _rows.EvenRows._parsed

    def counted(*arguments):
        nonlocal quick
        table = parsed(*arguments)
        quick += table is not None
        return table

    monkeypatch.setattr(_rows.EvenRows, "_parsed", counted)
    for _ in range(600):
        monkeypatch.setattr(_rows, "_BLOCK", int(rng.choice([5, 40, 1000])))
        rows = ["a,b,c\n"] + ["1,2,3\n"] * int(rng.integers(0, 12))
        for _ in range(int(rng.integers(0, 6))):
            some = "".join(rng.choice(PARTS, int(rng.integers(1, 6))))
            rows.insert(int(rng.integers(0, len(rows) + 1)), some)
        path.write_text("".join(rows), encoding="utf-8", newline="")
        size = int(rng.choice([3, 8]))
        assert read(path, size, True, monkeypatch) == read(path, size, False, monkeypatch), rows
    assert quick > 300


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n"1","x"\n"2","say ""no"""\n"3",""\n',
        "a,b\r\n1,x\r\n\r\n2,y\r\n",
        'a,b\n1,"two\nlines"\n2,y\n\n3,"\r\n"\n',
        "a;b\n 1 ;\u3000x\n;\n2;y",
        "a\n1\n2\n\n3\n",
    ],
)
def test_these_are_cut_at_once(tmp_path, monkeypatch, text):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8", newline="")
    monkeypatch.setattr(_rows.EvenRows, "_table", lambda *_: pytest.fail("cut one by one"))
    shown = read(path, 100, True, monkeypatch)
    assert shown == read(path, 100, False, monkeypatch) and shown[1]


def test_a_row_that_is_too_long_and_a_mark_that_is_never_closed(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    monkeypatch.setattr(_records, "_LONGEST", 130_000)
    for text, said in (
        ("a,b\n1,2\n" + f"3,{'x' * 140_000}\n", "line 3 cannot be read"),
        ("a,b\n" + "1,2\n" * 3000 + '3,"open\n' + "4,5\n" * 2000, "opens in line 3002 is never closed"),
        ("a,b\n" + "1,2\n" * 3000 + "3,4,5\n" + "4,5\n" * 2000, "line 3002 has 3 fields"),
    ):
        path.write_text(text)
        monkeypatch.setattr(_rows, "_BLOCK", 3000)
        found = read(path, 100, True, monkeypatch)
        assert said in found and found == read(path, 100, False, monkeypatch)


def test_what_is_not_in_the_encoding(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 5000 + b"\xff,3\n")
    found = read(path, 100, True, monkeypatch)
    assert "not UTF-8" in found and found == read(path, 100, False, monkeypatch)
    assert not _rows.can_be_quick("utf-7") and _rows.can_be_quick("cp949")


def test_lines_say_what_is_left():
    source = io.StringIO("c\nd\n")
    lines = _rows._Lines("a\nb\n", source.readline)
    found = iter(lines)
    assert next(found) == "a\n" and not lines.is_over and lines.rest() == "b\n"
    lines = _rows._Lines("a\n", source.readline)
    assert list(lines) == ["a\n", "c\n", "d\n"] and lines.is_over and lines.given == 3
