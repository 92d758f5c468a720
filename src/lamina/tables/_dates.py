"""Dates and times as people write them, as days since 1 January 1970."""

import datetime
import re
from collections import Counter
from itertools import pairwise

import numpy as np

from ._date_words import in_digits
from ._zones import clock_of, offset_of, to_clock

YEAR_FIRST, DAY_FIRST, MONTH_FIRST = "year first", "day first", "month first"
_FROM = ", years from "  # in an order, before the first of the hundred years that two digits stand for
_AT = ", at "  # in an order, before the zones whose local time the days are in
_OPEN, _GUESSED = "could be day or month first", "is read with the year first"
_FIRST = 1970  # of these, where an order does not say
_PLAUSIBLE = 1500, 2200  # years; of other numbers like these, most are codes
_ENDLESS = 9999  # the year of what has no end
_YEAR = 365.25  # days
_NEAR = 10  # years ahead that plans reach
_FEW_CODES = 9
EPOCH = datetime.datetime(1970, 1, 1)
_DATE = re.compile(
    r"(?:(?P<a>\d{1,4})[-/.](?P<b>\d{1,2})(?:[-/.](?P<c>\d{1,4}))?(?!\d)"
    r"|(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?=$|[T ]|\d{6}$))"
    r"(?:(?:[T ]|, )?\s*(?P<early>오전|오후|上午|下午|午前|午後)?\s*"
    r"(?P<hour>\d{1,2})(?::|\.|h|시 ?)(?P<minute>\d{2})분?(?:[:.](?P<second>\d{2}(?:[.,]\d+)?))?(?!\d)"
    r"|(?:[T ]|, |(?<=\d{8}))(?P<hours>\d\d)(?P<minutes>\d\d)(?P<seconds>\d\d)?(?!\d))?"
    r"\s*(?P<half>[AaPp]\.? ?[Mm]\.?(?!\w))?"
    r"\s*(?P<zone>(?:(?:Z|UTC|GMT)(?!\w))?(?:[+-]\d{1,2}(?::?\d{2})?(?!\d))?)"
    r"(?P<tail>.*)"
)
_DAY_NAMES = re.compile(
    r"(?i)\s*[.,]?\s*\(?(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?|(?:mo|di|mi|do|fr|sa|so)\.?|[월화수목금토일](?:요일)?|星期.|[月火水木金土日](?:曜日)?)?\)?"
)


def _match(text: str) -> re.Match[str] | None:
    return _DATE.match(in_digits(text))


def order_of(texts: np.ndarray) -> tuple[str, str]:
    """In which order year, month and day stand, and a note if the texts leave it open.

    Where years have two digits and some would lie far ahead, the order says from which year on they are counted.
    """
    rows = Counter(texts.tolist())
    matches = {text: m for text in rows if (m := _match(text)) is not None}
    parted = [m for m in matches.values() if m["year"] is None]
    if not parted or any(len(m["a"]) == 4 for m in parted):
        return YEAR_FIRST, ""
    order, note = _order_of_parted(parted, str(texts[0]))
    years = [
        _full_year(_year_in(m, order), _FIRST) for m in parted if m["c"] is not None and len(_year_in(m, order)) <= 2
    ]
    now = datetime.date.today().year
    if years and max(years) > now + _NEAR:
        order = f"{order}{_FROM}{now - 99}"
        said = f"two digits of a year are taken as {now - 99} to {now}"
        note = f"{note}; {said}" if note else said
    return order, note


def _order_of_parted(matches: list[re.Match[str]], example: str) -> tuple[str, str]:
    if _is_year_first(matches):
        return YEAR_FIRST, f"{example!r} {_GUESSED}"
    first, second = (sum(int(m[part]) > 12 for m in matches) for part in "ab")
    if first or second:  # where both orders stand, the one that more rows need
        return (DAY_FIRST if first >= second else MONTH_FIRST), ""
    order = DAY_FIRST if "." in example else MONTH_FIRST
    return order, f"{example!r} {_OPEN}; read with the {order}"


def _is_year_first(matches: list[re.Match[str]]) -> bool:
    """Whether three numbers of two digits begin with the year: few different ones, close together, and days at the end."""
    parts = [[m[part] or "" for m in matches] for part in "abc"]
    if not all(len(value) == 2 for part in parts for value in part):
        return False
    years, months, days = ([int(value) for value in part] for part in parts)
    if max(months) > 12 or max(days) > 31 or min(days) < 1:
        return False
    # Days run evenly up to 31, years do not.
    return (
        len(set(days)) > 12
        and max(days) > 25
        and len(set(years)) < len(set(days))
        and (min(years) > 12 or len(set(years)) <= len(set(days)) / 2)
    )


def _year_in(match: re.Match[str], order: str) -> str:
    return match["a"] if order == YEAR_FIRST else match["c"]


def base_of(order: str) -> str:
    """An order without the years that two digits stand for, and without zones."""
    return order.partition(_AT)[0].partition(_FROM)[0]


def is_open(note: str) -> bool:
    """Whether a note of `order_of` says that the order was guessed."""
    return _OPEN in note or _GUESSED in note


def other_order(order: str) -> str:
    """The day first where the month was, and the other way round; a year stays first."""
    return order.replace(*((DAY_FIRST, MONTH_FIRST) if order.startswith(DAY_FIRST) else (MONTH_FIRST, DAY_FIRST)))


