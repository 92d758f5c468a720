"""Thousands and millions as words and signs, with and without a currency."""

import numpy as np
import pytest

from lamina.tables._frames import as_table
from lamina.tables._multiples import in_one_number, multiple_and_currency, plain_multiple


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ("Mio. €", ("mio", "€")), ("Mio €", ("mio", "€")), ("k€", ("k", "€")), ("T€", ("tsd", "€")), ("TEUR", ("tsd", "eur")),
        ("Mrd. EUR", ("mrd", "eur")), ("тыс. руб.", ("тыс", "руб.")), ("млн ₽", ("млн", "₽")), ("億円", ("億", "円")),
        ("만원", ("만", "원")), ("Md €", ("mrd", "€")), ("mm$", ("m", "$")),
        ("€", None), ("kr", None), ("kg", None), ("mm", None), ("m2", None), ("km/h", None), ("", None), ("x €", None),
    ],
)  # fmt: skip
def test_before_a_currency(after, found):
    assert multiple_and_currency(after) == found


def test_points_of_abbreviations():
    assert [plain_multiple(text) for text in ("mio.", "тыс.", "kg.", "p.m.")] == ["mio", "тыс", "kg.", "p.m."]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("3억 5,000만원", "350000000원"), ("1億2000万円", "120000000円"), ("2조 100억", "2010000000000"), ("1억 2", "100000002"),
        ("2억", "2억"), ("9,000만원", "9,000만원"), ("1万2000", "1万2000"), ("1억 20000만", "1억 20000만"), ("5000", "5000"),
    ],
)  # fmt: skip
def test_numbers_by_their_parts(text, plain):
    assert in_one_number(text) == plain


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1,5 Mio. €", "300 Tsd. €", "2 Mrd. €", "950 €"], [1.5e6, 3e5, 2e9, 950]), (["12 k€", "3 k€"], [12e3, 3e3]),
        (["€ 3,25 Mrd.", "€ 1,5 Mrd."], [3.25e9, 1.5e9]), (["12 тыс. руб.", "1,5 млн руб."], [12e3, 1.5e6]),
        (["12 тыс.", "1,5 млн"], [12e3, 1.5e6]), (["3억 5,000만원", "9,000만원", "2억원"], [3.5e8, 9e7, 2e8]),
        (["500万円", "1億円"], [5e6, 1e8]), (["12万", "3亿"], [12e4, 3e8]), (["5 Mio.", "7 Mio."], [5, 7]),
        (["-1,5 Mio. €", "2 Mio. €"], [-1.5e6, 2e6]), (["5 mm", "6"], [5, 6]), (["$5mm", "$7mm"], [5e6, 7e6]),
        (["1.5 crore", "20 lakh"], [1.5e7, 2e6]),
    ],
)  # fmt: skip
def test_columns(texts, numbers):
    table = as_table({"c": texts * 6})
    np.testing.assert_allclose(table.columns["c"], numbers * 6)
    assert any("is read as numbers" in note for note in table.notes)
