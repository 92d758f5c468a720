"""What a model gives for a large table, piece by piece, is what it gives for the whole."""

import numpy as np
import pytest

import lamina
from lamina.tables._errors import TableError
from lamina.tables._large._answers import answers_in_pieces, judged, sample_of, stream_for
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
    sample = sample_of(messy_file, (), None, 2 << 20)
    assert 100 < len(sample) < 6000
    assert sample.notes[0] == (
        f"Too large to be read at once: what follows is of {len(sample)} of the 6000 rows, drawn evenly."
    )
