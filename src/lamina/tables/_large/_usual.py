"""Texts that are numbers in one of the usual ways, a whole column at once."""

from typing import Any

import numpy as np

from lamina._lazy import lazy_module

from .._numbers import NumberRule, Unit
from ._fields import Fields

pyarrow: Any = lazy_module("pyarrow")
compute: Any = lazy_module("pyarrow.compute")

_PLAIN = r"^-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?$"
_BARE: Unit = ("", "")
_SIGNS, _PERCENT = "$€£¥₩", "%"
# Whether the comma is the decimal one -> digits with separators, those that are taken off, what becomes the point.
_DRESSED = {
    False: (r"(?:[0-9]{1,40}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,10})(?:\.[0-9]{1,40})?", ",", None),
    True: (r"(?:[0-9]{1,40}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,10})(?:,[0-9]{1,40})?", ".", ","),
}


def usual_numbers(fields: Fields, rule: NumberRule) -> tuple[np.ndarray, np.ndarray]:
    """float64 `(rows,)`, and which of the texts are usual: the numbers of the others are NaN.

    Usual are digits with a sign, a decimal point or comma, thousands separators, the sign of a currency, percent; not
    what a rule with factors may multiply, and with a decimal comma no points that could be either; of a strict rule, numbers
    in its units if it has bare ones.
    """
    array = fields.array
    if rule.is_strict and _BARE not in rule.units:
        return np.full(len(array), np.nan), np.zeros(len(array), bool)
    if not rule.comma:
        is_usual = compute.match_substring_regex(array, _PLAIN)
        if not compute.all(compute.or_(is_usual, compute.equal(array, ""))).as_py():
            is_usual, array = _undressed(array, rule, is_usual)
    else:
        is_usual, array = _undressed(array, rule, None)
    numbers = compute.if_else(is_usual, array, None).cast(pyarrow.float64())
    return numbers.to_numpy(zero_copy_only=False).copy(), is_usual.to_numpy(zero_copy_only=False)


def _undressed(array: Any, rule: NumberRule, is_plain: Any) -> tuple[Any, Any]:
    """Which texts are usual, and these with nothing but digits, sign and point."""
    digits, removed, point = _DRESSED[rule.comma]
    signs, percent = [s for s in _SIGNS if _takes(rule, (s, ""))], _takes(rule, ("", _PERCENT))
    sign = f"[{''.join(signs)}]?" if signs else ""
    pattern = rf"^-?{sign}{digits}{'(?: ?%)?' if percent else ''}$"
    is_usual = compute.match_substring_regex(array, pattern)
    bare = compute.replace_substring_regex(array, f"[{removed}{_SIGNS}{_PERCENT} ]", "")
    if point is not None:
        return is_usual, compute.replace_substring(bare, point, ".")
    return compute.or_(is_usual, is_plain), compute.if_else(is_plain, array, bare)


def _takes(rule: NumberRule, unit: Unit) -> bool:
    return not rule.is_strict or unit in rule.units
