"""What texts of a column mean as numbers, once that is decided: decimal sign, factors, units."""

import re
from dataclasses import dataclass, field
from typing import Any

from ._clock import seconds_of
from ._parts import Written, take_apart
from ._units import unit_as_now, unit_of

INFINITE = ("inf", "-inf", "+inf", "infinity", "-infinity")
PLAIN = re.compile(r"\d+\.?\d*|\.\d+")
POINTED = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d*)?|[1-9]\d?(,\d{2})+,\d{3}(\.\d*)?")  # the second as in India
COMMAED = re.compile(r"[1-9]\d{0,2}(\.\d{3})+(,\d*)?|\d*,\d+")
UNCLEAR = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")  # thousands, or three decimals
_SPACED = re.compile(r"\d{1,3}([' ]\d{3})+([.,]\d+)?")


@dataclass(frozen=True)
class NumberRule:
    """What texts of a column mean as numbers.

    Attributes:
        comma: whether a comma is the decimal one.
        factors: of k, M, ...
        units: those that a number may have, "" for none; None for any. A multiple among them stands for itself, so that bare
            numbers need not be taken beside it.
        seen: the units of the numbers it was made from.
        has_decimals, has_groups: whether these had decimals, and separators between thousands.
        three: of those with decimals, the share that had three.
        low, high: between which their sizes lay, 0 and the rarest aside; both 0 where that was not kept.
        times: whether texts are hours and minutes, in seconds.
        minutes: whether such texts as 12:34 are minutes and seconds.
        lacking: words that stood for missing ones, folded.
    """

    comma: bool = False
    factors: dict[str, float] = field(default_factory=dict)
    units: tuple[str, ...] | None = None
    seen: tuple[str, ...] = ()
    has_decimals: bool = False
    has_groups: bool = False
    three: float = 0.0
    low: float = 0.0
    high: float = 0.0
    times: bool = False
    minutes: bool = False
    lacking: tuple[str, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether anything said that `comma` holds."""
        return self.comma or self.has_decimals or self.has_groups

    def unit_of(self, written: Written) -> str:
        """The unit of a number, multiples taken off that are none of the units."""
        return unit_of(written, [factor for factor in self.factors if factor not in (self.units or ())])

    def value(self, text: str) -> float:
        """The number that a text is; NaN for none, or one of another unit."""
        if text.casefold() in INFINITE:
            return float(text)
        if self.times:
            return seconds_of(text, self.minutes)
        written = take_apart(text)
        return float("nan") if written is None else self.value_of(written)

    def value_of(self, written: Written) -> float:
        """The number that a text taken apart is."""
        if self.units is not None and self.unit_of(written) not in self.units:
            return float("nan")
        if written.cents:
            size = float(f"{written.whole}.{written.cents}" if written.whole else "nan")
        else:
            size = value_of_body(written.body, written.power, self.comma)
        size *= self.factors.get(written.after, 1.0)
        return (-1 if written.negative else 1) * size


def rule_of_json(values: dict[str, Any]) -> NumberRule:
    """The rule that `dataclasses.asdict` wrote as JSON values."""
    units, seen = (None if u is None else tuple(map(unit_as_now, u)) for u in (values["units"], values.get("seen", ())))
    return NumberRule(**{**values, "seen": seen or (), "lacking": tuple(values.get("lacking") or ()), "units": units})


def value_of_body(body: str, power: str, comma: bool) -> float:
    """What the digits mean with a decimal comma or a decimal point; NaN if nothing.

    What stands before a power, or begins with a comma, has no thousands.
    """
    if body[:1] == "," or (power and UNCLEAR.fullmatch(body)):
        plain = body.replace(",", ".")
    elif PLAIN.fullmatch(body) and not (comma and UNCLEAR.fullmatch(body) and "." in body):
        plain = body
    elif _SPACED.fullmatch(body):
        plain = body.replace(" ", "").replace("'", "").replace(",", ".")
    elif comma and COMMAED.fullmatch(body):
        plain = body.replace(".", "").replace(",", ".")
    elif not comma and POINTED.fullmatch(body):
        plain = body.replace(",", "")
    else:
        return float("nan")
    return float(plain + power)
