"""Times of day and durations, as 14:30, 2:30 pm, 1:23:45, 1h30, 12:34.5 and 0 days 01:02:03, in seconds."""

import re

_SCALES = {"hours": 3600, "minutes": 60, "seconds": 1}
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
_MINUTES = re.compile(r"(?P<minus>-)?(?P<minutes>\d{1,4}) ?min\.?", re.IGNORECASE)
_RACE = re.compile(r"(?P<minus>-)?(?:(?P<minutes>\d{1,4}):(?=[0-5]\d))?(?P<seconds>\d{1,4}(?:[.,]\d+)?)")
_OF_TWO = re.compile(r":|\d ?h ?\d", re.IGNORECASE)


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
        match = _HOURS.fullmatch(text) or _MINUTES.fullmatch(text)
        if match is None:
            return float("nan")
        parts = match.groupdict()
        size = sum(scale * int(parts.get(part) or 0) for part, scale in _SCALES.items())
        return -float(size) if match["minus"] else float(size)
    hours = int(match["hours"])
    if match["half"]:
        hours = hours % 12 + 12 * (match["half"] in "pP")
    seconds = 3600 * hours + 60 * int(match["minutes"]) + float((match["seconds"] or "0").replace(",", "."))
    seconds += 86400 * int(match["days"] or 0)
    return -seconds if match["minus"] else seconds
