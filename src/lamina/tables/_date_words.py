"""Dates with words and signs in them, as 2024년 3월 1일, 1er mai 2024, 2024Q1 or 2024. 3. 1., brought to digits alone."""

import datetime
import re

from ._date_parts import first_day
from ._month_names import DAY_NAME, MONTH, month_number

_AHEAD = 10  # years that plans reach; two digits of a year beyond are of the last century
_MONTH = rf"(?P<name>{MONTH})"
_NAME = rf"(?:{DAY_NAME},? +)?"
_OF = "(?:del? )?"  # 3 de mayo de 2024
_DAY, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º)?", r"(?P<year>\d{4})(?!\d)"
_MONTH_OF_YEAR = re.compile(r"(0?[1-9]|1[0-2])[-/]((?:19|20)\d\d)")
_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4}|\d\d) ?[년年] ?(?P<month>\d{1,2}) ?[월月](?: ?(?P<day>\d{1,2}) ?[일日号號])?",
        rf"\[?{_NAME}{_DAY}[-/. ]+{_OF}{_MONTH}[-/, ]+{_OF}(?P<year>\d{{4}}|\d\d)(?!\d)(?::(?=\d\d:))?",
        rf"{_NAME}{_MONTH}[- ]+{_DAY}(?:, ?| +){_YEAR}",
        rf"{_NAME}{_MONTH} +{_DAY} +(?P<time>\d\d:\d\d:\d\d)(?: [A-Z]{{3,4}})? {_YEAR}",  # as the C library prints it
        rf"{_MONTH}[-/, ]+{_OF}{_YEAR}",
        rf"{_YEAR}[-/ ]{_MONTH}(?:[-/ ]{_DAY})?(?!\d)",
    )
]
_DAY_BEFORE = re.compile(rf"{DAY_NAME},? +(?=\d{{1,4}}[-/.])", re.IGNORECASE)  # Mo, 01.01.2024
_SPACED = re.compile(r"(\d{1,4})(?P<sign>[-/.]) *(\d{1,2})(?P=sign) *(\d{1,4})(?:\.(?=\s|$|\())?(?!\d)")


def in_digits(text: str) -> str:
    """The text with the date that it begins with as `2024-03-01`; as it is if there is none with words.

    A quarter or a week of a year, which stands alone, is its first day.
    """
    first = first_day(text)
    if first:
        return first
    if not text[:1].isdigit():
        text = _DAY_BEFORE.sub("", text)
    if not text[:1].isdigit() or not text[:4].isdigit() or not text[4:5].isdigit():
        for form in _FORMS:
            match = form.match(text)
            if match is not None:
                return _written(match) + _rest(text[match.end() :])
    of_year = _MONTH_OF_YEAR.fullmatch(text)
    if of_year is not None:
        return f"{of_year[2]}-{int(of_year[1]):02d}"
    spaced = _SPACED.match(text)
    if spaced is None or (" " not in spaced[0] and not spaced[0].endswith(".")):
        return text
    sign = spaced["sign"]
    return f"{spaced[1]}{sign}{spaced[3]}{sign}{spaced[4]}{text[spaced.end() :]}"


def _written(match: re.Match[str]) -> str:
    parts = match.groupdict()
    number = int(parts["month"]) if parts.get("month") else month_number(parts["name"].rstrip("."))
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += 2000 if 2000 + year <= datetime.date.today().year + _AHEAD else 1900
    day = f"-{int(parts['day']):02d}" if parts.get("day") else ""
    time = f" {parts['time']}" if parts.get("time") else ""
    return f"{year:04d}-{number:02d}{day}{time}"


def _rest(text: str) -> str:
    return text if not text or text[0] in " ,(T" else f" {text}"
