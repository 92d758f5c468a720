"""Dates and times as people write them, as days since 1 January 1970."""

import datetime
import re

import numpy as np

YEAR_FIRST, DAY_FIRST, MONTH_FIRST = "year first", "day first", "month first"
_EPOCH = datetime.datetime(1970, 1, 1)
_DATE = re.compile(
    r"(?P<a>\d{1,4})[-/.](?P<b>\d{1,2})(?:[-/.](?P<c>\d{1,4}))?"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?.*"
)
_CENTURY = 70  # two digits below it are years after 2000


def order_of(texts: np.ndarray) -> tuple[str, str]:
    """In which order year, month and day stand, and a note if the texts leave it open."""
    matches = [m for m in map(_DATE.match, texts.tolist()) if m is not None]
    if any(len(m["a"]) == 4 for m in matches) or not matches:
        return YEAR_FIRST, ""
    if any(int(m["a"]) > 12 for m in matches):
        return DAY_FIRST, ""
    if any(int(m["b"]) > 12 for m in matches):
        return MONTH_FIRST, ""
    example = str(texts[0])
    order = DAY_FIRST if "." in example else MONTH_FIRST
    return order, f"{example!r} could be day or month first; read with the {order}"


def days_of(texts: np.ndarray, order: str) -> np.ndarray:
    """Days since 1970 with the time as fraction, float64 `(rows,)`; NaN where a text is no date. A time zone is taken off."""
    distinct, place = np.unique(texts, return_inverse=True)
    return np.array([_days(text, order) for text in distinct.tolist()], dtype="float64")[place]


def _days(text: str, order: str) -> float:
    match = _DATE.match(text)
    if match is None:
        return float("nan")
    a, b, c = match["a"], match["b"], match["c"]
    if order == YEAR_FIRST or len(a) == 4:
        year, month, day = a, b, c or "1"
    elif c is None:
        return float("nan")
    else:
        year, month, day = c, *((b, a) if order == DAY_FIRST else (a, b))
    try:
        moment = datetime.datetime(_full_year(year), int(month), int(day)) + datetime.timedelta(
            hours=_hour(match), minutes=int(match["minute"] or 0), seconds=float(match["second"] or 0)
        )
    except (ValueError, OverflowError):
        return float("nan")
    return (moment - _EPOCH).total_seconds() / 86400 - _zone(match["zone"])


def _full_year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < _CENTURY else 1900)


def _hour(match: re.Match[str]) -> int:
    hour = int(match["hour"] or 0)
    if not match["half"]:
        return hour
    return hour % 12 + (12 if match["half"][0] in "pP" else 0)


def _zone(text: str | None) -> float:
    """The offset from UTC in days."""
    if text is None or text == "Z":
        return 0.0
    minutes = 60 * int(text[1:3]) + int(text[-2:])
    return (-1 if text[0] == "-" else 1) * minutes / 1440


def cycles_of(days: np.ndarray) -> list[str]:
    """The cycles that the days run through: of the week, the year, the day."""
    known = days[~np.isnan(days)]
    if not len(known):
        return []
    found = []
    if len(np.unique(np.floor(known) % 7)) > 1 and len(np.unique(np.floor(known))) > 14:
        found.append("week")
    if known.max() - known.min() > 60:
        found.append("year")
    if (known != np.floor(known)).any():
        found.append("day")
    return found


PERIODS = {"week": 7.0, "year": 365.2425, "day": 1.0}  # days
HARMONICS = {"week": (1, 2, 3), "year": (1, 2), "day": (1, 2)}
