"""A later table read as the one that a model was fitted on: with the same decimal comma, factors and units."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from ._columns import LEFT_OUT, NUMERIC, ORDINAL, TEXT, Column
from ._currencies import CURRENCIES
from ._from_texts import AS_MISSING, is_about, odd_note
from ._multiples import MULTIPLES
from ._number_rule import NumberRule
from ._numbers import LACKING, Texts, too_many
from ._parts import take_apart
from ._read import as_text, missing_codes
from ._table import Table
from ._target import NUMBER, Target
from ._thousands import comma_as_fitted, lie_only_otherwise, unclear_of
from ._units import PERCENT, may_lack


def read_as_fitted(table: Table, columns: list[Column], target: Target, missing: Sequence[str]) -> Table:
    """The table, its columns that a model uses read as when it was fitted; notes where that is not how they read alone.

    Numbers follow the rule that the model keeps, unless their own separators contradict it. Entries that are no numbers, or in
    another unit, are missing ones; a column with more than a few of them is left as it is, and `unfit` says why.

    Args:
        table: as it was read alone, with its raw values.
        columns, target: of the model.
        missing: values that stand for missing ones.
    """
    words, codes = {m.strip() for m in missing}, missing_codes(tuple(missing))
    for known in (*columns, target):
        name = known.name
        if name not in table.raw or known.kind == LEFT_OUT:
            continue
        if known.kind in (NUMERIC, NUMBER):
            _as_numbers(table, name, known.rule, words, codes)
        elif known.kind != ORDINAL and table.columns[name].dtype.kind == "f":
            _as_texts(table, known, words)
    return table


def _as_texts(table: Table, known: Column | Target, words: set[str]) -> None:
    """Categories as they stand in the file (00501, 1.10), where all that this table holds of them look like numbers."""
    name = known.name
    texts, numbers = as_text(table.raw[name], words), as_text(table.columns[name])
    names = known.levels if isinstance(known, Column) else known.classes
    is_wanted = (texts != numbers) & (numbers != "") & (known.kind == TEXT or np.isin(texts, names))
    if is_wanted.any():
        table.columns[name] = np.where(is_wanted, texts, numbers)
        _replace_notes(table, name, [])


def _as_numbers(table: Table, name: str, rule: NumberRule | None, words: set[str], codes: list[float]) -> None:
    alone, own = table.columns[name], table.rules.get(name)
    if alone.dtype.kind == "f" and own is None:  # typed numbers, or nothing
        if rule is None:
            return
        if rule.seen and "" not in rule.seen and not np.isnan(alone).all():
            units = _in_words(replace(rule, factors={}))
            table.notes.append(f"Column {name!r} holds plain numbers, taken to be {units}, as in the rows of the fit.")
        table.rules[name] = rule
        return
    if rule is None and own is not None and LACKING.issuperset(own.lacking):
        return
    if rule is not None and own is not None and alone.dtype.kind == "f" and _is_within(own, rule):
        table.rules[name] = rule
        return
    entries = _Entries(table.raw[name], words)
    texts = Texts(entries.counts)
    use = _rule_for(rule, own, texts, table.comma)
    if use is None:
        table.unfit[name] = _open_words(table, name, entries, texts)
        return
    number = texts.numbers(use)
    values = entries.values(number)
    values[np.isin(values, codes)] = np.nan
    odd = _Odd(rule, use, entries.counts, number)
    if odd.are_too_many(entries.known):
        table.unfit[name] = odd.refusal(table.path, name)
        return
    notes = odd.notes(name)
    if rule is not None:
        notes += _notes_on_units(name, rule, entries.counts, number)
        notes += _notes_on_separators(name, rule, use, entries, alone, values)
    if notes:
        _replace_notes(table, name, notes)
    table.columns[name], table.rules[name] = values, use
    table.dates.discard(name)


def _is_within(own: NumberRule, rule: NumberRule) -> bool:
    """Whether what a table shows alone is read by the rule of the fit as it was, which saves reading it again."""
    return (
        (own.times, own.minutes) == (rule.times, rule.minutes)
        and LACKING.union(rule.lacking).issuperset(own.lacking)
        and set(own.seen) <= set(rule.seen)
        and set(own.units or ()) == set(rule.units or ())
        and own.factors == rule.factors
        and (own.comma == rule.comma or not (own.has_decimals or own.has_groups))
        and own.has_decimals <= rule.has_decimals
        and own.has_groups <= rule.has_groups
        and not (own.three or own.has_groups)  # which may be read in two ways
    )


class _Entries:
    """The values of a column: numbers that are typed, and texts, counted in `counts`. `known` is the number of both."""

    def __init__(self, raw: np.ndarray, words: set[str]):
        self.texts = as_text(raw, words)
        is_typed = [False] * len(raw) if raw.dtype.kind == "U" else [_is_typed(value) for value in raw.tolist()]
        self.typed = np.array(is_typed, dtype=bool)
        self.raw = raw
        self.counts = Counter(self.texts[~self.typed].tolist())
        del self.counts[""]
        self.known = int((self.texts != "").sum())

    def values(self, number: dict[str, float]) -> np.ndarray:
        """float64 `(rows,)`, NaN for what is missing, by the meaning of each text."""
        values = np.array([number.get(text, np.nan) for text in self.texts.tolist()], dtype="float64")
        values[self.typed] = [float(value) for value in self.raw[self.typed].tolist()]
        return values


def _is_typed(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal, np.number)) and not isinstance(value, bool)


def _rule_for(rule: NumberRule | None, own: NumberRule | None, texts: Texts, table_comma: bool) -> NumberRule | None:
    """How texts of this table are numbers: by the model's rule, as far as they do not contradict it; None if that is open."""
    told = texts.told_comma()
    if rule is None:
        return NumberRule(bool(told))
    if told is not None:
        comma = told
    elif own is not None and table_comma:
        comma = own.comma
    else:
        found = comma_as_fitted(rule, rule.comma if own is None else own.comma, texts)
        if found is None:
            return None
        comma = found
    return _Units(rule).rule_for(comma, texts)


