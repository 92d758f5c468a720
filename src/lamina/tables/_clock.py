"""Times of day and durations, as 14:30, 2:30 pm, 1:23:45 and 0 days 01:02:03, in seconds."""

import re

_CLOCK = re.compile(
    r"(?:(?P<days>-?\d+) days?,? *)?(?P<minus>-)?\+?(?P<hours>\d{1,4}):(?P<minutes>[0-5]\d)"
    r"(?::(?P<seconds>[0-5]\d(?:[.,]\d+)?))?(?: ?(?P<half>[ap])\.?m\.?)?",
    re.IGNORECASE,
)


def seconds_of(text: str) -> float:
    """The seconds of hours and minutes, of seconds too where there are any; NaN for another text."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return float("nan")
    hours = int(match["hours"])
    if match["half"]:
        hours = hours % 12 + 12 * (match["half"] in "pP")
    seconds = 3600 * hours + 60 * int(match["minutes"]) + float((match["seconds"] or "0").replace(",", "."))
    seconds += 86400 * int(match["days"] or 0)
    return -seconds if match["minus"] else seconds
