"""`EvenRows`: the rows of a text file in blocks, cut by pyarrow where nothing in a block is odd, else row by row."""

import codecs
import importlib.util
import io
import sys
from collections.abc import Iterator
from typing import IO, Any

import numpy as np

from lamina._lazy import lazy_module

from .._records import Row, cut
from .._sheet import Evener

pyarrow: Any = lazy_module("pyarrow")
compute: Any = lazy_module("pyarrow.compute")
csv: Any = lazy_module("pyarrow.csv")

LINE = "line"  # a column beside those of the table, which are called 0, 1, ...
_BLOCK = 1 << 21  # letters that are read at once
_LONGEST = 1 << 17  # bytes of a row; a field of so many letters is refused by the careful reader
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_OF_ASCII = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f"
_BLANKS = "".join(c for c in map(chr, range(sys.maxunicode + 1)) if c.isspace())  # what str.strip takes off
_HALVES = ("utf-7", "unicode_escape", "raw_unicode_escape")  # whose texts may hold halves of characters


def can_be_quick(encoding: str) -> bool:
    """Whether pyarrow is there, and can hold what is written in an encoding."""
    return importlib.util.find_spec("pyarrow") is not None and codecs.lookup(encoding).name not in _HALVES


class EvenRows:
    """The rows of a table in a text file, evened and stripped of blanks.

    Args:
        file: the text, opened with `newline=""`.
        delimiter: between fields.
        path: named in errors.
        evener: for rows of another width; its layout says how many rows stand above those of values.
    """

    def __init__(self, file: IO[str], delimiter: str, path: str, evener: Evener):
        self.file, self.delimiter, self.path, self.evener = file, delimiter, path, evener
        self.line = 1  # number of the first line that is not cut
        self._names = list(map(str, range(evener.width)))
        self._types = dict.fromkeys(self._names, pyarrow.string())

    def __iter__(self) -> Iterator[Any]:
        """Tables of pyarrow: columns "0", "1", ... of texts, and "line", the number of the line in which a row begins."""
        above = self.evener.layout.above
        text = self._read()
        while above and text:
            rows, text = self._carefully(text, above)
            above -= len(rows)
        while text:
            quick = self._quickly(text)
            if quick is None:
                rows, text = self._carefully(text)
                yield self._table(rows)
            else:
                table, rest = quick
                yield table
                text = rest + self._read() if rest else self._read()

    def _read(self) -> str:
        """Whole lines; nothing at the end."""
        text = self.file.read(_BLOCK)
        return text + self.file.readline() if text else ""

    def _quickly(self, text: str) -> tuple[Any, str] | None:
        """The rows, and what is left of the last; None if anything about them is odd."""
        if self.evener.layout.is_boxed or self.evener.layout.is_ruled:
            return None
        content = text.encode()
        letters = np.frombuffer(content, np.uint8)
        quotes = np.flatnonzero(letters == _QUOTE)
        rest = ""
        if len(quotes) % 2:
            end = content.rfind(b"\n", 0, quotes[-1]) + 1
            if not end:
                return None
            content, rest = content[:end], content[end:].decode()
            letters, quotes = letters[:end], quotes[quotes < end]
        if len(quotes) % 2 or not self._are_even(letters, quotes) or b"\0" in content:
            return None
        if content.count(b"\r") != content.count(b"\r\n"):
            return None
        ends = np.flatnonzero(letters == _NEWLINE)
        lines = self.line + len(ends)
        starts = np.append(0, ends[np.searchsorted(quotes, ends) % 2 == 0] + 1)
        starts = starts[starts < len(letters)]
        if np.diff(starts, append=len(letters)).max() > _LONGEST:
            return None
        first = letters[starts]
        starts = starts[(first != _NEWLINE) & (first != _RETURN)]
        table = self._parsed(content)
        if table is None or len(table) != len(starts):
            return None
        numbers = pyarrow.array(self.line + np.searchsorted(ends, starts))
        table = self._stripped(table, content.isascii()).append_column(LINE, numbers)
        table = self._without_heads(self._without_empty(table))
        self.line = lines
        self.evener.rows += len(table)
        return table, rest

    def _are_even(self, letters: np.ndarray, quotes: np.ndarray) -> bool:
        """Whether each quotation mark opens at the beginning of a field, closes at its end, or is doubled."""
        if not len(quotes):
            return True
        opening, closing = quotes[::2], quotes[1::2]
        before = letters[np.maximum(opening - 1, 0)]
        after = letters[np.minimum(closing + 1, len(letters) - 1)]
        opens = np.isin(before, [ord(self.delimiter), _NEWLINE, _QUOTE]) | (opening == 0)
        closes = np.isin(after, [ord(self.delimiter), _NEWLINE, _RETURN, _QUOTE]) | (closing + 1 == len(letters))
        return bool(opens.all() and closes.all())

    def _parsed(self, content: bytes) -> Any:
        try:
            return csv.read_csv(
                pyarrow.py_buffer(content),
                csv.ReadOptions(use_threads=False, block_size=len(content) + 1, column_names=self._names),
                csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True),
                csv.ConvertOptions(column_types=self._types, strings_can_be_null=False, check_utf8=False),
            )
        except pyarrow.ArrowInvalid:  # rows of another width
            return None

    def _stripped(self, table: Any, is_ascii: bool) -> Any:
        strip, blanks = (compute.ascii_trim, _OF_ASCII) if is_ascii else (compute.utf8_trim, _BLANKS)
        columns = [strip(column, characters=blanks) for column in table.columns]
        return pyarrow.table(columns, self._names)

    def _without_empty(self, table: Any) -> Any:
        """The rows in which anything stands."""
        is_empty = compute.equal(table.column(0), "")
        for name in self._names[1:]:
            if not compute.any(is_empty).as_py():
                return table
            is_empty = compute.and_(is_empty, compute.equal(table.column(name), ""))
        return table.filter(compute.invert(is_empty))

    def _without_heads(self, table: Any) -> Any:
        """The rows but those that have the names of the columns again."""
        head = self.evener.layout.head
        if len(head) != len(self._names):
            return table
        is_head = compute.is_in(compute.utf8_lower(table.column(0)), pyarrow.array([head[0], f"\ufeff{head[0]}"]))
        for name, text in zip(self._names[1:], head[1:]):
            if not compute.any(is_head).as_py():
                return table
            is_head = compute.and_(is_head, compute.equal(compute.utf8_lower(table.column(name)), text))
        for row in table.filter(is_head).to_pylist():
            self.evener.add_head(Row([row[name] for name in self._names], row[LINE]))
        return table.filter(compute.invert(is_head))

    def _carefully(self, text: str, most: int | None = None) -> tuple[list[Row], str]:
        """The rows that begin in the text, or the first `most` of them as they are, and what follows them.

        Where the last row goes on beyond the text, more is read.
        """
        lines = _Lines(text, self._read)
        rows = []
        for row in cut(lines, self.delimiter, self.path, self.line):
            if any(row.fields):
                rows.append(row)
            if (lines.is_over or len(rows) == most) and lines.has_more():
                break
        self.line += lines.given
        return rows if most is not None else self.evener.even(rows), lines.rest()

    def _table(self, rows: list[Row]) -> Any:
        columns = list(zip(*(row.fields for row in rows))) or [()] * len(self._names)
        arrays = [pyarrow.array(column, pyarrow.string()) for column in columns]
        return pyarrow.table(
            [*arrays, pyarrow.array([row.line for row in rows], pyarrow.int64())], [*self._names, LINE]
        )


class _Lines:
    """The lines of a text, and of what follows it if they are asked for.

    Attributes: `given`, how many were; `is_over`, whether they were all lines of the text.
    """

    def __init__(self, text: str, read: Any):
        self.given, self.is_over = 0, False
        self._text, self._end, self._read = io.StringIO(text, newline=""), len(text), read

    def __iter__(self) -> Iterator[str]:
        while self.has_more():
            self.given += 1
            line = self._text.readline()
            self.is_over = self.is_over or self._text.tell() == self._end
            yield line

    def has_more(self) -> bool:
        """Whether a line follows."""
        if self._text.tell() == self._end:
            text = self._read()
            self._text, self._end = io.StringIO(text, newline=""), len(text)
        return self._end > 0

    def rest(self) -> str:
        """What was not given."""
        return self._text.read()
