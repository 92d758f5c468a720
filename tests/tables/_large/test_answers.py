"""What a model gives for a large table, piece by piece, is what it gives for the whole."""

import numpy as np
import pytest

import lamina
from lamina.tables._errors import TableError
from lamina.tables._large._answers import DRAWN, answers_in_pieces, judged, row_of, sample_of, stream_for
from lamina.tables._large._stream import Stream
from lamina.tables._read import read_table

MEMORY = 20 << 20


@pytest.fixture(scope="module")
def model(messy, tmp_path_factory):
    path = tmp_path_factory.mktemp("fit") / "messy.csv"
    path.write_text("".join(messy[:1500]), encoding="utf-8")
    return lamina.fit_table(path, target="y", effort="quick", epochs=1, folds=0, verbose=False)


def test_pieces_are_the_whole(model, messy_file):
    stream = stream_for([messy_file, messy_file], (), None, MEMORY)
    pieces = list(answers_in_pieces(model, stream, ["id", "amount"]))
    assert len(pieces) == 2
    for table, outputs in pieces:
        np.testing.assert_allclose(outputs[:, 0], model.predict(messy_file), rtol=1e-4, atol=1e-4)
        assert table.raw["amount"].tolist() == read_table(str(messy_file)).raw["amount"].tolist()


def test_judged_by_all_rows_or_as_many_as_there_is_room_for(model, messy_file, monkeypatch):
    stream = stream_for(messy_file, (), None, MEMORY)
    truth, outputs, rows = judged(model, stream, MEMORY)
    assert rows == len(truth) == len(outputs) == 6000
    np.testing.assert_allclose(truth[:, 0], read_table(str(messy_file)).columns["y"], rtol=1e-6)
    whole = np.square(truth - outputs).mean()
    monkeypatch.setattr("lamina.tables._large._answers._FEWEST", 800)
    fewer, given, rows = judged(model, stream, 1, seed=3)
    assert len(fewer) == len(given) == 800 and rows == 6000
    places = np.searchsorted(np.sort(truth[:, 0]), np.sort(fewer[:, 0])) / 6000
    np.testing.assert_allclose(places, np.linspace(0, 1, 800), atol=0.08)
    assert np.square(fewer - given).mean() == pytest.approx(whole, rel=0.3)


def test_without_a_target_nothing_is_judged(model, tmp_path, messy):
    path = tmp_path / "t.csv"
    path.write_text("".join(messy[1:200]).replace(",y\n", ",z\n", 1), encoding="utf-8")
    with pytest.raises(TableError, match="there is no column 'y' to compare with"):
        judged(model, Stream(path, (), None, MEMORY), MEMORY)
    lines = [line.rpartition(",")[0] + ",\n" for line in messy[2:200] if not line.startswith("#")]
    path.write_text(messy[1] + "".join(lines), encoding="utf-8")
    with pytest.raises(TableError, match="the target 'y' is missing in all rows"):
        judged(model, Stream(path, (), None, MEMORY), MEMORY)


def test_a_sample_says_that_it_is_one(messy_file):
    sample = sample_of(stream_for(messy_file, (), None, 2 << 20))
    assert 100 < len(sample) < 6000
    assert sample.notes[0] == (
        f"Too large to be read at once: what follows is of {len(sample)} of the 6000 rows, drawn evenly."
    )


def test_one_row(messy_file):
    stream, whole = stream_for([messy_file, messy_file], (), None, 2 << 20), read_table(str(messy_file))
    for number in (1, 4000, 6001, 12_000):
        row, place = row_of(stream, number), (number - 1) % 6000
        assert len(row) == 1 and row.row_numbers.tolist() == [number]
        for name in whole.names:
            np.testing.assert_array_equal(row.columns[name], whole.columns[name][place : place + 1])
            assert row.raw[name].tolist() == whole.raw[name][place : place + 1].tolist()
    for number in (0, 12_001):
        with pytest.raises(TableError, match="the table has rows 1 to 12000"):
            row_of(stream, number)
    messy_file.write_text("\n".join(messy_file.read_text(encoding="utf-8").splitlines()[:3000]), encoding="utf-8")
    with pytest.raises(TableError, match="row 12000 is gone"):
        row_of(stream, 12_000)


def test_explained_by_rows_drawn_by_the_seed(model, messy_file):
    found = [model.explain(messy_file, seed=seed, repeats=1, memory=1 << 20) for seed in (0, 0, 1)]
    assert model.notes[0].startswith(DRAWN) and "of the 6000 rows, drawn evenly" in model.notes[0]
    assert found[0].base == found[1].base != found[2].base
    added = model.explain(messy_file, 5000, memory=1 << 20)
    assert model.notes[0].startswith(DRAWN)
    at_once = model.explain(messy_file, 5000)
    assert not any(note.startswith(DRAWN) for note in model.notes)
    assert added.shown == at_once.shown and np.allclose(added.prediction, at_once.prediction, rtol=1e-4)
    with pytest.raises(TableError, match="the table has rows 1 to 6000"):
        model.explain(messy_file, 6001, memory=1 << 20)
