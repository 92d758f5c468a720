"""Numbers as people write them, and what is no number."""

import numpy as np
import pytest

from lamina.tables._numbers import read_numbers, uses_decimal_comma, why_no_numbers


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
        (["$5k", "$120k"], [5000, 120000]),
        (["¥1,000", "500円", "JPY 7"], [1000, 500, 7]),
        (["USD 5", "5 USD", "$6"], [5, 5, 6]),
        (["Rs. 1,000", "₹5", "rs 7"], [1000, 5, 7]),
        (["–5", "3"], [-5, 3]),
        (["△5.5", "▲1", "3"], [-5.5, -1, 3]),
        (["(5%)", "(4)%", "3%"], [-5, -4, 3]),
        (["$(5)", "$3"], [-5, 3]),
        (["12,-", "7,50"], [12, 7.5]),
        (["5 m²", "7 m²"], [5, 7]),
        (["1,5E+03", "2,25E-01"], [1500, 0.225]),
        (["4,125E-06", "-7,250e+02"], [4.125e-6, -725]),
        (["2,375E+01", "8.5"], [23.75, 8.5]),
        ([",75", "-,5", "12,25"], [0.75, -0.5, 12.25]),
        (["3€20", "17€05", "4 €"], [3.2, 17.05, 4]),
        (["1.250€90", "-7€10"], [1250.9, -7.1]),
        (["2k2", "47k", "6k8"], [2200, 47_000, 6800]),
        (["2k2", "330", "1M5"], [2200, 330, 1.5e6]),
        (["1V8", "5V", "3V3"], [1.8, 5, 3.3]),
        (["5 kg/m3", "7 kg/m3"], [5, 7]),
        (["6 l/100km"], [6]),
        (["2 tCO2", "12 m^2", "3 tCO2"][::2], [2, 3]),
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
        ["$5", "€6"], ["12 kg", "500 g"], ["1.2.3", "4.5.6"], ["10-20", "20-30"], ["1_000"],
        ["010-1234-5678"], ["192.168.0.1"], ["x"], ["1 2", "3 4"], [">5", "<3"], ["192.168.100.112", "10.100.100.250"],
        ["45¹", "10²"], ["①", "②"], ["7₂"], ["1E2", "7E5"], ["1.1", "1.2", "1.10"], ["8.86CR", "5"], ["▲5", "▼3"],
        ["61%", "0.61"], ["3B2", "7B2"], ["4x10^3", "5x10^3"], ["2h45", "3h45"], ["5€9", "6€9"], ["5 V3", "6 V3"],
        ["48°51'24", "2°21'07"],
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


def test_points_between_thousands_beside_whole_numbers():
    texts = ["512", "830", "12.345", "7.000", "1.250"]
    reading = read_numbers(texts, False)
    assert reading.values.tolist() == [512, 830, 12345, 7000, 1250] and "'1.250' as 1250" in reading.doubts[0]
    # Too few tell nothing, and numbers of 1000 or more have no point here.
    for open_texts in (["512", "12.345"], ["5120", "830", "12.345", "7.000", "1.250"]):
        reading = read_numbers(open_texts, False)
        assert reading.values[-1] in (12.345, 1.25) and "may be one between thousands" in reading.doubts[0]
    assert read_numbers(["1.234", "5.678"], False).doubts == []


def test_one_comma_does_not_part_the_thousands_of_all_others():
    texts = [f"{1 + i}.{i + 111}" for i in range(30)]
    values = read_numbers([*texts, "2,5"], False).values
    assert values[0] == 1.111 and np.isnan(values[-1])


def test_a_few_of_another_unit_are_no_numbers_and_many_make_text():
    texts = [f"{i} kg" for i in range(1, 20)]
    reading = read_numbers([*texts, "5 lb"], False)
    assert np.isnan(reading.values[-1]) and np.isnan(reading.rule.value("3 lb")) and reading.rule.value("3") == 3
    assert read_numbers([*texts, "5 lb", "6 lb", "7 lb"], False) is None


