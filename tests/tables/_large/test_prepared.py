"""A sample stands for a large table, corrected by what all rows hold."""

import numpy as np
import pytest

from lamina.tables._errors import TableError
from lamina.tables._large._division import TEST, TRAINING, VALIDATION
from lamina.tables._large._prepared import notes_of, open_stream
from lamina.tables._settings import FitSettings


@pytest.fixture
def rare(tmp_path):
    """30,000 rows: a number of each row, a category of which one value stands once and forty rows lack it, a target."""
    rng = np.random.default_rng(0)
    kinds = rng.choice(["a", "b", "c"], 30_000)
    kinds[29_990] = "once"
    kinds[rng.choice(29_990, 40, replace=False)] = ""
    x = rng.normal(size=30_000)
    path = tmp_path / "rare.csv"
    rows = zip(kinds.tolist(), x.tolist(), (x + (kinds == "b")).tolist())
    path.write_text("id,kind,x,y\n" + "".join(f"{i + 1},{k},{a:.3f},{b:.3f}\n" for i, (k, a, b) in enumerate(rows)))
    return path


def test_columns_hold_what_all_rows_hold(prepared, rare):
    made = prepared(rare, memory=2 << 20)
    assert len(made.stream.sample) < 6000 < made.stream.rows == 30_000
    columns = {column.name: column for column in made.columns}
    assert columns["kind"].missing == 40 and columns["kind"].note == "4 categories"
    assert columns["id"].kind == "left out" and columns["id"].note == "numbers the rows, an identifier"
    first, *others = notes_of(made.stream, made.cache)
    assert first.startswith("Too large to be read at once: 30000 rows are read in pieces.")
    assert str(len(made.stream.sample)) in first and len(others) == len(set(others))


def test_the_sample_is_divided_as_all_rows_are(prepared, rare):
    made = prepared(rare, memory=2 << 20)
    parts = made.blocks.division.parts(0, 30_000)
    for part, name in ((made.round.training, TRAINING), (made.round.validation, VALIDATION), (made.round.test, TEST)):
        assert len(part.table) and (parts[part.table.row_numbers - 1] == name).all()
    assert made.blocks.rows == int((parts == TRAINING).sum())
    assert f"{made.blocks.rows} rows for training" in made.said and "split seed" in made.said


def test_less_memory_prepares_fewer_rows_of_the_sample(prepared, messy_file):
    sizes = {m: len(prepared(messy_file, memory=m).round.training.table) for m in (2 << 20, 4 << 20, 40 << 20)}
    assert 500 < sizes[2 << 20] < sizes[4 << 20] < sizes[40 << 20]


def test_a_test_table_and_the_latest_rows(prepared, rare, messy_file):
    made = prepared(rare, test=str(rare))
    assert made.blocks.division.counts()[TEST] == 0 and len(made.round.test.table) == 30_000
    assert " of 30000 rows to be tested stand in the sample of" in " ".join(made.say.cautions)
    made = prepared(messy_file, time="day")
    days, earlier = (part.table.columns["day"].tolist() for part in (made.round.test, made.round.training))
    assert min(days) > max(earlier) and "the latest by 'day'" in made.said


def test_folds_are_refused(messy_file):
    with pytest.raises(TableError, match="--folds needs the whole table in memory"):
        open_stream(messy_file, FitSettings("y", folds=5, memory=1 << 20))
