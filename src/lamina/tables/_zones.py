"""Time zones of dates as they are written, and the local clock that a column of dates keeps."""

from collections.abc import Iterable

_UTC = ("Z", "UTC", "GMT")
_SUMMER = 1 / 24  # days that a place puts its clock forward


def offset_of(zone: str) -> float:
    """The offset of a zone (`Z`, `+01:00`, `UTC+9`) from UTC in days; 0 where nothing is written."""
    digits = zone.lstrip("ZUTCGM")
    if not digits:
        return 0.0
    hours, minutes = digits[1:].partition(":")[0], "0"
    if len(digits) > 3:
        hours, minutes = digits[1:].replace(":", "")[:-2], digits[-2:]
    return (-1 if digits[0] == "-" else 1) * (60 * int(hours) + int(minutes)) / 1440


def clock_of(zones: Iterable[str]) -> str:
    """The zones of one place, with its summer time where there are two; "" for UTC, to which zones of several places come."""
    by_offset = {round(1440 * offset_of(zone)): zone for zone in sorted(zones) if zone}
    places = [by_offset[offset] for offset in sorted(by_offset)]
    if not places or any(zone in _UTC for zone in places) or len(places) > 2:
        return ""
    is_one = len(places) == 1 or abs(offset_of(places[1]) - offset_of(places[0]) - _SUMMER) < 1e-6
    return " ".join(places) if is_one and any(map(offset_of, places)) else ""


def to_clock(zone: str, clock: str) -> float:
    """Days from a time as it is written, with a zone, to what the clock of `clock_of` shows then."""
    offsets = [offset_of(place) for place in clock.split()] or [0.0]
    own = offset_of(zone)
    return 0.0 if not zone or own in offsets else offsets[0] - own
