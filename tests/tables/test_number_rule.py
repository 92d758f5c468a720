"""A rule says what a text means, and comes back from JSON as it was."""

import dataclasses
import json

import numpy as np
import pytest

from lamina.tables._number_rule import NumberRule, rule_of_json, value_of_body


@pytest.mark.parametrize(
    "body, point, comma",
    [
        ("12", 12, 12), ("1.5", 1.5, 1.5), ("1,5", np.nan, 1.5), ("1,234", 1234, 1.234), ("1.234", 1.234, 1234),
        ("1'234.5", 1234.5, 1234.5), ("12,34,567", 1234567, np.nan), ("1,2,3", np.nan, np.nan),
    ],
)  # fmt: skip
def test_digits_with_a_decimal_point_and_a_decimal_comma(body, point, comma):
    np.testing.assert_equal([value_of_body(body, "", False), value_of_body(body, "", True)], [point, comma])


def test_units_that_a_rule_does_not_take_are_no_numbers():
    rule = NumberRule(factors={"k": 1e3}, units=("$", ""), seen=("$",))
    assert [rule.value(text) for text in ("$5k", "(7)", "inf")] == [5000, -7, np.inf]
    assert np.isnan(rule.value("€5")) and np.isnan(rule.value("five"))


def test_rules_come_back_from_json():
    rule = NumberRule(True, {"k": 1e3}, ("", "$"), ("$",), True, False, 0.25, 1.0, 9.5)
    assert rule_of_json(json.loads(json.dumps(dataclasses.asdict(rule)))) == rule
    old = {"comma": True, "factors": {}, "units": None, "seen": [], "has_decimals": True, "has_groups": False}
    assert rule_of_json(old) == NumberRule(True, has_decimals=True)


@pytest.mark.parametrize("unit", ["years", "rub", "euro", "celsius", "kg", ""])
def test_units_of_older_models_are_those_of_today(unit):
    rule = rule_of_json({"units": [unit, ""], "seen": [unit]})
    assert rule.value(f"5 {unit}".strip()) == 5 and rule.seen == rule.units[:1]