def _open_words(table: Table, name: str, entries: "_Entries", texts: Texts) -> str:
    """Why a column whose separators may be decimal or between thousands cannot be read."""
    unclear = unclear_of(texts)
    first, w = next(iter(unclear.items()))
    rows = table.row_numbers[np.isin(entries.texts, list(unclear)) & ~entries.typed].tolist()
    shown = ", ".join(map(str, rows[:3])) + (", ..." if len(rows) > 3 else "")
    digits = w.body.replace(",", "").replace(".", "")
    return (
        f"{table.path}: column {name!r} holds {first!r} in row {int(rows[0])}, which may be {digits} or "
        f"{digits[:-3]}.{digits[-3:]}; the rows of the fit do not tell which, and all {len(rows)} such entries (rows {shown}) "
        f"are alike. Write them without separators between thousands, or with the decimal sign of the fit."
    )


@dataclass
class _Units:
    """Which units go with those of a rule, and what their numbers are multiplied by."""

    rule: NumberRule

    def rule_for(self, comma: bool, texts: Texts) -> NumberRule:
        """A rule that takes the units of these numbers, as far as they go with those of the fit."""
        if self.rule.units is None:
            return replace(self.rule, comma=comma)
        multiples = self._multiples({w.after for w in texts.written.values()})
        factors = {**self.rule.factors, **multiples}
        known = set(self.rule.units)
        if "" not in known:
            known |= set(multiples)  # which stand for themselves, since a bare number may not mean the same
        elif PERCENT in known and texts.are_fractions_bare(comma):
            known.discard("")
        use = replace(self.rule, comma=comma, factors=factors, units=tuple(sorted(known)))
        others = {use.unit_of(w) for w in texts.written.values()} - known
        is_plain = known == {""} and not self.rule.factors
        if is_plain and len(others) == 1 and all(map(may_lack, others)):
            use = replace(use, units=("", *others))
        return use

    def _multiples(self, after: set[str]) -> dict[str, float]:
        """Of multiples that the fit did not have: as they are, or in those of the fit."""
        scale = self._scale()
        new = after & set(MULTIPLES) - set(self.rule.factors) - set(self.rule.seen)
        return {} if scale is None else {multiple: MULTIPLES[multiple] / scale for multiple in new}

    def _scale(self) -> float | None:
        """The multiple that the numbers of the fit are in; None if they are in a unit that is none."""
        if self.rule.factors or set(self.rule.seen) <= {"", *CURRENCIES}:
            return 1.0
        return MULTIPLES.get(self.rule.seen[0]) if len(self.rule.seen) == 1 else None


