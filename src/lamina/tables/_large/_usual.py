"""Texts that are numbers in one of the usual ways, a whole column at once."""

from typing import Any

import numpy as np

from lamina._lazy import lazy_module

from .._number_rule import NumberRule
from .._units import PERCENT
from ._fields import Fields

pyarrow: Any = lazy_module("pyarrow")
compute: Any = lazy_module("pyarrow.compute")

_PLAIN = r"^-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?$"
_SIGNS = "$€£¥₩"
# Whether the comma is the decimal one -> digits, what is taken off, what becomes the point.
_DIGITS = {
    False: (r"(?:[0-9]{1,40}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,10})(?:\.[0-9]{1,40})?", r"[,$€£¥₩% ]", None),
    True: (r"(?:[0-9]{1,40}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,10})(?:,[0-9]{1,40})?", r"[.$€£¥₩% ]", ","),
}


def usual_numbers(fields: Fields, rule: NumberRule) -> tuple[np.ndarray, np.ndarray]:
    """float64 `(rows,)`, and which of the texts are usual: the numbers of the others are NaN.

    Usual are digits with a sign, a decimal point or comma, thousands separators, the sign of a currency, percent; not
    what a rule with factors may multiply, and with a decimal comma no points that could be either; and only numbers in
    units of the rule.
    """
    array = fields.array
    if rule.times:
        return np.full(len(array), np.nan), np.zeros(len(array), bool)
    if not rule.comma and (rule.units is None or "" in rule.units):
        is_usual = compute.match_substring_regex(array, _PLAIN)
        if not compute.all(compute.or_(is_usual, compute.equal(array, ""))).as_py():
            is_usual, array = _undressed(array, rule, is_usual)
    else:
        is_usual, array = _undressed(array, rule, None)
    numbers = compute.if_else(is_usual, array, None).cast(pyarrow.float64())
    return numbers.to_numpy(zero_copy_only=False).copy(), is_usual.to_numpy(zero_copy_only=False)


def _undressed(array: Any, rule: NumberRule, is_plain: Any) -> tuple[Any, Any]:
    """Which texts are usual, and these with nothing but digits, sign and point."""
    digits, removed, point = _DIGITS[rule.comma]
    is_usual = compute.match_substring_regex(array, _pattern(digits, rule.units))
    bare = compute.replace_substring_regex(array, removed, "")
    if point is not None:
        return is_usual, compute.replace_substring(bare, point, ".")
    if is_plain is None:
        return is_usual, bare
    return compute.or_(is_usual, is_plain), compute.if_else(is_plain, array, bare)


def _pattern(digits: str, units: tuple[str, ...] | None) -> str:
    """Digits with the units that the rule takes: a sign before them, or percent after them."""
    forms = [f"[{_SIGNS}]?{digits}(?: ?%)?"]
    if units is not None:
        forms = [f"[{unit}]{digits}" for unit in units if unit and unit in _SIGNS]
        forms += [f"{digits} ?%"] * (PERCENT in units) + [digits] * ("" in units)
    return f"^-?(?:{'|'.join(forms)})$" if forms else r"^\b$"
