"""Rows that stand below those of values: totals, averages, sources and notes, and how many rows there are."""

import re

from ._layout import lines_named, shown_row
from ._parts import plain_number, take_apart
from ._records import Row
from ._ruled import is_count

TOTALS = {
    "total", "totals", "grand total", "sum", "summe", "gesamt", "subtotal", "합계", "총계", "소계", "계", "合計", "总计", "合计",
    "итого",
}  # fmt: skip
_AVERAGES = {
    "average", "avg", "mean", "durchschnitt", "mittelwert", "moyenne", "promedio", "media", "평균", "平均", "平均値", "среднее",
}  # fmt: skip
_NEAR_MEAN = 0.005  # of the range of a column
_MOST_NOTES = 12
_NOTES = re.compile(
    r"\W*(?:sources?|notes?|n\.b\.|quellen?|anmerkung(?:en)?|hinweise?|fuente|nota|fonte"
    r"|출처|자료|비고|주|资料来源|資料|出典|注)\b ?\d?\W"
    r"|[*†‡※©]|\d\) ",
    re.IGNORECASE,
)


def without_totals(rows: list[Row], notes: list[str]) -> list[Row]:
    """The rows without a line of totals at the end."""
    kept = list(rows)
    while len(kept) > 3 and _is_total(kept):
        row = kept.pop()
        what = "an average" if _word_of(row) in _AVERAGES else "a total"
        notes.append(f"Line {row.line} looks like {what} ({shown_row(row)}); left out.")
    return kept


def without_notes(rows: list[Row], notes: list[str]) -> list[Row]:
    """The rows without the lines of words below them, as `Source: ...`, each in the first column and alone in its row.

    They begin after a blank line, or with a word or sign for notes, and no row above them has its first field alone.
    """
    end = len(rows)
    while end > 0 and len(rows) - end <= _MOST_NOTES and _is_alone(rows[end - 1]):
        end -= 1
    below = rows[end:]
    if not 0 < len(below) <= _MOST_NOTES or end < 2 or any(_is_alone(row) for row in rows[:end]):
        return rows
    is_told = _NOTES.match(below[0].fields[0]) or is_count(below[0].fields[0])
    is_apart = below[0].line > rows[end - 1].line + 1 and not rows[end - 2].line < rows[end - 1].line - 1
    if not (is_apart or is_told):
        return rows
    notes.append(f"{lines_named(below)}: left out as notes below the table ({shown_row(below[0])}).")
    return rows[:end]


def _is_alone(row: Row) -> bool:
    """Whether only the first of several fields is filled, with words."""
    first, *others = row.fields
    return bool(first) and not any(others) and (take_apart(first) is None or is_count(first))


def _is_total(rows: list[Row]) -> bool:
    """Whether the last of the rows begins with a word for a total, which stands in no other of them."""
    word = _word_of(rows[-1])
    if word not in TOTALS and not (word in _AVERAGES and _is_average(rows)):
        return False
    i = next(i for i, name in enumerate(rows[-1].fields) if name)
    return all(row.fields[i].casefold() != rows[-1].fields[i].casefold() for row in rows[:-1])


def _word_of(row: Row) -> str:
    """What the row begins with, folded."""
    return next((name.casefold().rstrip(":") for name in row.fields if name), "")


def may_stand_below(row: Row) -> bool:
    """Whether the last row of a table may be no row of values, as far as it tells alone."""
    return _is_alone(row) or _word_of(row) in TOTALS | _AVERAGES


def _is_average(rows: list[Row]) -> bool:
    """Whether a number of the last row is the mean of those above it, as far as digits go."""
    for i, field_ in enumerate(rows[-1].fields):
        column = [plain_number(row.fields[i]) for row in rows[:-1]]
        known = [value for value in column if value is not None]
        mean = plain_number(field_)
        if mean is not None and len(known) > 1:
            expected = sum(known) / len(known)
            if abs(mean - expected) <= _NEAR_MEAN * (max(known) - min(known)):
                return True
    return False
