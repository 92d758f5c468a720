"""What a model gives for the rows of a large table, piece by piece."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from .._columns import Column, is_missing
from .._errors import TableError, close_names
from .._matching import Surprises, match_columns
from .._table import Table
from .._target import Target, without_target
from ._budget import default_memory
from ._stream import Stream

DRAWN = "Too large to be read at once"
_OF_JUDGED = 0.1  # of the memory
_FEWEST, _MOST = 20_000, 1_000_000  # rows by which a model is judged


class Model(Protocol):
    """A `TableModel`, as far as it matters here."""

    columns: list[Column]
    target: Target
    missing: tuple[str, ...]
    notes: list[str]

    def outputs_of_piece(self, table: Table, surprises: Surprises) -> np.ndarray:
        """What the model gives for some rows."""


def stream_for(
    data: Any, missing: tuple[str, ...], encoding: str | None, memory: int | None, seed: int = 0,
    again: Callable[[Table], Table] | None = None,
) -> Stream:  # fmt: skip
    """The stream of a table whose rows are to be predicted; `seed` fixes which rows are its sample, `again` reads as fitted."""
    return Stream(data, missing, encoding, memory or default_memory(), seed, again)


def sample_of(stream: Stream) -> Table:
    """Rows drawn evenly from a large table, with a note that says so."""
    sample = stream.sample
    drawn = f"{DRAWN}: what follows is of {len(sample)} of the {stream.rows} rows, drawn evenly."
    return replace(sample, notes=[drawn, *sample.notes])


def row_of(stream: Stream, number: int) -> Table:
    """One row of a large table, by its number from 1. Raises TableError if there is none."""
    if not 1 <= number <= stream.rows:
        raise TableError(f"{stream.path}: there is no row {number}; the table has rows 1 to {stream.rows}.")
    for table in stream.tables(stream.names, stream.names):
        place = number - int(table.row_numbers[0])
        if place < len(table):
            return table.take(np.array([place]))
    raise TableError(f"{stream.path}: row {number} is gone; the file has become shorter.")


def answers_in_pieces(model: Model, stream: Stream, keep: list[str]) -> Iterator[tuple[Table, np.ndarray]]:
    """The rows in their order, with the outputs for them, `(rows, units)`; `keep` are columns that are wanted as they stand.

    Sets the model's notes at the end. Raises TableError if the columns are not those of the model.
    """
    used, notes = match_columns(model.columns, stream.sample, model.target.name, fitted=False)
    names = [column.name for column in used]
    if model.target.name in stream.names:
        names.append(model.target.name)
    surprises = Surprises()
    for table in stream.tables(names, keep):
        yield table, model.outputs_of_piece(table, surprises)
    model.notes = [*notes_on(stream.sample.notes, stream.odd_notes), *notes, *surprises.notes()]


def notes_on(of_sample: list[str], of_all: list[str]) -> list[str]:
    """Notes on a sample of the rows, but those on odd entries that the notes on all rows tell better, and these."""
    told = {note.partition(" but for ")[0] for note in of_all}
    return [n for n in of_sample if " but for " not in n or n.partition(" but for ")[0] not in told] + of_all


def judged(model: Model, stream: Stream, memory: int | None, seed: int = 0) -> tuple[np.ndarray, np.ndarray, int]:
    """Encoded targets and outputs of the rows that have the target, `(rows, units)`, and how many these are.

    Of more rows than there is room for, some are drawn evenly; the number is that of all.
    Raises TableError without a target.
    """
    name = model.target.name
    if name not in stream.names:
        raise TableError(
            f"{stream.path}: there is no column {name!r} to compare with.{close_names(name, stream.names)}"
        )
    room = int((memory or default_memory()) * _OF_JUDGED)
    most = int(np.clip(room // (16 * model.target.units), _FEWEST, _MOST))
    rng = np.random.default_rng(seed)
    keys = np.empty(0)
    truth = outputs = np.empty((0, model.target.units))
    rows = 0
    for table, given in answers_in_pieces(model, stream, []):
        known = np.flatnonzero(~is_missing(table.columns[name]))
        if not len(known):
            continue
        rows += len(known)
        part = model.target.rows_of(table)
        keys = np.append(keys, rng.random(len(known)))
        truth = np.concatenate([truth, model.target.encode(part.columns[name])])
        outputs = np.concatenate([outputs, given[known]])
        if len(keys) > most:
            kept = np.sort(np.argpartition(keys, most)[:most])
            keys, truth, outputs = keys[kept], truth[kept], outputs[kept]
    if not rows:
        raise TableError(f"{stream.path}: the target {name!r} is missing in all rows.")
    if rows < stream.rows:
        model.notes.append(without_target(stream.rows - rows, stream.rows, name, Counter()))
    return truth.astype("float32"), outputs, rows