def tails_of(texts: np.ndarray) -> Counter[str]:
    """What follows the dates and times and is not read, with the number of rows; names of days are left aside."""
    found: Counter[str] = Counter()
    for text, count in Counter(texts.tolist()).items():
        match = _match(text)
        if match is not None and not _DAY_NAMES.fullmatch(match["tail"]):
            found[match["tail"].strip()] += count
    return found


def zones_of(texts: np.ndarray) -> list[str]:
    """The time zones of the texts as they are written."""
    return sorted({match["zone"] for text in set(texts.tolist()) if (match := _match(text)) is not None} - {""})


def at_local_time(order: str, texts: np.ndarray) -> str:
    """The order, in the local time of the zone that all texts have; as it is, in UTC, where these are of several places."""
    clock = clock_of(zones_of(texts))
    is_one = " " not in clock or _change_by_season(texts, order)
    return f"{order}{_AT}{clock}" if clock and is_one else order


def _change_by_season(texts: np.ndarray, order: str) -> bool:
    """Whether zones change as summer time does, twice a year at most; those of two places stand in turns."""
    zones = {text: m["zone"] for text in set(texts.tolist()) if (m := _match(text)) is not None and m["zone"]}
    zoned = sorted((day, offset_of(zone)) for text, zone in zones.items() if (day := _days(text, order)) == day)
    changes = sum(one[1] != other[1] for one, other in pairwise(zoned))
    return not changes or changes <= 2 * ((zoned[-1][0] - zoned[0][0]) / _YEAR + 1)


def as_written(order: str, texts: np.ndarray) -> str:
    """The order, in the local time that each text has, whatever its zone."""
    zones = zones_of(texts)
    return f"{order}{_AT}{' '.join(zones)}" if zones else order


def zones_beside(order: str, texts: np.ndarray) -> list[str]:
    """The zones of the texts whose local time is not that of the order."""
    clock = order.partition(_AT)[2]
    return [zone for zone in zones_of(texts) if to_clock(zone, clock)]


def local_time_of(order: str) -> str:
    """The zones whose local time the order is in, for a note; UTC where it has none."""
    return order.partition(_AT)[2].replace(" ", ", ") or "UTC"


def are_dates(texts: np.ndarray, mostly: float) -> bool:
    """Whether texts that look like dates can be read so, in one order or the other, and are no codes or seasons."""
    order, _ = order_of(texts)
    days = days_of(texts, order)
    days = np.where(np.isnan(days), days_of(texts, other_order(order)), days)
    first, last = (_days(f"{year}-01-01", YEAR_FIRST) for year in _PLAUSIBLE)
    distinct = set(texts.tolist())
    if ((days >= first) & (days < last)).mean() < mostly - np.mean([t.startswith(str(_ENDLESS)) for t in texts]):
        return False
    if len(distinct) <= _FEW_CODES and _FROM in order:
        return False  # versions, bank codes
    seasons = [re.fullmatch(r"\d\d(\d\d)[-/](\d\d)", text) for text in distinct]
    return len(distinct) < 3 or not all(m is not None and (int(m[1]) + 1) % 100 == int(m[2]) for m in seasons)


def are_compact_dates(texts: list[str]) -> bool:
    """Whether all texts are dates without separators, as 20240131 or 20240131235959, and more than two of them differ."""
    compact = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])?([0-5]\d){0,2}")
    if len({len(text) for text in texts}) > 1 or len(texts[0]) not in (8, 14) or not all(map(compact.fullmatch, texts)):
        return False
    return len(set(texts)) > 2 and not np.isnan(days_of(np.array(texts), YEAR_FIRST)).any()


def days_of(texts: np.ndarray, order: str) -> np.ndarray:
    """Days since 1970 with the time as fraction, float64 `(rows,)`; NaN where a text is no date.

    They are in the local time of the zones that the order has, else in UTC.
    """
    distinct, place = np.unique(texts, return_inverse=True)
    return np.array([_days(text, order) for text in distinct.tolist()], dtype="float64")[place]


def _days(text: str, order: str) -> float:
    match = _match(text)
    if match is None:
        return float("nan")
    order, _, clock = order.partition(_AT)
    order, _, since = order.partition(_FROM)
    a, b, c = match["a"], match["b"], match["c"]
    if match["year"]:
        year, month, day = match["year"], match["month"], match["day"]
    elif order == YEAR_FIRST or len(a) == 4:
        year, month, day = a, b, c or "1"
    elif c is None:
        return float("nan")
    else:
        year, month, day = c, *((b, a) if order == DAY_FIRST else (a, b))
    try:
        moment = datetime.datetime(_full_year(year, int(since or _FIRST)), int(month), int(day)) + datetime.timedelta(
            hours=_hour(match), minutes=int(match["minute"] or match["minutes"] or 0), seconds=_second(match)
        )
    except (ValueError, OverflowError):
        return float("nan")
    if moment.year == _ENDLESS:
        return float("nan")
    return (moment - EPOCH).total_seconds() / 86400 + to_clock(match["zone"], clock)


def _full_year(text: str, since: int) -> int:
    year = int(text)
    return year if len(text) > 2 else since + (year - since) % 100


def _hour(match: re.Match[str]) -> int:
    hour = int(match["hour"] or match["hours"] or 0)
    if match["early"]:
        return hour % 12 + (12 if match["early"] in ("오후", "下午", "午後") else 0)
    if not match["half"]:
        return hour
    return hour % 12 + (12 if match["half"][0] in "pP" else 0)


def _second(match: re.Match[str]) -> float:
    return float((match["second"] or match["seconds"] or "0").replace(",", "."))


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
