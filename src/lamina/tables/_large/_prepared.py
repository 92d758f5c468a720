"""What a sample of a large table says of it, set right by all rows, and the rows divided."""

from typing import Any

import numpy as np

from .._columns import LEFT_OUT, MOST_LEVELS, MOST_WORDS, NOMINAL, NUMERIC, TEXT, Column
from .._division import moments_of, test_table
from .._errors import TableError
from .._report import Speaker
from .._rounds import Round, prepare
from .._settings import FitSettings
from .._table import Table
from .._target import Target
from ._answers import notes_on
from ._blocks import Blocks
from ._budget import default_memory
from ._cache import Cache
from ._division import TEST, TRAINING, VALIDATION, divided
from ._stream import Stream

_OF_FEATURES, _OF_BLOCKS = 0.2, 0.15  # of the memory
_BYTES = 30  # of memory for each feature of a row of the sample, with the solving of the linear model
_AT_ONCE = 512  # rows that are preprocessed
_FEWEST = 1000  # rows of the sample that are looked at, however wide it is


def open_stream(data: Any, settings: FitSettings) -> Stream:
    """The stream of a large table. Raises TableError if more is asked for than can be done with one."""
    if settings.folds:
        raise TableError(
            "--folds needs the whole table in memory, and it is too large for that; leave it out, or allow more with --memory."
        )
    return Stream(data, settings.missing, settings.encoding, memory_of(settings.memory), settings.split_seed)


def memory_of(memory: int | None) -> int:
    """The bytes that a table may take."""
    return default_memory() if memory is None else memory


def leave_numberings_out(columns: list[Column], sample: Table) -> None:
    """Leaves out columns that number the rows, which the gaps between the rows of a sample hide."""
    for column in columns:
        if column.kind == NUMERIC:
            values = sample.columns[column.name]
            if not np.isnan(values).any() and np.ptp(values - sample.row_numbers) == 0:
                column.kind, column.note = LEFT_OUT, "numbers the rows, an identifier"


def correct(columns: list[Column], cache: Cache) -> None:
    """Puts what all rows hold in the place of what the sample holds."""
    for column in columns:
        if column.name not in cache.used:
            continue
        column.missing = cache.missing[column.name]
        if column.kind == NOMINAL:
            found = cache.levels[column.name]
            named = [(n, level) for n, level in zip(found.counts.tolist(), found.levels) if level]
            column.many = len(named) > MOST_LEVELS
            column.note = f"{len(named)} categories" + (", embedded" if column.many else "")


def notes_of(stream: Stream, cache: Cache) -> list[str]:
    """What is to be said of the reading: of the sample, unless all rows say it better, and of the sample itself."""
    return [
        f"Too large to be read at once: {stream.rows} rows are read in pieces. {len(stream.sample)} of them, drawn evenly, tell "
        "what the columns hold, medians, scales and words; categories and gaps are counted in all.",
        *notes_on(stream.sample.notes, cache.notes),
    ]  # fmt: skip


def divide_large(
    say: Speaker, stream: Stream, sample: Table, cache: Cache, columns: list[Column], target: Target, settings: FitSettings
) -> tuple[list[Round], str, Blocks]:  # fmt: skip
    """The sample divided as all rows are, prepared; how that was done; and the training rows on disk."""
    memory = memory_of(settings.memory)
    test = None
    if settings.test is not None:
        test = test_table(say, sample, f"the sample of {stream.path}", target, columns, settings)
    test_size = 0.0 if test is not None else settings.test_size or 0.2
    moments = None if settings.time is None else moments_of(sample, columns, settings.time)
    division, caution = divided(cache, test_size, settings.validation_share(False), moments)
    if caution is not None:
        say.warn(caution)
    sample = _thinned(sample, columns, int(memory * _OF_FEATURES))
    parts = division.of(sample.row_numbers)
    training, validation, tested = (sample.take(np.flatnonzero(parts == p)) for p in (TRAINING, VALIDATION, TEST))
    test = tested if test is None else test
    if not (len(training) and len(validation) and len(test)):
        raise TableError(f"{stream.path}: a part of the rows has none in the sample; allow more with --memory.")
    counts = division.counts()
    how = (
        "by what is in them, so that equal rows stay together"
        if settings.time is None
        else f"the latest by {settings.time!r}"
    )
    if settings.group is not None:
        how = f"by {settings.group!r}"
    said = (
        f"{counts[TRAINING]} rows for training, {counts[VALIDATION]} for validation (when to stop), {counts[TEST]} for the test, "
        f"{how}; split seed {settings.split_seed}. The network is trained on all of the first; the linear model on "
        f"{len(training)} of them, in the sample. {len(validation)} rows of the sample say when to stop, {len(test)} are tested: "
        "the figures are of these."
    )
    rounds = [prepare(columns, target, (training, validation, test), None, division.seen(), _AT_ONCE)]
    return rounds, said, Blocks(division, int(counts[TRAINING]), int(memory * _OF_BLOCKS))


def _thinned(sample: Table, columns: list[Column], memory: int) -> Table:
    """As many rows of the sample as have room for their features, evenly spaced."""
    width = 0
    for column in columns:
        if column.kind == NOMINAL:
            width += MOST_LEVELS if column.many else len(np.unique(sample.columns[column.name]))
        elif column.kind == TEXT:
            words = {word for text in sample.columns[column.name].tolist() for word in text.lower().split()}
            width += min(len(words), MOST_WORDS)
        elif column.kind != LEFT_OUT:
            width += 2
    most = max(memory // (_BYTES * max(width, 1)), _FEWEST)
    if len(sample) <= most:
        return sample
    return sample.take(np.linspace(0, len(sample) - 1, most).astype("int64"))
