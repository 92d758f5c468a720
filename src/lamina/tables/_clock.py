"""Times of day and durations, as 14:30, 2:30 pm, 14.30 Uhr, 14時30分, 1:23:45, 1h30, 3m 14s, PT1H5M and 12:34.5, in seconds."""

import re

_SCALES = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}
_CLOCK = re.compile(
    r"(?:(?P<days>-?\d+) days?,? *)?(?P<minus>-)?\+?(?P<hours>\d{1,4}):(?P<minutes>[0-5]\d)"
    r"(?::(?P<seconds>[0-5]\d(?:[.,]\d+)?))?(?: ?(?P<half>[ap])\.?m\.?)?",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"(?P<minus>-)?(?P<hours>\d{1,4}) ?h"
    r"(?:(?: ?(?P<minutes>[0-5]\d|\d(?= ?m))(?: ?m(?:in)?\.?)?)(?: ?(?P<seconds>[0-5]?\d) ?s)?)?",
    re.IGNORECASE,
)
_EARLY = "(?P<early>오전|오후|上午|下午|午前|午後)"
_HOURS_OF_DAY = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_EARLY} ?(?P<hours>\d{{1,2}}):(?P<minutes>[0-5]\d)",
        r"(?P<hours>\d{1,2})[.:](?P<minutes>[0-5]\d) ?uhr",
        rf"{_EARLY}? ?(?P<hours>\d{{1,2}}) ?[시時时] ?(?P<minutes>[0-5]?\d) ?[분分]?",
    )
]
_SPAN = re.compile(
    r"(?!(?-i:[\dDHMS]+$))"  # 75M1S is how a read of DNA is aligned
    r"(?P<minus>-)?(?:(?P<days>\d+) ?d(?:ays?)? ?)?(?:(?P<hours>\d+) ?(?:h|hrs?|hours?|std\.?|시간|時間|小时) ?)?"
    r"(?:(?P<minutes>\d+) ?(?:m|mins?|minutes?|min\.|분|分) ?)?"
    r"(?:(?P<seconds>\d+(?:[.,]\d+)?) ?(?:s|secs?|sek\.?|seconds?|초|秒))?",
    re.IGNORECASE,
)
_SPAN_OF_ISO = re.compile(
    r"P(?:(?P<days>\d+)D)?T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?"  # P1M is a month
)
_MINUTES = re.compile(r"(?P<minus>-)?(?P<minutes>\d{1,4}) ?min\.?", re.IGNORECASE)
_RACE = re.compile(r"(?P<minus>-)?(?:(?P<minutes>\d{1,4}):(?=[0-5]\d))?(?P<seconds>\d{1,4}(?:[.,]\d+)?)")
_OF_TWO = re.compile(r"\d:\d|\d\.\d\d ?uhr|\d ?[^\W\d]+\.? ?\d|^P(?:\d+D)?T\d", re.IGNORECASE)


def has_two_parts(text: str) -> bool:
    """Whether a text with `seconds_of` has hours and minutes both, which no number with a unit has."""
    return _OF_TWO.search(text) is not None


def is_of_minutes(text: str) -> bool:
    """Whether a text is minutes and seconds with decimals, as 12:34.5; 12:34 beside it is no hour then."""
    found = _RACE.fullmatch(text)
    return found is not None and found["minutes"] is not None and not found["seconds"].isdigit()


def seconds_of(text: str, of_minutes: bool = False) -> float:
    """The seconds of hours and minutes, of seconds too where there are any; NaN for another text.

    As 14:30, 1h30, 2 h 5 min; and 3h or 45 min, which alone are numbers with a unit. With `of_minutes` 12:34 are minutes and
    seconds, with or without decimals, and 58.32 seconds.
    """
    if of_minutes:
        race = _RACE.fullmatch(text)
        if race is not None:
            size = 60 * int(race["minutes"] or 0) + float(race["seconds"].replace(",", "."))
            return -size if race["minus"] else size
    match = _CLOCK.fullmatch(text)
    if match is None:
        return _seconds_by_words(text)
    hours = int(match["hours"])
    if match["half"]:
        hours = hours % 12 + 12 * (match["half"] in "pP")
    seconds = 3600 * hours + 60 * int(match["minutes"]) + float((match["seconds"] or "0").replace(",", "."))
    seconds += 86400 * int(match["days"] or 0)
    return -seconds if match["minus"] else seconds


def _seconds_by_words(text: str) -> float:
    for form in (_HOURS, _MINUTES, *_HOURS_OF_DAY, _SPAN, _SPAN_OF_ISO):
        match = form.fullmatch(text)
        if match is not None and any(map(str.isdigit, text)):
            break
    else:
        return float("nan")
    parts = match.groupdict()
    if parts.get("early"):
        parts["hours"] = str(int(parts["hours"]) % 12 + 12 * (parts["early"] in ("오후", "下午", "午後")))
    size = sum(scale * float((parts.get(part) or "0").replace(",", ".")) for part, scale in _SCALES.items())
    return -size if parts.get("minus") else size