def test_numbers_without_the_unit_of_the_others_are_told():
    texts = [f"{i} kg" for i in range(1, 20)]
    assert "'kg'" in read_numbers([*texts, "12000"], False).doubts[0]
    assert "1 of 20" in read_numbers([*texts, "12000"], False).doubts[0]
    assert read_numbers([*texts, "0"], False).doubts == []
    shares = [f"{i}%" for i in range(1, 40)]
    reading = read_numbers([*shares, "0.61"], False)
    assert np.isnan(reading.values[-1]) and "with the unit '%'" in reading.doubts[0]
    assert read_numbers([*shares, "61"], False).values[-1] == 61


def test_a_short_number_with_a_zero_before_it_is_no_code():
    texts = [str(i) for i in range(100, 150)]
    reading = read_numbers([*texts, "05"], False)
    assert reading.values[-1] == 5 and reading.example == "05"
    assert read_numbers([*texts, "005"], False) is None


def test_words_for_missing_are_not_counted_as_odd():
    texts = [str(i) for i in range(12)]
    values = read_numbers([*texts, *["없음", "н/д", "unknown"] * 2], False).values
    assert values[:12].tolist() == list(range(12)) and np.isnan(values[12:]).all()
    assert read_numbers([*texts[:5], *["unknown"] * 6], False) is None


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (["5 kg", "6 kg", "3 lb"], "in different units ('5 kg', '3 lb')"),
        (["5", "6", "<5"], "1 do not ('<5')"),
        (["61%", "62%", "0.6", "0.7"], "in different units"),
        (["a", "b", "5"], ""),
        (["00501", "00502"], ""),
    ],
)
def test_why_texts_are_no_numbers(texts, why):
    assert why in why_no_numbers(texts) and bool(why) == bool(why_no_numbers(texts))


@pytest.mark.parametrize("entries", [10, 30, 70, 80, 110])
def test_exactly_a_tenth_is_a_tenth(entries):
    odd = entries // 10
    texts = [f"{v}*" if v < odd else str(v) for v in range(entries)]
    assert np.isnan(read_numbers(texts, False).values).sum() == odd
    assert read_numbers([f"{odd}*", *texts[:odd], *texts[odd + 1 :]], False) is None


@pytest.mark.parametrize("word", ["Kein Wert vorhanden", "*", "n/d", "closed"])
def test_a_repeated_word_among_many_numbers_is_missing(word):
    texts = [word if v % 4 == 0 else f"{v}.5" for v in range(80)]
    assert np.isnan(read_numbers(texts, False).values).sum() == 20


def test_words_that_may_be_categories_stay():
    assert read_numbers(["2", "4", "more"] * 20, False) is None
    assert read_numbers([f"{v}+" if v % 4 == 0 else str(v) for v in range(80)], False) is None
    assert read_numbers([f"name {'abc'[v % 3]}" if v % 4 == 0 else str(v) for v in range(80)], False) is None
    assert read_numbers(["closed" if v % 2 else str(v) for v in range(80)], False) is None


def test_digits_of_other_scripts():
    arabic = ["\u0664\u0665\u066b\u0662", "\u0661\u066c\u0662\u0663\u0664\u066b\u0665"]
    assert read_numbers(arabic, False).values.tolist() == [45.2, 1234.5]
    assert read_numbers(["\u0967\u0968", "\u0969.5"], False).values.tolist() == [12, 3.5]


def test_days_and_months_are_told():
    assert "'01.03' is read as a number" in read_numbers(["01.03", "15.12", "28.02"], False).doubts[0]
    assert read_numbers(["1.03", "15.12", "28.02"], False).doubts == []
    assert read_numbers(["01.03", "15.72"], False).doubts == []


