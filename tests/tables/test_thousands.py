"""What 1,234 is in a later table: thousands or three decimals, by the numbers of the fit; open where both are possible."""

import pytest

from lamina.tables._number_rule import NumberRule
from lamina.tables._numbers import Texts, read_numbers
from lamina.tables._thousands import comma_as_fitted

TWO = [f"{v * 9:.2f}" for v in range(1, 1000)]
THREE = [f"{v / 8:.3f}" for v in range(1, 60)]
WIDE = [f"{10 ** (k / 100):.3f}" for k in range(400)]
WHOLE = [str(round(10 ** (k / 100))) for k in range(400)]


def turned(texts):
    return [text.translate(str.maketrans(",.", ".,")) for text in texts]


@pytest.mark.parametrize(
    "of_fit, later, decimal",
    [
        (TWO, ["1,234"], False),
        (TWO, ["4,567", "567"], False),
        (THREE, ["2,125", "3,250"], True),  # 2125 is out of range
        ([f"{v}.5" for v in range(5)], ["1,234"], True),
        (
            [f"{10 ** (k / 100):.2f}" for k in range(400)],
            ["1,234"],
            False,
        ),  # both in range, but three decimals never stood there
        (WIDE, ["1,234"], None),
        (WIDE, ["1,234", "567"], None),  # may be 567.000
        ([f"{v:.2f}" for v in range(100, 900)], ["12,345"], None),  # neither in range
        (THREE, ["2.125"], None),
    ],
)
def test_a_sign_that_the_fit_had_not(of_fit, later, decimal):
    for turn in (list, turned):
        first, texts = turn(of_fit), turn(later)
        rule = read_numbers(first, False).rule
        if "." in later[0]:  # the sign of the fit itself
            assert comma_as_fitted(rule, rule.comma, Texts(texts)) == rule.comma
            continue
        found = comma_as_fitted(rule, rule.comma, Texts(texts))
        assert found == (None if decimal is None else decimal == (turn is list)), texts


def test_thousands_of_the_fit_in_the_other_sign():
    rule = read_numbers([f"{100 * v:,}" for v in range(1, 60)], False).rule
    assert comma_as_fitted(rule, False, Texts(["1.200", "2.400"])) is True
    assert comma_as_fitted(rule, False, Texts(["1,200"])) is False


def test_points_after_whole_numbers():
    rule = read_numbers(WHOLE, False).rule
    assert comma_as_fitted(rule, False, Texts(["4.321"])) is None
    assert comma_as_fitted(rule, False, Texts(["4,321"])) is False
    large = read_numbers([str(v) for v in range(1000, 3000)], False).rule
    assert comma_as_fitted(large, False, Texts(["1.234"])) is True
    small = read_numbers([str(v) for v in range(1, 30)], False).rule
    assert comma_as_fitted(small, False, Texts(["1.234"])) is False


def test_models_that_kept_no_range_leave_it_open():
    old = NumberRule(has_decimals=True, three=1.0)
    assert comma_as_fitted(old, False, Texts(["1,234"])) is None
