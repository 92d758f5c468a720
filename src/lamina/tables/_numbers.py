"""Numbers as people write them: 1,234.5 and 1.234,5, $5, 94 %, 12 kg, (3), 1e3."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

MISSING = {
    "", "?", "-", "--", "---", ".", "..", "...", "na", "n/a", "n.a.", "n.a", "#n/a", "#na", "nan", "null", "none", "nil", "<na>",
    "(null)", "\\n", "#value!", "#ref!", "#div/0!", "#null!", "#num!", "not available", "–", "—", "k.a.",
}  # fmt: skip
MOSTLY = 0.9  # share of numbers from which a column with a few odd entries still counts as numeric
_CURRENCIES = (
    "us$", "a$", "c$", "r$", "hk$", "nt$", "$", "€", "£", "¥", "₩", "₹", "₽", "₺", "₫", "฿", "₱", "₪", "usd", "eur", "gbp", "jpy",
    "krw", "cny", "chf", "inr", "sek", "nok", "dkk", "pln", "czk", "huf", "zł", "kč", "kr", "kr.", "원", "円", "元",
)  # fmt: skip
MULTIPLES = {
    "k": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "b": 1e9, "bn": 1e9,
    "천": 1e3, "만": 1e4, "억": 1e8, "万": 1e4, "億": 1e8, "亿": 1e8,
}  # fmt: skip
_FEW_ODD = 3  # entries of a short column
_INFINITE = ("inf", "-inf", "+inf", "infinity", "-infinity")
_BODY = r"\d[\d.,' ]*|\.\d+"
_WRITTEN = re.compile(
    r"(?P<before>[^\d.,+-]*?) ?(?P<sign>[+-]?) ?"
    rf"(?P<body>{_BODY})(?P<power>[eE][+-]?\d+)? ?(?P<after>[^\d\s][^\s]*)?"
)
Unit = tuple[str, str]  # what stands before and after a number
_PLAIN = re.compile(r"\d+\.?\d*|\.\d+")
_POINT = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d*)?|[1-9]\d?(,\d{2})+,\d{3}(\.\d*)?")  # the second as in India
_COMMA = re.compile(r"[1-9]\d{0,2}(\.\d{3})+(,\d*)?|\d+,\d+")
_SPACED = re.compile(r"\d{1,3}([' ]\d{3})+([.,]\d+)?")
_UNCLEAR = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


@dataclass(frozen=True)
class Written:
    """A text taken apart: sign, digits and separators, power of ten, and what stands before and after (folded)."""

    negative: bool
    body: str
    power: str
    before: str
    after: str


@dataclass(frozen=True)
class NumberRule:
    """What texts of a column mean as numbers.

    Attributes:
        comma: whether a comma is the decimal one.
        factors: of k, M, ...
        units: what stands before and after the numbers it was made from, in pairs; two empty texts for bare ones.
        has_decimals, has_groups: whether these had decimals, and separators between thousands.
        is_strict: whether a number in other units than these is none.
    """

    comma: bool = False
    factors: dict[str, float] = field(default_factory=dict)
    units: tuple[Unit, ...] = ()
    has_decimals: bool = False
    has_groups: bool = False
    is_strict: bool = False

    @property
    def is_told(self) -> bool:
        """Whether anything said that `comma` holds."""
        return self.comma or self.has_decimals or self.has_groups

    def comma_for(self, written: list[Written]) -> bool:
        """Whether a comma is the decimal one in other numbers that do not tell themselves.

        A separator that none of its own had is what theirs were: decimal where they had decimals alone, else between thousands.
        """
        there = {sign for w in written if _UNCLEAR.fullmatch(w.body) for sign in ",." if sign in w.body}
        if self.has_decimals == self.has_groups or len(there) != 1:
            return self.comma
        return there == {","} if self.has_decimals else there == {"."}

    def value(self, text: str) -> float:
        """The number that a text is; NaN for none."""
        if text.casefold() in _INFINITE:
            return float(text)
        written = take_apart(text)
        return float("nan") if written is None else self.value_of(written)

    def value_of(self, written: Written) -> float:
        """The number that a text taken apart is."""
        if self.is_strict and unit_of(written) not in self.units:
            return float("nan")
        size = _value(written.body, written.power, self.comma) * self.factors.get(written.after, 1.0)
        return (-1 if written.negative else 1) * size


def rule_of_json(values: dict[str, Any]) -> NumberRule:
    """The rule that `dataclasses.asdict` wrote as JSON values."""
    return NumberRule(**{**values, "units": tuple((before, after) for before, after in values["units"])})


def too_many(odd: int, entries: int) -> bool:
    """Whether so many of the entries of a column fit not: more than a tenth, and in a short one than three or half of them."""
    return odd > max((1 - MOSTLY) * entries, min(_FEW_ODD, entries / 2))


def unit_of(written: Written) -> Unit:
    """What stands before and after a number, a currency always before it."""
    return (written.after, "") if written.after in _CURRENCIES else (written.before, written.after)


@dataclass(frozen=True)
class Reading:
    """How a column of texts was read as numbers.

    Attributes:
        values: float64, one for each text, NaN where it is none.
        style: what was taken off, for a note ("" if the texts were plain numbers).
        example: a text that shows it.
        rule: what further texts of the column mean.
    """

    values: np.ndarray
    style: str
    example: str
    rule: NumberRule


def take_apart(text: str) -> Written | None:
    """The parts of a text that may be a number, or None."""
    text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("’", "'").strip()
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1].strip(), True
    if text.endswith("-") and text[:-1].strip()[-1:].isdigit():
        text, negative = text[:-1].strip(), True
    if text[:1] in "+-" and text[1:2] and not text[1].isdigit() and text[1] not in ".,":
        text, negative = text[1:].strip(), text[0] == "-"  # -$5
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    before, after = match["before"].strip().casefold(), (match["after"] or "").casefold()
    if before and before not in _CURRENCIES:
        return None
    if after and not (after[0].isalpha() or after[0] in "%‰°$€£¥₩₹₽₺₫฿₱₪µ"):
        return None
    return Written(negative ^ (match["sign"] == "-"), match["body"].strip(), match["power"] or "", before, after)


def _value(body: str, power: str, comma: bool) -> float:
    """What the digits mean with a decimal comma or a decimal point; NaN if nothing."""
    if _PLAIN.fullmatch(body) and not (comma and _UNCLEAR.fullmatch(body) and "." in body):
        plain = body
    elif _SPACED.fullmatch(body):
        plain = body.replace(" ", "").replace("'", "").replace(",", ".")
    elif comma and _COMMA.fullmatch(body):
        plain = body.replace(".", "").replace(",", ".")
    elif not comma and _POINT.fullmatch(body):
        plain = body.replace(",", "")
    else:
        return float("nan")
    return float(plain + power)


def uses_decimal_comma(texts: list[str]) -> bool | None:
    """Whether numbers among the texts have a decimal comma; None if nothing tells."""
    return _has_decimal_comma([w for w in map(take_apart, texts) if w is not None])


def _has_decimal_comma(written: list[Written]) -> bool | None:
    parts = [w for w in written if not _UNCLEAR.fullmatch(w.body)]
    comma = sum(bool(_COMMA.fullmatch(w.body)) for w in parts)
    point = sum(bool(_POINT.fullmatch(w.body) or ("." in w.body and _PLAIN.fullmatch(w.body))) for w in parts)
    return None if comma == point else comma > point


def read_numbers(known: list[str], table_comma: bool) -> Reading | None:
    """The numbers that nearly all of the texts are, or None if they are better kept as text.

    Codes are no numbers: digits with a leading zero (zip codes, ids), more digits than float64 holds, numbers in different
    units or currencies.

    Args:
        known: the texts that are not missing.
        table_comma: whether the table elsewhere has decimal commas; decides where 1,234 could be either.
    """
    distinct = sorted(set(known))
    parts = {text: take_apart(text) for text in distinct}
    if _are_codes(list(parts.values())) or _mixed_units(parts):
        return None
    written = {text: w for text, w in parts.items() if w is not None}
    told = _has_decimal_comma(list(written.values()))
    comma = table_comma if told is None else told
    factors = _multiples(list(written.values()))
    rule = NumberRule(comma, factors)
    number = {text: rule.value_of(w) for text, w in written.items()}
    number.update({text: float(text) for text in distinct if text.casefold() in _INFINITE})
    values = np.array([number.get(text, np.nan) for text in known], dtype="float64")
    if np.isnan(values).mean() > 1 - MOSTLY:
        return None
    read = [w for text, w in written.items() if not np.isnan(number[text])]
    return Reading(values, *_style(known, number, parts, comma, factors), _as_found(rule, read))


def _as_found(rule: NumberRule, written: list[Written]) -> NumberRule:
    """The rule, and what it found in numbers."""
    decimal, group = (",", ".") if rule.comma else (".", ",")
    has_decimals = any(decimal in w.body for w in written)
    has_groups = any(group in w.body and (_UNCLEAR.fullmatch(w.body) or not _PLAIN.fullmatch(w.body)) for w in written)
    units = tuple(sorted({unit_of(w) for w in written}))
    return replace(rule, units=units, has_decimals=has_decimals, has_groups=has_groups)


def _are_codes(parts: list[Written | None]) -> bool:
    bare = [w.body for w in parts if w is not None and not w.before and not w.after and not w.power]
    whole = [body for body in bare if body.isdigit()]
    return any((len(b) > 1 and b[0] == "0") or len(b) > 15 for b in whole)


def _mixed_units(parts: dict[str, Written | None]) -> bool:
    written = [w for w in parts.values() if w is not None]
    after = Counter(w.after for w in written if w.after)
    before = {w.before for w in written if w.before}
    return (
        len(before) > 1
        or (len(after) > 1 and not _multiples(written))
        or bool(before and after and not _multiples(written))
    )


def _multiples(written: list[Written]) -> dict[str, float]:
    """Factors of k, M, ...: only where they stand beside each other or beside plain numbers, so that they can be no units."""
    after = {w.after for w in written}
    is_scale = len(after) > 1 and after - {""} <= set(MULTIPLES)
    return {a: MULTIPLES[a] for a in after if a} if is_scale else {}


def _style(
    known: list[str], number: dict[str, float], parts: dict[str, Written | None], comma: bool, factors: dict[str, float]
) -> tuple[str, str]:
    for text in known:
        w = parts[text]
        if w is None or np.isnan(number.get(text, np.nan)):
            continue
        if factors and w.after:
            return "multiples", text
        if w.before or w.after:
            return f"{w.before or w.after!s}", text
        if not _PLAIN.fullmatch(w.body) or (comma and _UNCLEAR.fullmatch(w.body)):
            return "separators", text
        if w.negative and text.strip()[0] not in "-−":
            return "negative", text
    return "", ""
