"""Names of units: what is one unit in capitals too, and what is another."""

import pytest

from lamina.tables._unit_names import unit_name


@pytest.mark.parametrize(
    "one, other",
    [("kg", "KG"), ("EUR", "eur"), ("min", "Min"), ("mm", "MM"), ("mg", "MG"), ("mL", "ml"), ("GB", "gb"), ("mbps", "Mbps"),
     ("k", "K")],
)  # fmt: skip
def test_one_unit(one, other):
    assert unit_name(one) == unit_name(other)


@pytest.mark.parametrize(
    "one, other",
    [
        ("mW", "MW"), ("mm", "Mm"), ("mg", "Mg"), ("mL", "ML"), ("mPa", "MPa"), ("mg/L", "Mg/L"), ("mWh", "MWH"), ("Gb", "GB"),
        ("kb", "kB"), ("Mbps", "MBps"), ("MB/s", "Mb/s"), ("mm3", "Mm3"),
    ],
)  # fmt: skip
def test_another_unit(one, other):
    assert unit_name(one) != unit_name(other)


def test_a_unit_of_mega_is_called_as_it_is_written():
    assert [unit_name(text) for text in ("MW", "MWH", "Mg", "KW")] == ["MW", "MWh", "Mg", "kw"]


def test_units_that_end_in_s_are_not_of_several():
    assert [unit_name(text) for text in ("celsius", "gauss", "siemens", "years")] == [
        "celsius",
        "gauss",
        "siemens",
        "year",
    ]
