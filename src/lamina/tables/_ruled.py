"""Lines that rule a table and the box around it, as psql, mysql and Markdown draw them, and the line that counts its rows."""

import re

from ._layout import lines_named
from ._records import Row

_RULE = re.compile(r"[-=+:|─━┼┬┴├┤┌┐└┘ ]*")
_LONG = re.compile(r"-{3}|={3}|─{3}|━{3}|:-+:|\+-+\+")
_COUNT = re.compile(
    r"\(?\d[\d,.' ]* (?:rows?|records?|zeilen?|lignes?|filas?|righe|linhas?|строк[аи]?|запис\w+)\b[^\d]*(?:\([^()]*\))?\)?",
    re.IGNORECASE,
)


def is_rule(row: Row) -> bool:
    """Whether a row is a line of signs under the names or around the table."""
    return all(map(_RULE.fullmatch, row.fields)) and any(map(_LONG.search, row.fields))


def is_count(text: str) -> bool:
    """Whether a text is what stands below an answer of a database, as `(12 rows)`."""
    return _COUNT.fullmatch(text) is not None


def are_boxed(rows: list[Row], width: int) -> bool:
    """Whether all rows of values begin and end with the sign between fields."""
    wide = [row for row in rows if len(row.fields) == width]
    return width > 2 and bool(wide) and not any(row.fields[0] or row.fields[-1] for row in wide)


def unboxed(row: Row) -> Row:
    """A row without the empty fields before its first and after its last sign."""
    return Row(row.fields[1:-1], row.line) if len(row.fields) > 2 and not row.fields[0] and not row.fields[-1] else row


def rules_note(rules: list[Row]) -> str:
    """What is said of lines that rule a table; `rules` are the first of them."""
    many = len(rules) > 1
    return f"{lines_named(rules)}: {'lines' if many else 'a line'} of signs that rule{'s' * (not many)} the table; left out."
