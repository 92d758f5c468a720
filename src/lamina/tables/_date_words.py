"""Dates with words and signs in them, as 2024년 3월 1일, 01-MAR-2024, March 1, 2024 or 2024. 3. 1., brought to digits alone."""

import datetime
import re

_AHEAD = 10  # years that plans reach; two digits of a year beyond are of the last century
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_NAME = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? +)?"
_DAY, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<year>\d{4})(?!\d)"
_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4}|\d\d) ?[년年] ?(?P<month>\d{1,2}) ?[월月](?: ?(?P<day>\d{1,2}) ?[일日号號])?",
        rf"\[?{_NAME}{_DAY}[-/. ]+{_MONTH}[-/, ]+(?P<year>\d{{4}}|\d\d)(?!\d)(?::(?=\d\d:))?",
        rf"{_NAME}{_MONTH}[- ]+{_DAY}(?:, ?| +){_YEAR}",
        rf"{_NAME}{_MONTH} +{_DAY} +(?P<time>\d\d:\d\d:\d\d)(?: [A-Z]{{3,4}})? {_YEAR}",  # as the C library prints it
        rf"{_MONTH}[-/, ]+{_YEAR}",
        rf"{_YEAR}[-/ ]{_MONTH}(?:[-/ ]{_DAY})?(?!\d)",
    )
]
_SPACED = re.compile(r"(\d{1,4})(?P<sign>[-/.]) *(\d{1,2})(?P=sign) *(\d{1,4})(?:\.(?=\s|$|\())?(?!\d)")


def in_digits(text: str) -> str:
    """The text with the date that it begins with as `2024-03-01`; as it is if there is none with words."""
    if not text[:1].isdigit() or not text[:4].isdigit() or not text[4:5].isdigit():
        for form in _FORMS:
            match = form.match(text)
            if match is not None:
                return _written(match) + _rest(text[match.end() :])
    spaced = _SPACED.match(text)
    if spaced is None or (" " not in spaced[0] and not spaced[0].endswith(".")):
        return text
    sign = spaced["sign"]
    return f"{spaced[1]}{sign}{spaced[3]}{sign}{spaced[4]}{text[spaced.end() :]}"


def _written(match: re.Match[str]) -> str:
    parts = match.groupdict()
    month = parts["month"]
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += 2000 if 2000 + year <= datetime.date.today().year + _AHEAD else 1900
    day = f"-{int(parts['day']):02d}" if parts.get("day") else ""
    time = f" {parts['time']}" if parts.get("time") else ""
    return f"{year:04d}-{number:02d}{day}{time}"


def _rest(text: str) -> str:
    return text if not text or text[0] in " ,(T" else f" {text}"
