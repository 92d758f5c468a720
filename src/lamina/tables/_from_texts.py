"""A column of texts as numbers, times or dates where it holds such."""

import re

import numpy as np

from ._clock import has_two_parts, is_of_minutes, seconds_of
from ._date_words import in_digits
from ._dates import are_compact_dates, are_dates
from ._number_rule import NumberRule
from ._numbers import MOSTLY, are_few, read_numbers
from ._table import Table

_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ,(]|$)|\d{4}[-/]\d{1,2}$|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([T ,]|$)|\d{8}T\d{4}"
)
AS_MISSING = "taken as missing"  # said of entries that could not be read


def from_texts(table: Table, name: str, texts: np.ndarray, comma: bool | None) -> np.ndarray:
    """A column of texts as numbers where it holds numbers, else as it is; notes go to the table."""
    known = texts[texts != ""]
    if not len(known):
        return np.full(len(texts), np.nan)
    if looks_like_dates(known):
        table.dates.add(name)
        return texts
    if are_compact_dates(known.tolist()):
        table.dates.add(name)
        table.notes.append(f"Column {name!r} is read as dates without separators, as {str(known[0])!r}.")
        return texts
    times = _read_times(table, name, texts, known)
    if times is not None:
        return times
    reading = read_numbers(known.tolist(), comma)
    if reading is None:
        return texts
    table.rules[name] = reading.rule
    odd = known[np.isnan(reading.values)]
    if len(odd):
        table.notes.append(odd_note(name, len(odd), sorted(set(odd.tolist()))))
    values = np.full(len(texts), np.nan)
    values[texts != ""] = reading.values
    if reading.style:
        number = values[texts == reading.example][0]
        table.notes.append(f"Column {name!r} is read as numbers: {reading.example!r} as {number:.15g}.")
    table.notes.extend(f"Column {name!r}: {doubt}." for doubt in reading.doubts)
    return values


def _read_times(table: Table, name: str, texts: np.ndarray, known: np.ndarray) -> np.ndarray | None:
    """The seconds of a column of times of day or durations, None if it holds others; notes go to the table."""
    odd: list[str] = []
    of_minutes = _are_of_minutes(known.tolist())
    for text in known.tolist():
        if np.isnan(seconds_of(text, of_minutes)):
            odd.append(text)
            if not are_few(len(odd), len(known)):
                return None
    if not any(map(has_two_parts, set(known.tolist()) - set(odd))):
        return None
    rule = NumberRule(units=("",), seen=("",), times=True, minutes=of_minutes)
    values = np.array([rule.value(text) for text in texts.tolist()], dtype="float64")
    first = next(text for text in texts[~np.isnan(values)].tolist() if has_two_parts(text))
    table.rules[name] = rule
    if len(odd):
        table.notes.append(odd_note(name, len(odd), sorted(set(odd))))
    what = "minutes and seconds" if of_minutes else "hours and minutes, in seconds"
    table.notes.append(f"Column {name!r} is read as {what}: {first!r} as {rule.value(first):.15g}.")
    return values


def _are_of_minutes(known: list[str]) -> bool:
    """Whether more of them are minutes and seconds with decimals than such as could be hours and minutes."""
    parted = [text for text in known if text.count(":") == 1]
    return 2 * sum(map(is_of_minutes, parted)) > len(parted)


def odd_note(name: str, count: int, odd: list[str]) -> str:
    """What is said of entries that are no numbers, in a column of numbers."""
    entries = f"{count} entr{'y' if count == 1 else 'ies'} ({', '.join(map(repr, odd[:3]))})"
    return f"Column {name!r} holds numbers but for {entries}, {AS_MISSING}."


def is_about(note: str, name: str) -> bool:
    """Whether a note tells how the entries of a column were read."""
    return f"Column {name!r} " in note or f"Column {name!r}: " in note


def looks_like_dates(known: np.ndarray) -> bool:
    """Whether nearly all texts are dates like 2024-01-31, 31.1.2024, 1/31/24 or 31 January 2024."""
    odd = 0
    for text in known.tolist():
        odd += not _looks_like_date(text)
        if not are_few(odd, len(known)):
            return False
    return are_dates(known, MOSTLY)


def why_no_dates(known: list[str]) -> str:
    """What keeps texts that look like dates for the most part from being read as such, or "" if they do not."""
    odd = [text for text in known if not _looks_like_date(text)]
    if not odd or 2 * len(odd) > len(known):
        return ""
    shown = ", ".join(map(repr, list(dict.fromkeys(odd))[:3]))
    return f"most entries look like dates, but {len(odd)} do not ({shown})"


def _looks_like_date(text: str) -> bool:
    return bool(_DATE.match(text) or _DATE.match(in_digits(text)))
