"""Texts that are numbers in one of the usual ways, a whole column at once."""

from typing import Any

import numpy as np

from lamina._lazy import lazy_module

from .._numbers import NumberRule
from ._fields import Fields

pyarrow: Any = lazy_module("pyarrow")
compute: Any = lazy_module("pyarrow.compute")

_PLAIN = r"^-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?$"
_SIGNS = "[$€£¥₩]?"
# Whether the comma is the decimal one -> the pattern, what is taken off, what becomes the point.
_DRESSED = {
    False: (
        rf"^-?{_SIGNS}(?:[0-9]{{1,40}}|[1-9][0-9]{{0,2}}(?:,[0-9]{{3}}){{1,10}})(?:\.[0-9]{{1,40}})?(?: ?%)?$",
        r"[,$€£¥₩% ]",
        None,
    ),
    True: (
        rf"^-?{_SIGNS}(?:[0-9]{{1,40}}|[1-9][0-9]{{0,2}}(?:\.[0-9]{{3}}){{1,10}})(?:,[0-9]{{1,40}})?(?: ?%)?$",
        r"[.$€£¥₩% ]",
        ",",
    ),
}


def usual_numbers(fields: Fields, rule: NumberRule) -> tuple[np.ndarray, np.ndarray]:
    """float64 `(rows,)`, and which of the texts are usual: the numbers of the others are NaN.

    Usual are digits with a sign, a decimal point or comma, thousands separators, the sign of a currency, percent; not
    what a rule with factors may multiply, and with a decimal comma no points that could be either.
    """
    array = fields.array
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
    pattern, removed, point = _DRESSED[rule.comma]
    is_usual = compute.match_substring_regex(array, pattern)
    bare = compute.replace_substring_regex(array, removed, "")
    if point is not None:
        return is_usual, compute.replace_substring(bare, point, ".")
    return compute.or_(is_usual, is_plain), compute.if_else(is_plain, array, bare)
