"""Numbers as people write them: 1,234.5 and 1.234,5, $5, 94 %, 12 kg, (3), 1e3."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ._currencies import WITHOUT_DECIMALS
from ._number_rule import COMMAED, INFINITE, PLAIN, POINTED, UNCLEAR, NumberRule, value_of_body
from ._parts import Written, take_apart, without_footnotes
from ._units import PERCENT, multiples, taken_units, unit_of

MISSING = {
    "", "?", "-", "--", "---", ".", "..", "...", "na", "n/a", "n.a.", "n.a", "#n/a", "#na", "nan", "null", "none", "nil", "<na>",
    "(null)", "nat", "\\n", "#value!", "#ref!", "#div/0!", "#null!", "#num!", "not available", "–", "—", "k.a.",
    "0000-00-00", "0000-00-00 00:00:00", "00.00.0000", "00/00/0000",
}  # fmt: skip
MOSTLY = 0.9  # share of numbers from which a column with a few odd entries still counts as numeric
LACKING = {  # words for "missing" that may be categories where no numbers stand
    "unknown", "missing", "not applicable", "not known", "no data", "nd", "n.d.", "k. a.", "keine angabe", "unbekannt", "s/o",
    "inconnu", "no disponible", "sin dato", "sin datos", "desconocido", "н/д", "нет данных", "없음", "해당없음", "해당 없음",
    "n/d", "*", "**", "***", ":", "미상", "모름", "무응답", "결측", "無", "无", "不明", "未知", "なし",
}  # fmt: skip
_FEW_ODD = 3  # entries of a short column
_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
_SECTION = re.compile(r"\d{1,2}\.[1-9]\d?")
_VERSION = re.compile(r"\d{1,2}\.\d{1,2}")
_FEW_POINTED = 3  # different texts with a point tell nothing about it
_FEW_SECTIONS = 20
_FEW_WORDS, _MANY_NUMBERS = 2, 15  # different ones
_DAY_AND_MONTH = re.compile(r"(0[1-9]|[12]\d|3[01])\.(0[1-9]|1[0-2])|(0[1-9]|1[0-2])\.(0[1-9]|[12]\d|3[01])")
_USUAL = (0.01, 0.99)  # between these quantiles


def too_many(odd: int, entries: int) -> bool:
    """Whether so many of the entries of a column fit not: more than a tenth, and in a short one than three or half of them."""
    return odd > min(_FEW_ODD, entries / 2) and not are_few(odd, entries)


def are_few(odd: int, entries: int) -> bool:
    """Whether they are a tenth or fewer."""
    return 10 * odd <= entries


@dataclass(frozen=True)
class Reading:
    """How a column of texts was read as numbers.

    Attributes:
        values: float64, one for each text, NaN where it is none.
        style: what was taken off, for a note ("" if the texts were plain numbers).
        example: a text that shows it.
        rule: what further texts of the column mean.
        doubts: what else was decided, in sentences that begin after the name of the column.
    """

    values: np.ndarray
    style: str
    example: str
    rule: NumberRule
    doubts: list[str] = field(default_factory=list)


def uses_decimal_comma(texts: list[str]) -> bool | None:
    """Whether numbers among the texts have a decimal comma; None if nothing tells."""
    return _has_decimal_comma([w for w in map(take_apart, texts) if w is not None])


def _has_decimal_comma(written: Collection[Written]) -> bool | None:
    is_whole = _shows_no_decimals(written)
    said = [s for w in written if (s := _decimal_sign(w, is_whole)) is not None]
    comma, point = said.count(","), said.count(".")
    return None if comma == point else comma > point


def _decimal_sign(w: Written, is_whole: bool) -> str | None:
    """The sign before decimals that a number tells, if it does; `is_whole` says so of money without decimals."""
    if w.cents:
        return None
    if UNCLEAR.fullmatch(w.body):
        sign, other = ",." if "," in w.body else ".,"
        if is_whole and _is_of_whole_money(w):
            return other
        return sign if w.power else None  # what has a power has no thousands
    if COMMAED.fullmatch(w.body):
        return ","
    return "." if POINTED.fullmatch(w.body) or ("." in w.body and PLAIN.fullmatch(w.body)) else None


def _is_of_whole_money(w: Written) -> bool:
    """Whether a number is money that has no decimals, so that a point before three digits is one between thousands."""
    return bool({w.before, w.after.casefold()} & WITHOUT_DECIMALS)


def _shows_no_decimals(written: Iterable[Written]) -> bool:
    """Whether no money of those that have no decimals shows some all the same, as yuan under ¥ and rates do: ¥0.35, ¥2.5."""
    return not any(
        _is_of_whole_money(w)
        and "." in w.body
        and not UNCLEAR.fullmatch(w.body)
        and (PLAIN.fullmatch(w.body) or POINTED.fullmatch(w.body))
        for w in written
    )


def usual_sizes(values: np.ndarray) -> tuple[float, float]:
    """Between which the sizes of numbers lie, 0 and the rarest aside; both 0 where there are none."""
    sizes = np.abs(values[(values != 0) & ~np.isnan(values)])
    low, high = np.quantile(sizes, _USUAL).tolist() if len(sizes) else (0.0, 0.0)
    return low, high


def read_numbers(known: list[str], table_comma: bool | None) -> Reading | None:
    """The numbers that nearly all of the texts are, or None if they are better kept as text.

    Codes are no numbers: digits with a leading zero (zip codes, ids), more digits than float64 holds, 1E2, addresses of
    machines, numbers in different units or currencies.

    Args:
        known: the texts that are not missing.
        table_comma: whether the table elsewhere has decimal commas, which decides where 1,234 could be either; None if it does
            not tell.
    """
    texts = Texts(known)
    if not texts.written or texts.are_codes():
        return None
    comma, doubts = texts.decimal_comma(table_comma)
    rule = texts.rule(comma)
    number = texts.numbers(rule)
    values = np.array([number[text] for text in known], dtype="float64")
    lacking = tuple(text.casefold() for text in texts.words_for_missing(number))
    if not _suffice(known, values, lacking):
        return None
    doubts += texts.told_of_units(rule) + texts.told_of_days() + texts.told_of_places()
    return Reading(
        values,
        *_style(known, number, texts.written, rule),
        replace(texts.as_found(rule, number), lacking=lacking),
        doubts,
    )


def why_no_numbers(known: list[str]) -> str:
    """What keeps texts that are numbers for the most part from being read as such, or "" if they are not."""
    texts = Texts(known)
    if 2 * sum(texts.rows[text] for text in texts.written) <= len(known) or texts.are_codes():
        return ""
    comma, _ = texts.decimal_comma(False)
    rule = texts.rule(comma)
    odd = [text for text in texts.rows if np.isnan(rule.value(text)) and text.casefold() not in LACKING]
    units = sorted(set(texts.units.values()) - {""})
    if rule.units is not None and not set(texts.units.values()) <= set(rule.units):
        examples = [
            next(t for t, unit in texts.units.items() if unit == u)
            for u in dict.fromkeys((*units, *texts.units.values()))
        ]
        return f"most entries look like numbers, but in different units ({', '.join(map(repr, examples[:3]))})"
    if not odd:
        return ""
    count = sum(texts.rows[text] for text in odd)
    return f"most entries look like numbers, but {count} do not ({', '.join(map(repr, odd[:3]))})"


def _suffice(known: list[str], values: np.ndarray, words: tuple[str, ...]) -> bool:
    """Whether the numbers are nearly all of the texts that are no words for missing ones, and half of all."""
    unread = int(np.isnan(values).sum())
    if are_few(unread, len(known)):
        return True
    lacking = sum(text.casefold() in LACKING or text.casefold() in words for text in known)
    return are_few(unread - lacking, len(known) - lacking) and 2 * unread < len(known)


def _are_parts(texts: Iterable[str]) -> bool:
    """Whether brackets belong to the entries, as in 12 [3] and 1[a]: nearly all have one, and not all the same."""
    marks = [_mark_of(text) for text in texts]
    return are_few(marks.count(""), len(marks)) and len(set(marks) - {""}) > 1


def _mark_of(text: str) -> str:
    return text[len(without_footnotes(text)) :]


class Texts:
    """The different texts of a column.

    Attributes: `rows`, how many have each; `written`, the parts of those that may be numbers; `factors` of k, M, ...;
    `units` of those texts.
    """

    def __init__(self, known: list[str] | Mapping[str, int]):
        self.rows = Counter(dict(sorted(Counter(known).items())))
        parts = {text: take_apart(text) for text in self.rows}
        if any(text[0] in "▼▽" for text in parts):  # beside which ▲ is no minus
            parts = {text: None if text[0] in "▲△" else w for text, w in parts.items()}
        if _are_parts(parts):
            parts = {text: None if _mark_of(text) else w for text, w in parts.items()}
        self.written = {text: w for text, w in parts.items() if w is not None}
        self.factors = multiples(list(self.written.values()))
        self.units = {text: unit_of(w, self.factors) for text, w in self.written.items()}

    def are_codes(self) -> bool:
        bare = {t: w for t, w in self.written.items() if not w.before and not w.after}
        whole = [t for t, w in bare.items() if w.body.isdigit() and not w.power]
        if any(len(bare[t].body) > 15 for t in whole) or self._have_leading_zeros([(t, bare[t].body) for t in whole]):
            return True
        powers = [w for w in bare.values() if w.power]
        if powers and all(w.power[0] == "E" and w.power[1:].isdigit() and w.body.isdigit() for w in powers):
            return True
        bodies = [w.body for w in self.written.values()]
        if all(_ADDRESS.fullmatch(b) and all(int(part) <= 255 for part in b.split(".")) for b in bodies):
            return True
        if len(bodies) > _FEW_SECTIONS:
            return False
        are_sections = all(_SECTION.fullmatch(b) for b in bodies) and len(set(map(float, bodies))) < len(set(bodies))
        return are_sections or self._are_versions()

    def _are_versions(self) -> bool:
        """Whether they count on beyond .9, as 1.9 and 1.10."""
        bodies = [w.body for w in self.written.values()]
        tens = {body[:-1] for body in bodies if body.endswith(".10")}
        return all(map(_VERSION.fullmatch, bodies)) and any(f"{ten[:-1]}9" in bodies for ten in tens)

    def _have_leading_zeros(self, whole: list[tuple[str, str]]) -> bool:
        """Whether digits are codes of one length, as 00501; a few short ones, as 05 beside 125, are numbers."""
        zeros = [(text, body) for text, body in whole if len(body) > 1 and body[0] == "0"]
        longest = max((len(body) for _, body in whole), default=0)
        few = are_few(sum(self.rows[text] for text, _ in zeros), self.rows.total())
        return bool(zeros) and not (few and all(len(body) < longest and float(body) for _, body in zeros))

    def told_comma(self) -> bool | None:
        """Whether the comma is the decimal one, as far as the numbers tell; None if nothing but one of many does."""
        told = _has_decimal_comma(self.written.values())
        return None if told and self._is_comma_stray() else told

    def decimal_comma(self, of_table: bool | None) -> tuple[bool, list[str]]:
        """Whether the comma is the decimal one, and what was doubtful about it."""
        told = self.told_comma()
        if told is not None:
            return told, []
        if _has_decimal_comma(self.written.values()):
            return False, []
        bodies, pointed, whole = self._bodies()
        if of_table or not pointed or any("," in body for body in bodies.values()):
            return bool(of_table), []
        example = pointed[0]
        if not any(whole):
            doubt = f"{example!r} is read with a decimal point; it may be one between thousands"
            return False, [doubt] if of_table is None else []
        if len(pointed) >= _FEW_POINTED and 100 <= max(whole) < 1000:
            digits = bodies[example].replace(".", "")
            return True, [f"a point before three digits is read as one between thousands: {example!r} as {digits}"]
        return False, [
            f"{example!r} is read with a decimal point; beside whole numbers it may be one between thousands"
        ]

    def _bodies(self) -> tuple[dict[str, str], list[str], list[int]]:
        """The digits and separators of texts, those texts with a point that could be either, and the whole numbers."""
        bodies = {text: w.body for text, w in self.written.items() if not w.power}
        is_whole = _shows_no_decimals(self.written.values())
        pointed = [
            text
            for text, body in bodies.items()
            if "." in body and UNCLEAR.fullmatch(body) and not (is_whole and _is_of_whole_money(self.written[text]))
        ]
        return bodies, pointed, [int(body) for body in bodies.values() if body.isdigit()]

    def _is_comma_stray(self) -> bool:
        """Whether the numbers with a decimal comma are few beside those with a point, which would part their thousands."""
        _, pointed, whole = self._bodies()
        separated = [w.body for w in self.written.values() if set(w.body) & set(".,")]
        return are_few(len(separated) - len(pointed), len(pointed)) and not whole

    def rule(self, comma: bool) -> NumberRule:
        """What texts mean, with the units that may stand together."""
        rows: Counter[str] = Counter()
        for text, unit in self.units.items():
            rows[unit] += self.rows[text]
        return NumberRule(comma, self.factors, taken_units(rows, self.are_fractions_bare(comma)))

    def are_fractions_bare(self, comma: bool) -> bool:
        """Whether numbers without a unit look like fractions of those in percent."""
        if PERCENT not in self.units.values():
            return False
        sizes: dict[bool, list[float]] = {True: [], False: []}
        for text, w in self.written.items():
            sizes[self.units[text] == PERCENT].append(value_of_body(w.body, w.power, comma))
        bare, percent = ([v for v in part if v and not np.isnan(v)] for part in (sizes[False], sizes[True]))
        return bool(bare and percent) and max(bare) <= 1 and max(percent) > 1

    def numbers(self, rule: NumberRule) -> dict[str, float]:
        """What each text is by a rule; NaN for no number."""
        number = {text: float(text) if text.casefold() in INFINITE else float("nan") for text in self.rows}
        if rule.times:
            return {text: rule.value(text) for text in self.rows}
        return number | {text: rule.value_of(w) for text, w in self.written.items()}

    def words_for_missing(self, number: dict[str, float]) -> list[str]:
        """What stands for missing ones among many different numbers: a word or two without digits, in several rows each."""
        odd = [text for text, value in number.items() if np.isnan(value)]
        if not 0 < len(odd) <= _FEW_WORDS or len(number) - len(odd) < _MANY_NUMBERS:
            return []
        are_words = all(self.rows[text] > 1 and not any(c.isdigit() for c in text) for text in odd)
        return odd if are_words and 2 * sum(self.rows[text] for text in odd) < self.rows.total() else []

    def as_found(self, rule: NumberRule, number: dict[str, float]) -> NumberRule:
        """The rule, and what it found in the numbers."""
        read = {text: w for text, w in self.written.items() if not np.isnan(number[text])}
        decimal, group = (",", ".") if rule.comma else (".", ",")
        has_decimals = any(decimal in w.body for w in read.values())
        has_groups = any(
            group in w.body and not w.power and (UNCLEAR.fullmatch(w.body) or not PLAIN.fullmatch(w.body))
            for w in read.values()
        )
        seen = tuple(sorted({self.units[text] for text in read}))
        places = [len(w.body.rpartition(decimal)[2]) for w in read.values() if decimal in w.body]
        low, high = usual_sizes(np.array([number[text] for text in read], dtype="float64"))
        three = places.count(3) / len(places) if places else 0.0
        return replace(
            rule, seen=seen, has_decimals=has_decimals, has_groups=has_groups, three=three, low=low, high=high
        )

    def told_of_days(self) -> list[str]:
        """Whether the numbers may be days and months, as 01.03."""
        bodies = {text: w.body for text, w in self.written.items()}
        if not all(_DAY_AND_MONTH.fullmatch(body) for body in bodies.values()):
            return []
        first = next((text for text, body in bodies.items() if body[0] == "0"), None)
        return (
            [] if first is None else [f"{first!r} is read as a number; if it is a day and a month, write the year too"]
        )

    def told_of_places(self) -> list[str]:
        """Whether the numbers may be versions or sections, as 1.20 beside 1.3, which would be less."""
        bodies = {w.body: text for text, w in self.written.items()}
        if len(bodies) > _FEW_SECTIONS or not all(map(_VERSION.fullmatch, bodies)):
            return []
        long = next((body for body in bodies if body[-3] == "." and body.endswith("0")), None)
        short = next((body for body in bodies if body[-2] == "." and long and body[:-1] == long[:-2]), None)
        if long is None or short is None:
            return []
        return [
            f"{bodies[long]!r} is read as a number beside {bodies[short]!r}; if these are versions, put a letter before them"
        ]

    def told_of_units(self, rule: NumberRule) -> list[str]:
        """How many numbers stand without the unit that others have."""
        bare = [t for t, u in self.units.items() if not u and rule.value(t)]
        if not rule.units or not bare or set(self.units.values()) == {""}:
            return []
        unit = rule.units[0]
        if len(rule.units) == 1:
            what = f"with the unit {unit!r}" if unit else "without a unit"
            return [f"only numbers {what} are taken, since those with and without one may not mean the same"]
        dressed = [t for t, u in self.units.items() if u == unit]
        count = sum(self.rows[text] for text in bare)
        return [
            f"numbers with and without the unit {unit!r} are taken as the same ({dressed[0]!r}, {bare[0]!r}; without it: "
            f"{count} of {self.rows.total()})"
        ]


def _style(
    known: list[str], number: dict[str, float], written: dict[str, Written], rule: NumberRule
) -> tuple[str, str]:
    for text in known:
        w = written.get(text)
        if w is None or np.isnan(number[text]):
            continue
        if _mark_of(text):
            return "footnote", text
        if rule.factors and w.after:
            return "multiples", text
        if w.before or w.after:
            return f"{w.before or w.after!s}", text
        if not PLAIN.fullmatch(w.body) or (rule.comma and UNCLEAR.fullmatch(w.body)):
            return "separators", text
        if w.body.isdigit() and len(w.body) > 1 and w.body[0] == "0":
            return "leading zero", text
        if w.negative and text.strip()[0] not in "-−":
            return "negative", text
    return "", ""
