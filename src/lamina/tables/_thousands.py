"""Whether a later `1,234` is 1234 or 1.234, where the fit had other separators: what lies in the range of its numbers."""

from dataclasses import replace

from ._number_rule import UNCLEAR, NumberRule
from ._numbers import MOSTLY, Texts
from ._parts import Written

_SLACK = 1.5  # beyond the smallest and the largest number of the fit
_SOME, _MANY = 0.02, 0.5  # of the decimals of a fit that have three digits


def comma_as_fitted(rule: NumberRule, alone: bool, texts: Texts) -> bool | None:
    """Whether a comma is the decimal one in numbers that do not tell themselves; None if it stays open.

    A sign that the fit had means what it meant there, unless only the other reading lies in the range of the fit, which never
    had three decimals. Another is decimal, or between thousands, where only that reading lies in the range. Where both do,
    whole numbers beside it speak for thousands, and so does a fit that never had three decimals.

    Args:
        rule: of the fit.
        alone: what the table says by itself, where the fit had no separator at all.
        texts: of the column.
    """
    unclear = unclear_of(texts)
    signs = {sign for w in unclear.values() for sign in ",." if sign in w.body}
    if len(signs) != 1:
        return rule.comma if rule.is_told else alone
    decimal = signs == {","}  # what the comma is if the sign is the decimal one
    has_both = rule.has_decimals and rule.has_groups
    if has_both or (rule.is_told and decimal == (rule.comma == rule.has_decimals)):
        is_other = rule.three <= _SOME and lie_only_otherwise(rule, rule.comma, list(unclear.values()))
        return rule.comma != is_other
    if not rule.is_told and decimal:
        return alone
    whole = [w for w in texts.written.values() if w.body.isdigit() and not w.power]
    as_decimals = _lie_within(rule, decimal, list(unclear.values())) and _lie_within(rule, decimal, whole)
    as_thousands = _lie_within(rule, not decimal, list(unclear.values()))
    if as_decimals != as_thousands:
        return decimal == as_decimals
    if not rule.is_told:
        return None if as_decimals else alone
    if (whole and rule.three <= _MANY) or (as_thousands and rule.three <= _SOME):
        return not decimal
    return None


def unclear_of(texts: Texts) -> dict[str, Written]:
    """Those of the texts that may be thousands or have three decimals."""
    return {text: w for text, w in texts.written.items() if UNCLEAR.fullmatch(w.body) and not (w.power or w.cents)}


def lie_only_otherwise(rule: NumberRule, comma: bool, written: list[Written]) -> bool:
    """Whether numbers that may be read in two ways lie out of the range of the fit with this comma, and in it with the other."""
    if not written or any(_lie_within(rule, comma, [w]) for w in written):
        return False
    return _lie_within(rule, not comma, written)


def _lie_within(rule: NumberRule, comma: bool, written: list[Written]) -> bool:
    """Whether nearly all sizes lie where those of the fit did, as far as that is known."""
    if not rule.high:
        return True
    read = replace(rule, comma=comma, units=None)
    sizes = [abs(read.value_of(w)) for w in written]
    inside = sum(rule.low / _SLACK <= size <= rule.high * _SLACK for size in sizes if size)
    return inside >= MOSTLY * sum(size != 0 for size in sizes)
