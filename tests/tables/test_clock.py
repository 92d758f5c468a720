"""Times of day and durations are seconds."""

import datetime

import numpy as np
import pytest

import lamina
from lamina.tables import TableError
from lamina.tables._clock import is_of_minutes, seconds_of
from lamina.tables._frames import as_table

SECONDS = [977 * i % 40_000 + 60 for i in range(60)]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("14:30", 52200), ("2:30 pm", 52200), ("12:05 AM", 300), ("1:23:45", 5025), ("-0:10", -600), ("100:00", 360_000),
        ("0 days 01:02:03", 3723), ("1 day, 1:00:00", 90_000), ("-1 days +23:59:59", -1), ("00:00:01.5", 1.5),
        ("1h15", 4500), ("2 h 5 min", 7500), ("3h", 10_800), ("2h07min09s", 7629), ("-0h20", -1200), ("40 min.", 2400),
        ("오후 1:30", 48_600), ("오전 12:05", 300), ("14時30分", 52_200), ("14시 5분", 50_700), ("14.30 Uhr", 52_200),
        ("9:05 Uhr", 32_700),
        ("3m 14s", 194), ("3min 14sec", 194), ("1d 2h 3m", 93_780), ("-1m 30s", -90), ("PT1H5M", 3900), ("PT2.5S", 2.5),
        ("3時間5分", 11_100),
    ],
)  # fmt: skip
def test_seconds(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "14",
        "3:2",
        "1h5",
        "1h75",
        "h30",
        "5 km",
        "14:61",
        "1:23:99",
        "a 1:23",
        "1:23 kg",
        "14.30",
        "",
        "-",
        "PT",
        "P",
        "3x 4y",
        "75M1S",
        "2D4H",
        "2024-01-01 14:30",
    ],
)  # fmt: skip
def test_other_texts_are_none(text):
    assert np.isnan(seconds_of(text))


def written(seconds):
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def test_columns_of_times_are_numbers_with_a_note():
    texts = [written(s) for s in SECONDS]
    times = [(datetime.datetime(2000, 1, 1) + datetime.timedelta(seconds=s)).time() for s in SECONDS]
    spans = [datetime.timedelta(seconds=s) for s in SECONDS]
    for column in (texts, times, spans, [*texts[:-3], "DNF", "", "DNF"]):
        table = as_table({"t": column, "y": list(range(60))})
        known = table.columns["t"][:57]
        np.testing.assert_array_equal(known, SECONDS[:57])
    assert any("hours and minutes, in seconds: '0:01:00' as 60" in note for note in table.notes)
    assert any("2 entries ('DNF'), taken as missing" in note for note in table.notes)


def test_a_model_reads_times_as_it_did():
    rows = {"t": [written(s) for s in SECONDS], "y": [s / 60 for s in SECONDS]}
    model = lamina.fit_table(rows, target="y", hidden=(), folds=2, verbose=False)
    found = model.predict({"t": ["1:40:00", "2:05"]})
    np.testing.assert_allclose(found, [100, 125], atol=1)
    np.testing.assert_allclose(model.predict({"t": [datetime.timedelta(minutes=100)]}), found[:1], rtol=1e-6)
    with pytest.raises(TableError, match="must hold times, as 1:23:45, as when the model was fitted; 2 entries"):
        model.predict({"t": ["100.5", "90.5"]})
    plain = lamina.fit_table({"t": [str(s) for s in SECONDS], "y": rows["y"]}, "y", hidden=(), folds=2, verbose=False)
    with pytest.raises(TableError, match="must hold numbers"):
        plain.predict({"t": ["1:40:00", "2:05:00"]})


def test_hours_and_minutes_with_letters():
    read = as_table({"t": ["1h15", "2 h", "40 min", "3h 5min"] * 9})
    assert read.columns["t"][:4].tolist() == [4500, 7200, 2400, 11_100]
    assert any("'1h15' as 4500" in note for note in read.notes)
    alone = as_table({"t": ["2 h", "7 h"] * 9})
    assert alone.columns["t"][:2].tolist() == [2, 7]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12:34.5", 754.5), ("9:59,25", 599.25), ("12:34", 754), ("58.32", 58.32), ("1:02:03.250", 3723.25)],
)
def test_minutes_and_seconds(text, seconds):
    assert seconds_of(text, of_minutes=True) == pytest.approx(seconds)
    assert is_of_minutes(text) == (text in ("12:34.5", "9:59,25"))


def test_decimals_make_minutes_and_seconds_of_a_column():
    races = [f"{i // 60}:{i % 60:02d}.{i % 10}" if i > 59 else f"{i}.{i % 10}" for i in range(50, 110)]
    table = as_table({"t": [*races, "1:40"]})
    np.testing.assert_allclose(table.columns["t"], [*(i + i % 10 / 10 for i in range(50, 110)), 100])
    assert table.notes == ["Column 't' is read as minutes and seconds: '1:00.0' as 60."]


def test_a_few_decimals_make_no_minutes_of_hours():
    table = as_table({"t": [*(f"{8 + i % 12}:30" for i in range(60)), "12:34.5"]})
    assert table.columns["t"][0] == 30_600 and np.isnan(table.columns["t"][-1])
    assert any("1 entry ('12:34.5'), taken as missing" in note for note in table.notes)


def test_a_model_keeps_whether_hours_or_minutes_come_first():
    rows = {"t": [f"{s // 60}:{s % 60:02d}.5" for s in SECONDS], "y": [s / 60 for s in SECONDS]}
    model = lamina.fit_table(rows, target="y", hidden=(), folds=2, verbose=False)
    np.testing.assert_allclose(model.predict({"t": ["100:00", "125:00.0"]}), [100, 125], atol=1)


@pytest.mark.parametrize("texts", [["3 m", "5 m"], ["3 d", "5 d"], ["3 s", "5.5 s"], ["14.30", "15.45"]])
def test_numbers_with_one_unit_are_no_times(texts):
    table = as_table({"c": texts * 6})
    assert table.columns["c"][0] in (3, 14.3)
    assert not any("hours" in note for note in table.notes)
