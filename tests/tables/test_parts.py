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


@pytest.mark.parametrize(
    ("text", "body", "after"),
    [
        ("1,234[1]", "1,234", ""), ("1,234 [a][2]", "1,234", ""), ("12 kg[note 3]", "12", "kg"), ("%12", "12", "%"),
        ("3 years", "3", "year"), ("1 year", "1", "year"), ("2 hrs", "2", "hr"),
        ("3 gross", "3", "gross"),
        ("‐5.5", "5.5", ""), ("Fr. 5", "5", ""), ("Rp5.000", "5.000", ""),
    ],
)  # fmt: skip
def test_footnotes_and_units_of_several(text, body, after):
    written = take_apart(text)
    assert (written.body, written.after) == (body, after)
    assert written.negative == text.startswith("‐")


@pytest.mark.parametrize("text", ["11st", "12nd", "[1]", "1,234[see]", "%", "%11A", "R5", "TL1"])
def test_what_is_none_of_these(text):
    written = take_apart(text)
    assert written is None or written.after in ("st", "nd")
