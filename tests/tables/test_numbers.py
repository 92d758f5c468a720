"""Numbers as people write them, and what is no number."""

import numpy as np
import pytest

from lamina.tables._numbers import read_numbers, uses_decimal_comma


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1", "-2.5", "+3", ".5", "6."], [1, -2.5, 3, 0.5, 6]),
        (["1e3", "2.5E-4", "-1e0"], [1000, 0.00025, -1]),
        (["40,772", "1,234,567", "12"], [40772, 1234567, 12]),
        (["1,234.5", "7.25"], [1234.5, 7.25]),
        (["1.234,5", "2,5", "3"], [1234.5, 2.5, 3]),
        (["1.234.567", "12"], [1234567, 12]),
        (["0,123", "0,456"], [0.123, 0.456]),
        (["0.123", "0.456"], [0.123, 0.456]),
        (["1 234,5", "12"], [1234.5, 12]),
        (["1\u00a0234", "1\u202f234\u202f567"], [1234, 1234567]),
        (["1'234.50", "1’000"], [1234.5, 1000]),
        (["1,23,456.00", "12,34,567"], [123456, 1234567]),
        (["$5,897.00", "$1"], [5897, 1]),
        (["5 €", "1,5 €"], [5, 1.5]),
        (["EUR 5", "EUR 6.5"], [5, 6.5]),
        (["₩1,000", "₩2,000,000"], [1000, 2000000]),
        (["1,000원", "2,500원"], [1000, 2500]),
        (["-$5", "$3", "$-2"], [-5, 3, -2]),
        (["94%", "3 %", "12.5%"], [94, 3, 12.5]),
        (["12 kg", "5kg", "3"], [12, 5, 3]),
        (["36.6 °C", "40 °C"], [36.6, 40]),
        (["(1,234)", "5"], [-1234, 5]),
        (["5-", "3"], [-5, 3]),
        (["−5", "３"], [-5, 3]),
        (["1.2k", "3M", "950"], [1200, 3e6, 950]),
        (["3억", "5만"], [3e8, 5e4]),
        (["inf", "-Infinity", "1"], [np.inf, -np.inf, 1]),
    ],
    ids=str,
)
def test_numbers(texts, numbers):
    np.testing.assert_allclose(read_numbers(texts, False).values, numbers, rtol=1e-15)


@pytest.mark.parametrize(
    "texts",
    [
        ["00501", "12345"], ["01", "2"], ["12345678901234567", "1"], ["A12", "B3"], ["12:30", "1:10"], ["3/4", "1/2"],
        ["1st", "2nd", "3rd"], ["$5", "€6"], ["12 kg", "500 g"], ["1.2.3", "4.5.6"], ["10-20", "20-30"], ["1_000"],
        ["010-1234-5678"], ["192.168.0.1"], ["x"], ["1 2", "3 4"], [">5", "<3"],
    ],
    ids=str,
)  # fmt: skip
def test_no_numbers(texts):
    assert read_numbers(texts, False) is None


def test_what_could_be_either_follows_the_table():
    assert read_numbers(["1,234", "5,678"], False).values.tolist() == [1234, 5678]
    assert read_numbers(["1,234", "5,678"], True).values.tolist() == [1.234, 5.678]
    assert read_numbers(["1.234", "5.678"], False).values.tolist() == [1.234, 5.678]
    assert read_numbers(["1.234", "5.678"], True).values.tolist() == [1234, 5678]
    # The column itself decides before the table does.
    assert read_numbers(["1,234", "1,234,567"], True).values.tolist() == [1234, 1234567]
    assert uses_decimal_comma(["1,5", "x", "2"]) is True
    assert uses_decimal_comma(["1.5", "1,234"]) is False
    assert uses_decimal_comma(["1,234", "7"]) is None


def test_a_few_odd_entries_are_no_number_and_many_make_text():
    texts = [str(i) for i in range(19)]
    values = read_numbers([*texts, "broken"], False).values
    assert np.isnan(values[-1]) and values[:-1].tolist() == list(range(19))
    assert read_numbers([*texts[:4], "broken"], False) is None


def test_the_example_shows_what_was_taken_off():
    assert read_numbers(["5", "$7"], False).example == "$7"
    assert read_numbers(["5", "1,234"], False).style == "separators"
    assert read_numbers(["5", "7.5"], False).style == ""
