"""Quarters and weeks of a year, as 2024Q1, Q1 2024, 1. Quartal 2024, 2024-W05 and KW 5/2024, as their first day."""

import datetime
import re

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_QUARTERS = (
    rf"{_YEAR}[-/. ]?(?:Q|T)(?P<quarter>[1-4])",
    rf"(?:Q|T)(?P<quarter>[1-4])[-/. ]?{_YEAR}",
    rf"(?P<quarter>[1-4])\.? ?(?:quartal|quarter|qtr|q|trimestre|кв(?:артал|\.)?)[-/. ]*{_YEAR}",
    rf"{_YEAR}년 ?(?P<quarter>[1-4])분기",
    rf"{_YEAR}年第?(?P<quarter>[1-4])(?:四半期|季度)",
)
_WEEKS = (
    rf"{_YEAR}[- ]?W(?P<week>\d\d)(?:-?(?P<day>[1-7]))?",
    rf"(?:KW|W|CW|week|woche) ?(?P<week>\d{{1,2}})[-/. ]+{_YEAR}",
    rf"{_YEAR}[-/. ]+(?:KW|CW|week|woche) ?(?P<week>\d{{1,2}})",
)
_FORMS = [re.compile(form, re.IGNORECASE) for form in (*_QUARTERS, *_WEEKS)]
# All forms at once: most texts are none of them, and this is asked of every date.
_ANY = re.compile("|".join(re.sub(r"\?P<\w+>", "?:", form) for form in (*_QUARTERS, *_WEEKS)), re.IGNORECASE)


def first_day(text: str) -> str:
    """The first day of a quarter or of a week (of ISO 8601), as `2024-01-01`; nothing for another text."""
    if _ANY.fullmatch(text) is None:
        return ""
    parts = next(match for form in _FORMS if (match := form.fullmatch(text)) is not None).groupdict()
    if "quarter" in parts:
        return f"{parts['year']}-{3 * int(parts['quarter']) - 2:02d}-01"
    return _monday(int(parts["year"]), int(parts["week"]), int(parts.get("day") or 1))


def _monday(year: int, week: int, day: int) -> str:
    try:
        return str(datetime.date.fromisocalendar(year, week, day))
    except ValueError:
        return ""
