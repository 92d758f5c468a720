"""Dates with words and signs in them are brought to digits."""

import datetime

import numpy as np
import pytest

from lamina.tables._date_words import in_digits
from lamina.tables._dates import days_of, order_of, tails_of
from lamina.tables._from_texts import looks_like_dates

DAYS = [datetime.datetime(2023, 1, 1) + datetime.timedelta(days=9 * i) for i in range(60)]
WEEK = "월화수목금토일"
WAYS = {
    "korean": lambda t: f"{t.year}년 {t.month}월 {t.day}일",
    "korean, close": lambda t: f"{t:%y}년{t.month:02d}월{t.day:02d}일({WEEK[t.weekday()]})",
    "korean, points": lambda t: f"{t.year}. {t.month}. {t.day}.",
    "japanese": lambda t: f"{t.year}年{t.month}月{t.day}日",
    "blanks after the signs": lambda t: f"{t:%Y- %m- %d}",
    "day name without a blank": lambda t: f"{t:%Y-%m-%d}({WEEK[t.weekday()]})",
    "upper case": lambda t: f"{t:%d-%b-%Y}".upper(),
    "two digits": lambda t: f"{t:%d-%b-%y}",
    "month first": lambda t: f"{t:%B} {t.day}, {t.year}",
    "short month": lambda t: f"{t:%b. %d, %Y}",
    "th": lambda t: f"{t.day}th {t:%B %Y}",
    "mail": lambda t: f"{t:%a, %d %b %Y 00:00:00} +0000",
    "log": lambda t: f"[{t:%d/%b/%Y}:00:00:00 +0000]",
    "C library": lambda t: f"{t:%a %b} {t.day:2d} 00:00:00 {t.year}",
    "year first": lambda t: f"{t:%Y-%b-%d}",
}


@pytest.mark.parametrize("way", WAYS)
def test_days(way):
    texts = np.array([WAYS[way](day) for day in DAYS])
    assert looks_like_dates(texts)
    order, note = order_of(texts)
    np.testing.assert_array_equal(days_of(texts, order), [(day - datetime.datetime(1970, 1, 1)).days for day in DAYS])
    assert note == "" and set(tails_of(texts)) <= {"]"}


@pytest.mark.parametrize("way", ["%b-%Y", "%B %Y", "%Y-%b", "%Y년 %m월"])
def test_months_are_their_first_days(way):
    assert in_digits(datetime.date(2013, 8, 9).strftime(way)) == "2013-08"
    assert looks_like_dates(np.array([day.strftime(way) for day in DAYS]))


def test_times_follow():
    assert in_digits("2024년 3월 1일 오후 2:30") == "2024-03-01 오후 2:30"
    assert in_digits("2024. 3. 1. 14:30") == "2024.3.1 14:30"
    assert in_digits("10/Oct/2000:13:55:36 -0700") == "2000-10-10 13:55:36 -0700"
    assert in_digits("March 1, 2024 2:30 pm") == "2024-03-01 2:30 pm"


@pytest.mark.parametrize("text", ["", "Mayor 1, 2024", "marble", "31.1.2024", "1 2024", "Aug-13", "3 kg", "1. 2. x"])
def test_these_stay(text):
    assert in_digits(text) == text


def test_years_of_two_digits_are_near():
    year = datetime.date.today().year
    assert in_digits(f"1-Mar-{year % 100:02d}").startswith(str(year))
    assert in_digits(f"1-Mar-{(year + 40) % 100:02d}").startswith(str(year - 60))


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("1 января 2024", "2024-01-01"), ("5 мая 2024 г.", "2024-05-05 г."), ("3 maja 2024", "2024-05-03"),
        ("12 sierpnia 2024", "2024-08-12"),
        ("9 ağustos 2024", "2024-08-09"), ("Mo, 01.02.2024", "01.02.2024"), ("Fri 2024-02-01", "2024-02-01"), ("Mo 5", "Mo 5"),
    ],
)  # fmt: skip
def test_further_languages_and_names_of_days(text, digits):
    assert in_digits(text) == digits
