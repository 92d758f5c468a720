"""Texts taken apart: signs of minus, brackets, raised signs, what stands before and after."""

import pytest

from lamina.tables._parts import Written, take_apart


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("5", (False, "5", "", "", "")), ("-1.5e3", (True, "1.5", "e3", "", "")), ("$ 5", (False, "5", "", "$", "")),
        ("–5", (True, "5", "", "", "")), ("△5", (True, "5", "", "", "")), ("(5)%", (True, "5", "", "", "%")),
        ("$(1,000)", (True, "1,000", "", "$", "")), ("12,-", (False, "12", "", "", "")), ("Rs. 5", (False, "5", "", "rs.", "")),
        ("7 m²", (False, "7", "", "", "m2")), ("3 Kg", (False, "3", "", "", "kg")), ("-$5", (True, "5", "", "$", "")),
        ("4 MW", (False, "4", "", "", "MW")), ("-8€95", (True, "8", "", "", "€", "95")), (",5", (False, ",5", "", "", "")),
    ],
)  # fmt: skip
def test_parts(text, written):
    assert take_apart(text) == Written(*written)


@pytest.mark.parametrize("text", ["45¹", "10²", "①", "7₂", "(5) kg", "x (5)", "No. 5", "5–7", "[5]", "5/3"])
def test_what_is_no_number(text):
    assert take_apart(text) is None
