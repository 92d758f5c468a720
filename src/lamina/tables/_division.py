"""Which rows train, which say when to stop, and which are tested: by the settings, and told in a sentence."""

from functools import partial

import numpy as np

from ._as_fitted import read_as_fitted
from ._columns import DATE, LEFT_OUT, Column, numbers_of
from ._errors import TableError, close_names
from ._frames import as_table
from ._matching import match_columns
from ._report import Speaker
from ._rounds import Round, prepare
from ._settings import FitSettings
from ._split import split_folds, split_rows, split_time
from ._suspicions import rows_in_both, rows_that_repeat
from ._table import Table
from ._target import NUMBER, Target


def divide(
    say: Speaker, table: Table, target: Target, columns: list[Column], settings: FitSettings
) -> tuple[list[Round], str]:
    """The divisions of the rows, prepared, and how they were made."""
    classes = None if target.kind == NUMBER else target.indices(table.columns[target.name])
    groups = _groups(say, table, settings)
    if settings.test is not None:
        return _with_test_table(say, table, target, columns, settings, classes, groups)
    seed, test_size = settings.split_seed, settings.test_size or 0.2
    how = ("" if classes is None else ", each class in the same proportion") + f"; split seed {seed}"
    folds = settings.folds_for(len(table))
    val_size = settings.validation_share(bool(folds))
    if folds > len(table):
        raise TableError(f"{table.path}: --folds {folds}: the table has {len(table)} rows; two a fold are the fewest.")
    if folds:
        parts = split_folds(len(table), folds, val_size, seed, classes, groups)
        if len(parts) < folds:
            say.note(
                f"{folds} folds are too many for the rows, or for the groups of rows that stay together; {len(parts)} are made."
            )
        training, validation, test = map(len, parts[0])
        said = (
            f"{len(parts)} folds, so that every row is tested once; in the first {training} rows for training, "
            f"{validation} for validation (when to stop), {test} for the test{how}. "
            "Written is the mean of the models of all folds."
        )
    else:
        if settings.time is not None:
            parts = [split_time(moments_of(table, columns, settings.time), test_size, val_size)]
            how = f", the latest by {settings.time!r}"
        else:
            parts = [split_rows(len(table), test_size, val_size, seed, classes, groups)]
        training, validation, test = map(len, parts[0])
        said = f"{training} rows for training, {validation} for validation (when to stop), {test} for the test{how}."
    return [prepare(columns, target, tuple(table.take(p) for p in part), part[2]) for part in parts], said


def _groups(say: Speaker, table: Table, settings: FitSettings) -> np.ndarray | None:
    """A number for each row, equal for rows that must stay together; None if none must."""
    groups, count, by_chance = rows_that_repeat(table)
    if by_chance:
        say.note(
            f"{count} rows are repetitions of others, as happens with so few values; they are divided like all others."
        )
    elif count:
        say.warn(f"{count} rows are repetitions of others; a row and its repetitions stay on one side of the split.")
    if settings.group is not None:
        return np.unique(table.columns[settings.group], return_inverse=True)[1]
    return groups if count and not by_chance else None


def moments_of(table: Table, columns: list[Column], name: str) -> np.ndarray:
    """The numbers, or days, by which `--time` orders the rows. Raises TableError, with the row, where there is none."""
    column = next(c for c in columns if c.name == name)
    values = table.columns[name]
    if column.kind != DATE and values.dtype.kind != "f":
        raise TableError(f"{table.path}: --time {name}: holds neither dates nor numbers.")
    moments = numbers_of(column, values) if column.kind == DATE else values
    bad = np.flatnonzero(np.isnan(moments))
    if len(bad):
        raise TableError(f"{table.path}: --time {name}: row {bad[0] + 1} has no moment that can be read.")
    return moments


def _with_test_table(
    say: Speaker, table: Table, target: Target, columns: list[Column], settings: FitSettings, classes: np.ndarray | None,
    groups: np.ndarray | None,
) -> tuple[list[Round], str]:  # fmt: skip
    test = test_table(say, table, table.path, target, columns, settings)
    training, validation, _ = split_rows(
        len(table), 0.0, settings.validation_share(False), settings.split_seed, classes, groups
    )
    said = (
        f"{len(training)} rows for training, {len(validation)} for validation (when to stop); tested on the "
        f"{len(test)} rows of {test.path}; split seed {settings.split_seed}."
    )
    return [prepare(columns, target, (table.take(training), table.take(validation), test), None)], said


def test_table(
    say: Speaker, table: Table, called: str, target: Target, columns: list[Column], settings: FitSettings
) -> Table:  # fmt: skip
    """The rows of `--test` that have the target; how many of them stand in the table, or the sample, so called, is told.

    Raises TableError if they have not the columns of the table.
    """
    again = partial(read_as_fitted, columns=columns, target=target, missing=settings.missing)
    test = as_table(settings.test, settings.missing, settings.encoding, again)
    if target.name not in test.columns:
        raise TableError(
            f"{test.path}: there is no column {target.name!r} to test.{close_names(target.name, test.names)}"
        )
    test = target.rows_of(test)
    _, notes = match_columns(columns, test, target.name, fitted=False)
    for note in (*test.notes, *notes):
        say.note(f"{test.path}: {note}")
    used = [column.name for column in columns if column.kind != LEFT_OUT]
    count, by_chance = rows_in_both([*used, target.name], table, test)
    if count and not by_chance:
        say.warn(
            f"{test.path}: {count} of {len(test)} rows to be tested stand in {called} too, with the same values in all "
            "columns that are used: of these the figures do not say how the model does on new rows."
        )
    return test
