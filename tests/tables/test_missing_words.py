"""Words that are taken as missing though they may be categories are counted."""

import numpy as np
import pytest

import lamina
from lamina.tables._frames import as_table
from lamina.tables._missing_words import unseen_notes


def told(entries, missing=()):
    return [note for note in as_table({"c": entries}, missing).notes if "taken as missing" in note]


def test_words_as_frequent_as_the_categories_are_counted():
    (note,) = told(["oak", "none", "ash"] * 8)
    assert note.startswith("Column 'c': 8 of 24 entries ('none') are taken as missing")
    assert told(["Si", "Na", "Al", "NA"] * 8)[0].startswith("Column 'c': 16 of 32 entries ('NA', 'Na')")


def test_few_of_many_are_not():
    assert not told(["oak", "ash"] * 40 + ["NA"] * 5)
    assert not told(["oak", "none", "ash"] * 8, ("none",))
    assert not told(["1", "none", "3"] * 8)
    assert not told([f"name {i}" for i in range(50)] + ["none"] * 8)
    assert not told(["oak", "", "ash"] * 8)


def test_in_files_and_in_pieces(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "\n".join(["c,y", *(f"{c},{i % 3 + i % 2 / 9}" for i, c in enumerate(["oak", "none", "ash"] * 40))])
    )
    for memory in (None, 2000):
        model = lamina.fit_table(
            path, target="y", hidden=(), effort="quick", test_size=0.3, verbose=False, memory=memory
        )
        assert any("40 of 120 entries ('none')" in note for note in model.summary["notes"])


def test_a_minus_beside_plus_is_told():
    table = as_table({"c": ["+", "-", "++"] * 20})
    assert any("20 of 60 entries ('-') are taken as missing" in note for note in table.notes)
    assert not as_table({"c": ["a", "-", "b"] * 20}).notes


@pytest.mark.parametrize(
    ("missing", "unseen"),
    [
        (("-77",), "-77"),
        (("-5",), None),
        (("-5.0",), None),
        (("gone",), None),
        (("lost",), "lost"),
        (("NA",), None),
        ((), None),
    ],
)
def test_values_for_missing_that_stand_nowhere_are_told(missing, unseen):
    rows = {"x": [*range(60)], "c": [["a", "gone", "-5"][i % 3] for i in range(60)], "y": [i % 7 for i in range(60)]}
    model = lamina.fit_table(rows, "y", missing=missing, hidden=(), folds=2, verbose=False)
    notes = [note for note in model.summary["notes"] if note.startswith("--missing")]
    assert notes == ([f"--missing {unseen}: no entry of the table is {unseen!r}."] if unseen else [])


def test_in_pieces_they_are_told_of_the_rows_looked_at(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,y\n" + "".join(f"{i % 17},{i % 7}\n" for i in range(200)))
    model = lamina.fit_table(str(path), "y", missing=("-77",), hidden=(), test_size=0.3, verbose=False, memory=2000)
    assert any("-77: no entry of the 200 rows that were looked at" in note for note in model.summary["notes"])


def test_the_range_of_a_column_leaves_codes_out():
    table = as_table({"s": [*(f"{i}.5" for i in range(1, 60)), "-999.00"]}, missing=("-999",))
    assert table.rules["s"].high < 60 and np.isnan(table.columns["s"][-1])


@pytest.mark.parametrize(
    ("entry", "missing"), [("-99,0", "-99"), ("−99", "-99"), ("-1 kg", "-1"), ("9,999.00", "9999"), ("-1e3", "-1000")]
)
def test_values_for_missing_stand_as_their_column_is_written(entry, missing):
    unit = " kg" if "kg" in entry else ""
    table = as_table(
        {"x": [*(f"{i}{',5' if entry == '-99,0' else ''}{unit}" for i in range(1, 60)), entry]}, (missing,)
    )
    assert np.isnan(table.columns["x"][-1])
    assert unseen_notes(table, (missing,), "the table") == []
    assert len(unseen_notes(table, ("-12345",), "the table")) == 1
