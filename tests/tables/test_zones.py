"""Time zones of dates, and the local clock that a column keeps."""

import numpy as np
import pytest

import lamina
from lamina.tables._date_orders import in_one_form
from lamina.tables._dates import DAY_FIRST, YEAR_FIRST, at_local_time, base_of, days_of, other_order, zones_beside
from lamina.tables._zones import clock_of, offset_of, to_clock


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("", 0), ("Z", 0), ("UTC", 0), ("+05:30", 5.5), ("-0330", -3.5), ("GMT+9", 9), ("UTC-10", -10), ("+12", 12)],
)
def test_offsets(zone, hours):
    assert 24 * offset_of(zone) == pytest.approx(hours)


@pytest.mark.parametrize(
    ("zones", "clock"),
    [
        (["+09:00"], "+09:00"), (["+02:00", "+01:00"], "+01:00 +02:00"), (["+00:00", "+01:00"], "+00:00 +01:00"),
        (["-05:00", "-04:00", ""], "-05:00 -04:00"), (["+01:00", "+0100"], "+01:00"), (["+01:00", "+03:00"], ""),
        (["Z"], ""), (["Z", "+01:00"], ""), (["+00:00"], ""), ([], ""), (["-01:00", "+00:00", "+01:00"], ""),
    ],
)  # fmt: skip
def test_one_place_has_one_clock(zones, clock):
    assert clock_of(zones) == clock


def test_times_of_another_zone_are_brought_to_the_clock():
    assert to_clock("+02:00", "+01:00 +02:00") == 0
    assert 24 * to_clock("Z", "+09:00") == pytest.approx(9)
    assert 24 * to_clock("-05:00", "") == pytest.approx(5)
    assert to_clock("", "+09:00") == 0


def test_an_order_keeps_its_clock():
    texts = np.array(["31.01.2024 08:30+01:00", "01.07.2024 08:30+02:00"])
    order = at_local_time(DAY_FIRST, texts)
    assert base_of(order) == DAY_FIRST and other_order(order) != order
    np.testing.assert_allclose(days_of(texts, order) % 1 * 24, 8.5)
    np.testing.assert_allclose(days_of(texts, DAY_FIRST) % 1 * 24, [7.5, 6.5])
    assert zones_beside(order, texts) == []
    assert zones_beside(order, np.array(["31.01.2024 08:30Z", "1.2.2024"])) == ["Z"]
    assert days_of(in_one_form(texts, DAY_FIRST), order).tolist() == days_of(texts, order).tolist()


def test_a_model_goes_by_the_clock_of_the_fit():
    hours = np.arange(200) * 7
    moments = np.datetime64("2024-01-01T00:00") + hours.astype("timedelta64[h]")
    texts = [f"{moment}+09:00" for moment in moments]
    model = lamina.fit_table(
        {"d": texts, "y": (hours % 24).tolist()}, "y", hidden=(), folds=2, effort="quick", verbose=False
    )
    there = model.predict({"d": texts[:5]})
    assert not model.notes
    np.testing.assert_allclose(model.predict({"d": [str(moment) for moment in moments[:5]]}), there, rtol=1e-5)
    in_utc = [f"{moment - np.timedelta64(9, 'h')}Z" for moment in moments[:5]]
    np.testing.assert_allclose(model.predict({"d": in_utc}), there, rtol=1e-5)
    assert any("of the zones Z; brought to the time of +09:00" in note for note in model.notes)


def test_dates_in_utc_stay_so():
    assert at_local_time(YEAR_FIRST, np.array(["2024-01-01T10:00Z"])) == YEAR_FIRST


def test_zones_that_stand_in_turns_are_of_two_places():
    texts = np.array([f"2024-07-{1 + i % 28:02d} 12:{i:02d}+0{1 + i % 2}:00" for i in range(40)])
    assert at_local_time(YEAR_FIRST, texts) == YEAR_FIRST
    years = np.array([f"{2010 + i // 12}-{1 + i % 12:02d}-05 12:00+0{1 + (2 < i % 12 < 10)}:00" for i in range(120)])
    assert at_local_time(YEAR_FIRST, years).endswith("+01:00 +02:00")
