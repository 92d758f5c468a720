import datetime

import numpy as np
import pytest

from lamina.tables._dates import cycles_of, days_of, order_of

DAY = (datetime.date(2024, 2, 29) - datetime.date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2024-02-29", DAY), ("2024/2/29", DAY), ("2024.02.29", DAY), ("2024-02", DAY - 28), ("2024-02-29T12:00:00", DAY + 0.5),
        ("2024-02-29 06:00", DAY + 0.25), ("2024-02-29T06:00:00+06:00", DAY), ("2024-02-29 6:00 PM", DAY + 0.75),
        ("1969-12-31", -1), ("2023-02-29", np.nan), ("soon", np.nan),
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