class _Odd:
    """Entries that are no numbers by the rule in use: `strange` ones, and `foreign` ones, in units that it does not take."""

    def __init__(self, rule: NumberRule | None, use: NumberRule, counts: Counter[str], number: dict[str, float]):
        self.rule, self.counts = rule, counts
        odd = sorted(text for text in counts if np.isnan(number[text]))
        self.count = sum(counts[text] for text in odd)
        words = LACKING if rule is None else {*LACKING, *rule.lacking}
        self.lacking = sum(counts[text] for text in odd if text.casefold() in words)
        plain = NumberRule(use.comma, use.factors, times=use.times, minutes=use.minutes)
        self.strange = [text for text in odd if rule is None or np.isnan(plain.value(text))]
        self.foreign = [text for text in odd if text not in self.strange]

    def are_too_many(self, entries: int) -> bool:
        """Whether they are more than a few of the entries, words for missing ones aside."""
        return too_many(self.count - self.lacking, entries - self.lacking)

    def refusal(self, path: str, name: str) -> str:
        """Why a column with so many of them is none of numbers."""
        if self.rule is not None and self.foreign and not self.strange:
            must, shown, what = f"be {_in_words(self.rule)}", self.foreign, "not"
        else:
            held = "times, as 1:23:45" if self.rule is not None and self.rule.times else "numbers"
            must, shown, what = f"hold {held}", self.strange, "none"
        return (
            f"{path}: column {name!r} must {must}, as when the model was fitted; {_entries(self.counts, shown)} {what}."
        )

    def notes(self, name: str) -> list[str]:
        """Sentences about few of them, which are missing ones now."""
        notes = []
        if self.rule is not None and self.foreign:
            notes.append(
                f"Column {name!r} is {_in_words(self.rule)}, as in the rows of the fit; "
                f"{_entries(self.counts, self.foreign)} not, {AS_MISSING}."
            )
        if self.strange:
            notes.append(odd_note(name, sum(self.counts[text] for text in self.strange), self.strange))
        return notes


def _notes_on_units(name: str, rule: NumberRule, counts: Counter[str], number: dict[str, float]) -> list[str]:
    """Sentences about numbers that were taken though the rows of the fit had none in such a unit."""
    by_unit: dict[str, list[str]] = {}
    for text in sorted(counts):
        written = take_apart(text)
        if written is not None and not np.isnan(number[text]):
            unit = rule.unit_of(written)
            if unit not in rule.seen:
                by_unit.setdefault(unit, []).append(text)
    return [
        f"Column {name!r} is {_in_words(rule)} in the rows of the fit; {_entries(counts, texts)} not: {texts[0]!r} is taken as "
        f"{number[texts[0]]:.15g}."
        for texts in by_unit.values()
        if rule.seen
    ]


def _notes_on_separators(
    name: str, rule: NumberRule, use: NumberRule, entries: _Entries, alone: np.ndarray, values: np.ndarray
) -> list[str]:
    """A sentence if commas and points were read otherwise than in the rows of the fit, or than the table alone would be."""
    if use.comma != rule.comma and rule.is_told:
        here, there = ("commas", "points") if use.comma else ("points", "commas")
        other = replace(use, comma=rule.comma)
        shown = [t for t in entries.counts if not _same(other.value(t), use.value(t))]
        if shown:
            return [
                f"Column {name!r} has decimal {here} here, decimal {there} in the rows of the fit: {shown[0]!r} is read as "
                f"{use.value(shown[0]):.15g}."
            ]
        return []
    unclear = unclear_of(Texts(entries.counts))
    astray = [t for t, w in unclear.items() if lie_only_otherwise(rule, use.comma, [w])]
    if astray:
        first, other = astray[0], replace(use, comma=not use.comma)
        return [
            f"Column {name!r}: {_entries(entries.counts, astray)} read as {use.value(first):.15g} and so on; the numbers of the "
            f"fit lie between {rule.low:g} and {rule.high:g}, where {other.value(first):.15g} would."
        ]
    if alone.dtype.kind != "f":
        return []
    group = "." if use.comma else ","
    parted = [t for t, w in unclear.items() if group in w.body]
    if parted and not rule.has_groups:
        return [
            f"Column {name!r} had no separators between thousands in the rows of the fit: {parted[0]!r} is read as "
            f"{use.value(parted[0]):.15g}."
        ]
    changed = np.flatnonzero(~np.isnan(alone) & ~np.isnan(values) & (alone != values))
    if not len(changed):
        return []
    i = changed[0]
    return [f"Column {name!r} is read as in the table of the fit: {str(entries.texts[i])!r} as {values[i]:.15g}."]


def _same(a: float, b: float) -> bool:
    return a == b or (np.isnan(a) and np.isnan(b))


def _in_words(rule: NumberRule) -> str:
    """`in '$' or 'k' or without a unit`."""
    named = [repr(unit) for unit in (*filter(None, rule.seen), *sorted(rule.factors))]
    said = [f"in {' or '.join(named)}"] if named else []
    return " or ".join([*said, *["without a unit"] * ("" in rule.seen)])


def _entries(counts: Counter[str], texts: list[str]) -> str:
    """`2 entries ('a', 'b') are`."""
    count = sum(counts[text] for text in texts)
    return f"{count} entr{'y' if count == 1 else 'ies'} ({', '.join(map(repr, texts[:3]))}) {'is' if count == 1 else 'are'}"


def _replace_notes(table: Table, name: str, notes: list[str]) -> None:
    """Puts these in the place of what was said of the reading of a column."""
    table.notes = [*(note for note in table.notes if not is_about(note, name)), *notes]
