"""`Layout`: where the names and the values of a sheet stand, and rows that have the names again."""

from dataclasses import dataclass

from ._records import Row

NAMED = 5  # lines, in a note


@dataclass
class Layout:
    """Names of the columns; how many rows stand `above` those of values; whether these begin with #; notes.

    `head` is the row of names as it stands in the file, folded; nothing where there is none, or of one column only. Where rows
    are boxed, each begins and ends with the sign between fields; a table is ruled where a line of signs stands above the values.
    """

    names: list[str]
    above: int
    is_marked: bool
    notes: list[str]
    head: list[str]
    is_boxed: bool = False
    is_ruled: bool = False

    def is_head(self, fields: list[str]) -> bool:
        """Whether a row has the names again, blanks and case aside."""
        return bool(self.head) and folded(fields) == self.head

    def without_heads(self, rows: list[Row]) -> list[Row]:
        """The rows but those that have the names again, which a note tells."""
        heads = [row for row in rows if self.is_head(row.fields)]
        if heads:
            self.notes.append(again_note(heads))
        return [row for row in rows if row not in heads] if heads else rows


def folded(fields: list[str]) -> list[str]:
    """What is compared of names: files that were joined may begin with a mark of their encoding."""
    return [field.strip("\ufeff# ").lower() for field in fields]


def again_note(heads: list[Row]) -> str:
    """What is said of rows that have the names again; `heads` are the first of them."""
    return f"{lines_named(heads)}: the names of the columns again ({shown_row(heads[0])}); left out."


def lines_named(rows: list[Row]) -> str:
    """`Lines 3, 7`, the first few of them."""
    numbers = [str(row.line) for row in rows[:NAMED]]
    return f"Line{'s' * (len(rows) > 1)} {', '.join(numbers)}{', ...' * (len(rows) > NAMED)}"


def shown_row(row: Row) -> str:
    """A row as a note shows it, in quotation marks."""
    text = " ".join(f for f in row.fields if f)
    return repr(text if len(text) <= 60 else text[:57] + "...")
