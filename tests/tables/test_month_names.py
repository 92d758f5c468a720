"""Names of months in several languages."""

import pytest

from lamina.tables._date_words import in_digits
from lamina.tables._month_names import month_number


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("4. Oktober 2022", "2022-10-04"), ("Fr., 21. Jän. 2022", "2022-01-21"), ("1er août 2022", "2022-08-01"),
        ("mardi 5 juil. 2022", "2022-07-05"), ("9 de septiembre de 2022", "2022-09-09"), ("2 dic 2022", "2022-12-02"),
        ("17 luglio 2022", "2022-07-17"), ("3 de março de 2022", "2022-03-03"), ("8 mei 2022", "2022-05-08"),
        ("junho de 2022", "2022-06"), ("FEVRIER 2022", "2022-02"), ("07/2022", "2022-07"), ("11-2022", "2022-11"),
    ],
)  # fmt: skip
def test_dates(text, date):
    assert in_digits(text) == date


@pytest.mark.parametrize("text", ["Juliane 2022", "13/2022", "7/3022", "4. Oktoberfest 2022", "3 de 2022"])
def test_these_stay(text):
    assert in_digits(text) == text


def test_accents_and_case_are_nothing():
    assert {month_number(name) for name in ("März", "MARZ", "mars", "Mrz", "março")} == {3}
