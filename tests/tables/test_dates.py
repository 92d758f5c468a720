import datetime

import numpy as np
import pytest

from lamina.tables._dates import are_compact_dates, are_dates, cycles_of, days_of, order_of, other_order, tails_of

DAY = (datetime.date(2024, 2, 29) - datetime.date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2024-02-29", DAY), ("2024/2/29", DAY), ("2024.02.29", DAY), ("2024-02", DAY - 28), ("2024-02-29T12:00:00", DAY + 0.5),
        ("2024-02-29 06:00", DAY + 0.25), ("2024-02-29T06:00:00+06:00", DAY), ("2024-02-29 6:00 PM", DAY + 0.75),
        ("1969-12-31", -1), ("2023-02-29", np.nan), ("soon", np.nan), ("9999-12-31", np.nan),
        ("2024-02-29 18.00", DAY + 0.75), ("2024-02-29 18h00", DAY + 0.75), ("2024-02-29 18시 00분", DAY + 0.75),
        ("2024-02-29 1800", DAY + 0.75), ("2024-02-29, 18:00", DAY + 0.75), ("2024-02-29 6:00 p. m.", DAY + 0.75),
        ("2024-02-29 오후 6:00", DAY + 0.75), ("2024-02-29 오전 12:00", DAY), ("2024-02-29T12:00:00,000", DAY + 0.5),
        ("2024-02-29T12:00:00+12", DAY), ("2024-02-29 12:00 GMT+0600", DAY + 0.25), ("2024-02-29 12:00 UTC", DAY + 0.5),
        ("2024-02-29T12:00:00Z", DAY + 0.5), ("20240229", DAY), ("20240229T120000Z", DAY + 0.5), ("20240229180000", DAY + 0.75),
    ],
)  # fmt: skip
def test_year_first(text, days):
    np.testing.assert_allclose(days_of(np.array([text]), "year first"), [days])


def test_the_order_is_told_by_what_is_no_month():
    for texts, order in ((["1.2.2024", "13.2.2024"], "day first"), (["1/2/2024", "2/13/2024"], "month first")):
        assert order_of(np.array(texts)) == (order, "")
    assert days_of(np.array(["29.2.24"]), "day first") == days_of(np.array(["2/29/2024"]), "month first") == [DAY]


def test_an_order_that_is_open_is_said():
    order, note = order_of(np.array(["1/2/2024", "3/4/2024"]))
    assert order == "month first" and "'1/2/2024' could be day or month first" in note
    assert order_of(np.array(["1.2.2024"]))[0] == "day first"


def test_cycles_that_are_run_through():
    days = np.arange(30.0)
    assert cycles_of(days) == ["week"]
    assert cycles_of(np.arange(0, 400, 7.0)) == ["year"]
    assert cycles_of(days + 0.3) == ["week", "day"]
    assert cycles_of(np.array([np.nan])) == []


def test_two_digits_of_a_year_first():
    texts = np.array([f"{19 + i % 5}/{1 + i % 12:02d}/{1 + i % 31:02d}" for i in range(120)])
    order, note = order_of(texts)
    assert order == "year first" and "with the year first" in note
    assert days_of(np.array(["24/02/29"]), order) == [DAY]
    assert order_of(np.array([f"{1 + i % 31:02d}/{1 + i % 12:02d}/{19 + i % 5}" for i in range(120)])) == (
        "day first",
        "",
    )


def test_years_far_ahead_are_of_the_century_before():
    now = datetime.date.today().year
    order, note = order_of(np.array(["13.05.41", "24.02.76", "01.01.02"]))
    assert order == f"day first, years from {now - 99}" and f"{now - 99} to {now}" in note
    born = (datetime.date(1941, 5, 13) - datetime.date(1970, 1, 1)).days
    assert days_of(np.array(["13.05.41", "13.05.1941"]), order).tolist() == [born, born]
    assert order_of(np.array(["13.05.22", f"24.02.{(now + 2) % 100:02d}"])) == ("day first", "")


def test_most_rows_tell_the_order():
    texts = np.array(["1/20/2024", "2/21/2024", "20/1/2024"])
    assert order_of(texts) == ("month first", "") and other_order("month first") == "day first"
    assert other_order("day first, years from 1927") == "month first, years from 1927"


def test_what_follows_dates_and_times():
    texts = np.array(
        ["2024-03-05 14:30 KST", "2024-03-05 (Tue)", "2024-03-05 화요일", "2024-03-05 - 2024-03-09", "2024-03-05"]
    )
    assert dict(tails_of(texts)) == {"KST": 1, "- 2024-03-09": 1}


@pytest.mark.parametrize(
    ("texts", "is_date"),
    [
        (["2024-01-31", "2024-02-01"], True), (["31.1.24", "1.2.24"], True), (["13/01/2024", "01/13/2024"], True),
        (["2009-10", "2010-11", "2011-12"], False), (["2009-10", "2009-11"], True), (["1037-2", "1074-3"], False),
        (["12-34-56", "60-83-71"], False), (["2.3.11", "3.12.40"], False), (["23/02/2566", "21/11/2566"], False),
        (["2024-01-31"] * 4 + ["9999-12-31"], True),
    ],
)  # fmt: skip
def test_codes_are_no_dates(texts, is_date):
    assert are_dates(np.array(texts), 0.9) == is_date


def test_dates_without_separators():
    days = ["20240131", "20240229", "19991231"]
    assert are_compact_dates(days) and are_compact_dates([f"{d}235959" for d in days])
    for texts in (
        days[:2],
        [*days, "20230229"],
        [*days, "20241301"],
        [*days, "2024"],
        ["240131"] * 3,
        ["30240131"] * 3,
    ):
        assert not are_compact_dates(texts)