def test_units_that_differ_in_case_alone():
    assert read_numbers(["5 MW", "7 mW"] * 20, False) is None
    reading = read_numbers(["5 Mg"] + ["7 mg"] * 20, False)
    assert np.isnan(reading.values[0]) and reading.values[1] == 7


def test_points_before_three_digits_where_nothing_else_tells():
    texts = ["2.125", "7.250", "9.375"]
    assert read_numbers(texts, None).doubts == ["'2.125' is read with a decimal point; it may be one between thousands"]
    assert not read_numbers(texts, False).doubts
    assert not read_numbers([*texts, "0.5"], None).doubts


def test_versions():
    assert read_numbers(["3.8", "3.9", "3.10", "4.0"] * 9, False) is None
    reading = read_numbers(["2.3", "2.20", "2.15"] * 9, False)
    assert any("'2.20' is read as a number beside '2.3'" in doubt for doubt in reading.doubts)
    for plain in (
        ["2.30", "2.20", "2.15"],
        ["2.0", "3.15", "4.25"],
        ["2.3", "3.20", "4.15"],
        [f"{v / 20:g}" for v in range(99)],
    ):
        assert not read_numbers(plain * 9, False).doubts


def test_marks_of_footnotes_are_told():
    reading = read_numbers(["1,234", "1,300[1]", "1,500[a]"], None)
    assert reading.values.tolist() == [1234, 1300, 1500] and reading.style == "separators"
    plain = read_numbers(["1234", "1300[1]"], None)
    assert (plain.style, plain.example) == ("footnote", "1300[1]")


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (["₩138.000", "₩12.500"], 138_000), (["Rp 856.000", "Rp 1.250.000"], 856_000), (["212.000 ₫", "900.000 ₫"], 212_000),
        (["¥1,500", "¥2,000"], 1500), (["837.500円", "1.000円"], 837_500), (["$552.318", "$778.441"], 552.318),
        (["€1.459", "€1.519"], 1.459), (["₩1.5", "₩2.25"], 1.5),
    ],
)  # fmt: skip
def test_money_without_decimals_has_points_between_thousands(texts, first):
    assert read_numbers(texts * 5, None).values[0] == first


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["¥1.113", "¥2.126", "¥0.139"], [1.113, 2.126, 0.139]), (["¥2.113", "¥3.126", "¥1.5"], [2.113, 3.126, 1.5]),
        (["93.435 JPY", "111.26 JPY", "120.003 JPY"], [93.435, 111.26, 120.003]), (["₩138.000", "₩12.500"], [138e3, 12.5e3]),
        (["Rp 1.250.000", "Rp 856.000"], [1.25e6, 856e3]),
    ],
)  # fmt: skip
def test_money_without_decimals_that_shows_some(texts, numbers):
    np.testing.assert_allclose(read_numbers(texts * 6, None).values, numbers * 6)


@pytest.mark.parametrize(
    "texts",
    [
        ["10 [1]", "11 [2]", "12 [4]"], ["1[a]", "2[b]", "3[a]"], ["5.1 [H]", "6.2 [L]"], ["Euro 4", "Euro 5", "Euro 6"],
        ["RP1000", "RP1001"], ["CAD-100", "CAD-101"],
    ],
)  # fmt: skip
def test_codes_and_entries_of_two_values_are_no_numbers(texts):
    assert read_numbers(texts * 6, None) is None


def test_the_same_footnote_everywhere_and_few_are_marks():
    assert read_numbers(["10[1]", "11[1]", "12[1]"] * 6, None).values[:3].tolist() == [10, 11, 12]
    assert read_numbers(["10", "11[2]", "12", "13"] * 6, None).values[:4].tolist() == [10, 11, 12, 13]


@pytest.mark.parametrize("text", ["Rp1000", "RP 1000", "RP1.000", "1000 euros"])
def test_money_beside_such_codes(text):
    assert read_numbers([text] * 6, None).values[0] == 1000
