"""Numbers read a column at once are those that the rule reads one by one, to the bit."""

import numpy as np
import pytest

from lamina.tables._large._fields import Fields
from lamina.tables._large._usual import usual_numbers
from lamina.tables._number_rule import NumberRule

pyarrow = pytest.importorskip("pyarrow")
USUAL = {
    False: ["7", "-0.5", "1e3", "2.5E-7", "007", "1,234", "-12,345,678.25", "$5", "-€1,000.5", "94%", "12.5 %", "-0", "1.234"],
    True: ["7", "-0,5", "1.234", "12.345.678,25", "1234,5", "5,25 %", "€3,5", "-1.000", "12"],
}  # fmt: skip
PARTS = [
    "1",
    "12",
    "234",
    "0",
    "-",
    "+",
    ".",
    ",",
    "%",
    " ",
    "$",
    "€",
    "e",
    "E5",
    "k",
    "'",
    "(",
    ")",
    "x",
    "_",
    "1e400",
    "é",
]


@pytest.mark.parametrize("comma", [False, True])
@pytest.mark.parametrize("factors", [{}, {"k": 1000.0}])
def test_as_the_rule_reads_them(comma, factors):
    rule, rng = NumberRule(comma, factors), np.random.default_rng(3)
    texts = ["".join(rng.choice(PARTS, rng.integers(1, 7))).strip() for _ in range(20_000)]
    texts += [repr(v) for v in np.exp(rng.normal(0, 40, 3000)).tolist()] + USUAL[comma] + ["", "n/a"]
    for some in (texts, USUAL[comma], [f"{v:.5f}" for v in rng.normal(0, 99, 2000)]):
        numbers, is_usual = usual_numbers(Fields(pyarrow.array(some)), rule)
        wanted = np.array([rule.value(t) if usual else np.nan for t, usual in zip(some, is_usual.tolist())])
        np.testing.assert_array_equal(numbers.view("int64") * is_usual, wanted.view("int64") * is_usual)
        assert np.isnan(numbers[~is_usual]).all()
    numbers, is_usual = usual_numbers(Fields(pyarrow.array(USUAL[comma])), rule)
    assert is_usual.all() and numbers[0] == 7


def test_units_are_those_of_the_rule():
    texts = ["5", "$5", "€5", "5%", "1e3"]
    for units, usual in (
        (("$", ""), [True, True, False, False, True]), (("%",), [False, False, False, True, False]),
        (("kg",), [False] * 5), (("k", "m"), [False] * 5), (("",), [True, False, False, False, True]), (None, [True] * 5),
    ):  # fmt: skip
        rule = NumberRule(units=units)
        numbers, is_usual = usual_numbers(Fields(pyarrow.array(texts)), rule)
        assert is_usual.tolist() == usual
        np.testing.assert_array_equal(numbers[is_usual], [rule.value(t) for t, u in zip(texts, usual) if u])


@pytest.mark.parametrize("units", [("$", ""), ("%", ""), ("%",), ("€",), ("",), ("k", "m")])
@pytest.mark.parametrize("comma", [False, True])
def test_what_a_rule_with_units_does_not_take_is_not_usual(comma, units):
    rule, rng = NumberRule(comma, {"m": 1000.0}, units), np.random.default_rng(4)
    texts = ["".join(rng.choice(PARTS, rng.integers(1, 6))).strip() for _ in range(10_000)] + USUAL[comma]
    numbers, is_usual = usual_numbers(Fields(pyarrow.array(texts)), rule)
    np.testing.assert_array_equal(numbers[is_usual], [rule.value(t) for t, usual in zip(texts, is_usual) if usual])
    assert np.isnan(numbers[~is_usual]).all() and not np.isnan(numbers[is_usual]).any()
