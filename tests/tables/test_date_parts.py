"""Quarters and weeks of a year are dates, their first day."""

import pytest

from lamina.tables._columns import describe_columns
from lamina.tables._date_parts import first_day
from lamina.tables._date_words import in_digits
from lamina.tables._frames import as_table


@pytest.mark.parametrize(
    "text",
    [
        "2024Q2",
        "2024-Q2",
        "2024 Q2",
        "Q2 2024",
        "Q2/2024",
        "2. Quartal 2024",
        "2024年第2四半期",
        "2024년 2분기",
        "T2 2024",
    ],
)
def test_quarters(text):
    assert first_day(text) == in_digits(text) == "2024-04-01"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-W05", "2024-01-29"), ("2024W05", "2024-01-29"), ("KW 5/2024", "2024-01-29"), ("2024-W05-3", "2024-01-31"),
        ("2021-W01", "2021-01-04"), ("2020-W53", "2020-12-28"), ("2021-W53", ""), ("W5", ""), ("Q5 2024", ""), ("Q2 24", ""),
        ("Audi Q3 2015", ""), ("2024Q2 estimate", ""), ("Quarter", ""), ("", ""),
    ],
)  # fmt: skip
def test_weeks_and_other_texts(text, day):
    assert first_day(text) == day


def test_a_column_of_quarters_is_one_of_dates():
    table = as_table({"q": [f"{2010 + i // 4}Q{1 + i % 4}" for i in range(60)], "y": list(range(60))})
    (column,) = describe_columns(table, "y", {}, [])
    assert column.kind == "date" and column.note == "2010-01-01 to 2024-10-01"
