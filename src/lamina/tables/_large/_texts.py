"""Text files as streams of rows: what is decided from samples of them, and the rows, checked one by one."""

import bz2
import gzip
import io
import lzma
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, Any

from lamina._lazy import lazy_module

from .._below import may_stand_below, without_notes, without_totals
from .._encoding import encoding_of, no_encoding
from .._errors import TableError
from .._numbers import uses_decimal_comma
from .._read import from_fields
from .._records import Row, cut
from .._sheet import Evener, find_delimiter, layout_of, shortened
from .._table import Table
from ._budget import PACKED
from ._chunk import Chunk
from ._fields import Fields
from ._rows import EvenRows, can_be_quick

pyarrow: Any = lazy_module("pyarrow")

_PIECES, _PIECE = 32, 1 << 16  # places in the file, and bytes at each, from which its encoding is told
_HEAD_ROWS, _HEAD = 500, 1 << 20  # rows and letters at its beginning, from which delimiter and names are
_EVENED = 1024  # rows at once
_OPENERS: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def opened(path: str) -> IO[bytes]:
    """The bytes of a file, unpacked."""
    return _OPENERS.get(os.path.splitext(path.lower())[1], open)(path, "rb")


_BROKEN = (OSError, EOFError, lzma.LZMAError, zlib.error)


def lines_of(path: str, encoding: str) -> Iterator[str]:
    """The lines of a text file. Raises TableError, with about the line, where the file is broken or not in that encoding."""
    number = 0
    try:
        with io.TextIOWrapper(opened(path), encoding, newline="") as file:
            for line in file:
                number += 1
                yield line
    except UnicodeError as error:
        raise TableError(
            f"{path}: after line {number}: not {encoding.upper()} ({error}); --encoding names another."
        ) from None
    except _BROKEN as error:
        raise TableError(f"{path}: after line {number}: cannot be read on ({error}).") from None


@contextmanager
def _text_of(path: str, encoding: str) -> Iterator[IO[str]]:
    """A text file, open, whose errors are those of `lines_of`."""
    try:
        with io.TextIOWrapper(opened(path), encoding, newline="") as file:
            yield file
    except (UnicodeError, *_BROKEN):
        for _ in lines_of(path, encoding):  # which finds the line
            pass
        raise


def _rows_of(table: Any) -> list[Row]:
    """The rows of a table of `EvenRows`."""
    *columns, lines = (column.to_pylist() for column in table.columns)
    return [Row(list(fields), line) for *fields, line in zip(*columns, lines)]


def find_encoding(path: str, told: str | None) -> tuple[str, list[str]]:
    """The encoding of a file by lines from several places of it, and notes."""
    if told is not None:
        try:
            "".encode(told)
        except LookupError:
            raise no_encoding(told) from None
        return told, []
    with opened(path) as file:
        pieces = [file.read(_PIECE)]
        size = 0 if path.lower().endswith(PACKED) else os.path.getsize(path)
        if size > _PIECE and b"\0" not in pieces[0]:
            for place in range(1, _PIECES):
                file.seek(_PIECE + (size - _PIECE) * place // _PIECES)
                pieces.append(file.read(_PIECE).partition(b"\n")[2])
    return encoding_of(b"\n".join(piece.rpartition(b"\n")[0] or piece for piece in pieces), path)


class TextSource:
    """The rows of a CSV file and its kin.

    Args:
        path: the file, plain or packed.
        encoding: of the file; None to find it out.
    Attributes: `names` of the columns; `notes` on how the file is read.
    Raises TableError, with the line, for what cannot be read without guessing.
    """

    def __init__(self, path: str, encoding: str | None):
        self.path = path
        self.encoding, self.notes = find_encoding(path, encoding)
        head = "".join(islice(_limited(lines_of(path, self.encoding), _HEAD), 10 * _HEAD_ROWS))
        if not head.strip():
            raise TableError(f"{path}: the table is empty: there is nothing in the file.")
        self.delimiter = find_delimiter(head)
        rows = list(islice(self._rows(), _HEAD_ROWS))
        self.layout = layout_of(rows, path)
        self.names = self.layout.names
        self.notes += self.layout.notes
        sample = [f for row in rows[:200] for f in row.fields]
        self.comma = False if self.delimiter == "," else uses_decimal_comma(sample)
        self._told = False

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Rows, `size` at a time, and at the end at most twice as many."""
        evener = Evener(self.layout, self.path, self._line)
        notes: list[str] = []
        yield from (self._in_blocks if can_be_quick(self.encoding) else self._one_by_one)(evener, size, notes)
        if not self._told:
            self.notes += notes
            self._told = True

    def _one_by_one(self, evener: Evener, size: int, notes: list[str]) -> Iterator[Chunk]:
        rows = self._even(evener)
        first, held = 0, list(islice(rows, size))
        while len(following := list(islice(rows, size))) == size:
            yield self._chunk(first, held)
            first, held = first + size, following
        notes += evener.notes()
        held = _cut_below(held + following, notes)
        if held:
            yield self._chunk(first, held)

    def _in_blocks(self, evener: Evener, size: int, notes: list[str]) -> Iterator[Chunk]:
        """The same rows, as pyarrow cuts them where nothing about them is odd."""
        first = 0
        held: Any = None
        with _text_of(self.path, self.encoding) as file:
            for block in EvenRows(file, self.delimiter, self.path, evener):
                held = block if held is None else pyarrow.concat_tables([held, block])
                while len(held) >= 2 * size:
                    yield self._chunk_of(first, held.slice(0, size))
                    first, held = first + size, held.slice(size)
        notes += evener.notes()
        if held is None:
            return
        if len(held) and may_stand_below(*_rows_of(held.slice(len(held) - 1))):
            held = held.slice(0, len(_cut_below(_rows_of(held), notes)))
        if len(held):
            yield self._chunk_of(first, held)

    def _chunk_of(self, first: int, table: Any) -> Chunk:
        fields = (Fields(column.combine_chunks()) for column in table.columns)
        return Chunk(first, dict(zip(self.names, fields)))

    def table_of(self, columns: dict[str, list[Any]], words: set[str]) -> Table:
        """A table of some rows, read as a file of them alone would be."""
        return from_fields(self.path, columns, words, self.comma)

    def _rows(self) -> Iterator[Row]:
        return (row for row in cut(lines_of(self.path, self.encoding), self.delimiter, self.path) if any(row.fields))

    def _even(self, evener: Evener) -> Iterator[Row]:
        rows = islice(self._rows(), self.layout.above, None)
        while some := list(islice(rows, _EVENED)):
            yield from evener.even(some)

    def _chunk(self, first: int, rows: list[Row]) -> Chunk:
        columns = zip(*(row.fields for row in rows))
        return Chunk(first, dict(zip(self.names, columns, strict=True)))

    def _line(self, number: int) -> str:
        return shortened(next(islice(lines_of(self.path, self.encoding), number - 1, None), "").rstrip("\r\n"))


def _cut_below(rows: list[Row], notes: list[str]) -> list[Row]:
    """The rows without notes and totals at the end."""
    is_wide = bool(rows) and len(rows[0].fields) > 1
    return without_totals(without_notes(rows, notes) if is_wide else rows, notes)


def _limited(lines: Iterator[str], letters: int) -> Iterator[str]:
    for line in lines:
        yield line
        letters -= len(line)
        if letters <= 0:
            return
