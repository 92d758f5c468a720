"""Quarters and weeks of a year, as 2024Q1, Q1 2024, 1. Quartal 2024, 2024-W05 and KW 5/2024, as their first day."""

import datetime
import re

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_QUARTERS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_YEAR}[-/. ]?(?:Q|T)(?P<quarter>[1-4])",
        rf"(?:Q|T)(?P<quarter>[1-4])[-/. ]?{_YEAR}",
        rf"(?P<quarter>[1-4])\.? ?(?:quartal|quarter|qtr|q|trimestre|кв(?:артал|\.)?)[-/. ]*{_YEAR}",
        rf"{_YEAR}년 ?(?P<quarter>[1-4])분기",
        rf"{_YEAR}年第?(?P<quarter>[1-4])(?:四半期|季度)",
    )
]
_WEEKS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_YEAR}[- ]?W(?P<week>\d\d)(?:-?(?P<day>[1-7]))?",
        rf"(?:KW|W|CW|week|woche) ?(?P<week>\d{{1,2}})[-/. ]+{_YEAR}",
        rf"{_YEAR}[-/. ]+(?:KW|CW|week|woche) ?(?P<week>\d{{1,2}})",
    )
]


def first_day(text: str) -> str:
    """The first day of a quarter or of a week (of ISO 8601), as `2024-01-01`; nothing for another text."""
    if not any(c in "QqTtWwкК분四季" for c in text):
        return ""
    for form in _QUARTERS:
        match = form.fullmatch(text)
        if match is not None:
            return f"{match['year']}-{3 * int(match['quarter']) - 2:02d}-01"
    for form in _WEEKS:
        match = form.fullmatch(text)
        if match is not None:
            return _monday(int(match["year"]), int(match["week"]), int(match.groupdict().get("day") or 1))
    return ""


def _monday(year: int, week: int, day: int) -> str:
    try:
        return str(datetime.date.fromisocalendar(year, week, day))
    except ValueError:
        return ""
