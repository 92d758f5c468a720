"""Units and currencies that are the same, factors, and which numbers go together."""

from collections import Counter

import pytest

from lamina.tables._parts import take_apart
from lamina.tables._units import may_lack, multiples, taken_units, unit_of


@pytest.mark.parametrize(
    ("texts", "factors"),
    [
        (["5k", "3M"], {"k": 1e3, "m": 1e6}), (["5k", "7"], {"k": 1e3}), (["$5k"], {"k": 1e3}), (["5k"], {}),
        (["5 m", "3 kg"], {}), (["$5"], {}),
    ],
)  # fmt: skip
def test_multiples(texts, factors):
    assert multiples([take_apart(t) for t in texts]) == factors


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("$5", "$"),
        ("5 USD", "$"),
        ("US$ 5 USD", "$"),
        ("Rs.5", "₹"),
        ("5 kg.", "kg"),
        ("5", ""),
        ("$5k", "$"),
        ("€5 kg", "€ kg"),
    ],
)
def test_unit(text, unit):
    assert unit_of(take_apart(text), {"k": 1e3}) == unit


def test_what_goes_together():
    assert taken_units(Counter({"kg": 5, "lb": 2, "": 9}), False) == ("kg", "")
    assert taken_units(Counter({"%": 5, "": 2}), False) == ("%", "")
    assert taken_units(Counter({"%": 5, "": 2}), True) == ("%",)
    assert taken_units(Counter({"cr": 5, "": 9}), False) == ("",)


def test_bare_numbers_that_none_was_beside_are_taken_where_they_can_only_mean_the_same():
    for unit, bare in (("kg", True), ("$", True), ("%", False), ("‰", False), ("k", False), ("cr", False)):
        assert may_lack(unit) == bare
        assert taken_units(Counter({unit: 5}), False) == ((unit, "") if bare else (unit,))
    assert taken_units(Counter({"": 5}), False) == ("",)
    assert taken_units(Counter({"k": 5, "kg": 1, "": 3}), False) == ("k",)
