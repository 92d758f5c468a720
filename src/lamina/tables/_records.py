"""From lines to rows of fields, as the csv module cuts them, quotation marks checked."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ._errors import TableError

_LONGEST = 1 << 26  # letters of a field


@dataclass
class Row:
    """The fields of a row, stripped of blanks, and the line it begins in, from 1."""

    fields: list[str]
    line: int


def cut(lines: Iterable[str], delimiter: str, path: str, first: int = 1) -> Iterator[Row]:
    """The rows of a text, one by one; `first` is the number of its first line.

    Raises TableError, with the line, for a quotation mark that is never closed, or closed in a later row by one that opens there.
    """
    csv.field_size_limit(_LONGEST)
    held: list[str] = []  # lines of the present row, after those of the one before it
    reader = csv.reader(_kept(lines, held), delimiter=delimiter, skipinitialspace=True)
    line, of_last = first, 0
    try:
        for fields in reader:
            del held[:of_last]
            of_last = len(held)
            if of_last > 1:
                _check_closed(held, delimiter, path, line)
            yield Row([f.strip() for f in fields], line)
            line = reader.line_num + first
    except csv.Error as error:
        if '"' in "".join(held[of_last:]):
            raise TableError(_never_closed(path, line) + f" ({error})") from None
        raise TableError(f"{path}: line {line} cannot be read ({error}).") from None
    if of_last == 1 and '"' in held[0]:
        _check_closed(held, delimiter, path, line - 1)


def _kept(lines: Iterable[str], held: list[str]) -> Iterator[str]:
    for line in lines:
        held.append(line)
        yield line


def _check_closed(lines: list[str], delimiter: str, path: str, line: int) -> None:
    """Whether the quotation marks of a row close where a field ends; within one line, where they close does not matter."""
    try:
        list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error as error:
        if len(lines) > 1 or "unexpected end" in str(error):
            raise TableError(_never_closed(path, line) + ".") from None


def _never_closed(path: str, line: int) -> str:
    return f"{path}: a quotation mark that opens in line {line} is never closed"
