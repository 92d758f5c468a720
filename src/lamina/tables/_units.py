"""What stands beside numbers: currencies and units that are the same, and factors such as k and M."""

from collections import Counter
from collections.abc import Iterable

from ._currencies import CURRENCIES, SAME
from ._multiples import MULTIPLES
from ._parts import Written
from ._unit_names import unit_name

PERCENT = "%"
_SHARES = (PERCENT, "‰")
_SIGNS = ("cr", "dr", "bc", "bce")  # words that may say which way a number counts


def multiples(written: list[Written]) -> dict[str, float]:
    """Factors of k, M, ...: where they can be no units, beside each other, plain numbers or a currency before them."""
    after = {w.after for w in written} - set(CURRENCIES)
    is_scale = len(after) > 1 or any((w.before or w.cents) and w.after for w in written)
    return {a: MULTIPLES[a] for a in after if a} if is_scale and after - {""} <= set(MULTIPLES) else {}


def unit_of(written: Written, factors: Iterable[str]) -> str:
    """The unit or currency of a number, the same for those that mean the same; "" for none."""
    sides = (written.before, "" if written.after in factors else written.after)
    return " ".join(dict.fromkeys(_same(side) for side in sides if side))


def unit_as_now(text: str) -> str:
    """The unit that `unit_of` gives today for one that an older model was saved with, as `year` for `years`."""
    return " ".join(_same(unit_name(side)) for side in text.split())


def _same(side: str) -> str:
    return SAME.get(side.rstrip("."), side.rstrip("."))


def may_lack(unit: str) -> bool:
    """Whether a number without the unit can only mean the same: neither 0.12 for 12 % nor 5000 for 5k nor -5 for 5CR."""
    return unit not in _SHARES and unit not in _SIGNS and unit not in MULTIPLES


def taken_units(rows: Counter[str], fractions_stand_bare: bool) -> tuple[str, ...]:
    """The units of numbers that may stand in one column: the one most rows have and none, or one of both.

    Args:
        rows: how many rows have a unit.
        fractions_stand_bare: whether numbers without a unit look like fractions, as 0.61 beside 61%.
    """
    main = max((unit for unit in rows if unit), key=lambda unit: rows[unit], default="")
    if may_lack(main):
        return tuple(dict.fromkeys((main, "")))
    if main in _SHARES and rows[""] and not fractions_stand_bare:
        return (main, "")
    return (main,) if rows[main] > rows[""] else ("",)
