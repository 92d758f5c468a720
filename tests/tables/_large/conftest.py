"""A messy table of 6,000 rows whose target follows from its columns by a rule."""

import tempfile
from types import SimpleNamespace

import numpy as np
import pytest

from lamina.tables._columns import describe_columns
from lamina.tables._large._cache import Cache
from lamina.tables._large._prepared import correct, divide_large, leave_numberings_out, open_stream
from lamina.tables._report import Speaker
from lamina.tables._settings import FitSettings
from lamina.tables._target import describe_target

ROWS = 6000
WORDS = "red green old new cheap dear round flat".split()


@pytest.fixture(scope="session")
def messy():
    """The lines of a text file."""
    rng = np.random.default_rng(5)
    x, amount = rng.normal(size=ROWS), rng.integers(1000, 90_000, ROWS)
    city, day = rng.choice(["Rom", "Oslo", "München"], ROWS), rng.integers(0, 700, ROWS)
    words = rng.choice(WORDS, (ROWS, 5))
    y = 2 * x + amount / 20_000 * (city == "Rom") + (words == "red").any(axis=1) + rng.normal(0, 0.2, ROWS)
    dates = (np.datetime64("2020-01-01") + day).astype(str)
    lines = ["A report,,,,,,\n", "id,amount,x,city,day,words,y\n"]
    for i in range(ROWS):
        shown = "" if i % 11 == 0 else f"{x[i]:.4f}"
        lines.append(f'{i + 1},"{amount[i]:,}",{shown},{city[i]},{dates[i]},"{" ".join(words[i])}",{y[i]:.4f}\n')
        if i % 1000 == 7:
            lines.append("# a remark\n")
    return lines


@pytest.fixture
def messy_file(tmp_path, messy):
    path = tmp_path / "messy.csv"
    path.write_text("".join(messy), encoding="utf-8")
    return path


@pytest.fixture
def prepared(tmp_path):
    """A function that makes all that stands before the training of a large table: `prepared(path, target, memory, ...)`."""

    def made(path, target="y", memory=20 << 20, **options):
        settings = FitSettings(target, memory=memory, verbose=False, **options)
        stream = open_stream(path, settings)
        found, sample, _ = describe_target(stream.sample, target, settings.task)
        columns = describe_columns(sample, target, {}, [])
        leave_numberings_out(columns, sample)
        cache = Cache(tempfile.mkdtemp(dir=tmp_path), stream, columns, found, settings.group, settings.time)
        correct(columns, cache)
        say = Speaker(True)
        rounds, said, blocks = divide_large(say, stream, sample, cache, columns, found, settings)
        return SimpleNamespace(
            settings=settings,
            stream=stream,
            columns=columns,
            cache=cache,
            round=rounds[0],
            said=said,
            blocks=blocks,
            say=say,
        )

    return made
