"""Whether a table has what a model was fitted on."""

import numpy as np

from ._columns import (
    DATE,
    LEFT_OUT,
    NOMINAL,
    NUMERIC,
    ORDINAL,
    Column,
    check_finite,
    check_levels,
    is_missing,
    numbers_of,
)  # fmt: skip
from ._errors import TableError, close_names
from ._read import as_text
from ._table import Table


def match_columns(
    columns: list[Column], table: Table, target: str, fitted: bool = True
) -> tuple[list[Column], list[str]]:
    """The columns the model uses, checked against the table, and notes on what is unusual in it.

    Args:
        fitted: whether the columns know already what the training rows hold.
    Raises TableError if one is missing or of another kind.
    """
    used = [c for c in columns if c.kind != LEFT_OUT]
    lacking = [c.name for c in used if c.name not in table.columns]
    if lacking:
        extra = [n for n in table.names if n not in {c.name for c in columns}]
        raise TableError(
            f"{table.path}: the table has no column {', '.join(map(repr, lacking))}, which the model was fitted "
            f"on.{close_names(lacking[0], extra or table.names)}"
        )
    notes = []
    known = {target, *(c.name for c in columns)}
    unknown = [n for n in table.names if n not in known]
    if unknown:
        notes.append(f"the model knows nothing of {', '.join(map(repr, unknown))}; left aside.")
    for column in used:
        values = table.columns[column.name]
        check_finite(table.path, column.name, values)
        if column.kind == NUMERIC and values.dtype.kind != "f":
            odd = str(values[~is_missing(values)][0])
            raise TableError(
                f"{table.path}: column {column.name!r} must hold numbers, as when the model was fitted; it holds {odd!r}."
            )
        if column.kind == DATE and not is_missing(values).all() and np.isnan(numbers_of(column, values)).all():
            odd = as_text(values[~is_missing(values)])[0]
            raise TableError(f"{table.path}: column {column.name!r} must hold dates, {column.style}; it holds {odd!r}.")
        if column.kind == ORDINAL:
            check_levels(table.path, column.name, values, column.levels)
        if fitted:
            notes.extend(_surprises(column, values))
    return used, notes


def _surprises(column: Column, values: np.ndarray) -> list[str]:
    said = []
    if column.kind == NOMINAL:
        text = as_text(values)
        new = text[~np.isin(text, column.levels)]
        named = sorted(set(new.tolist()) - {""})
        if named:
            shown = ", ".join(map(repr, named[:3])) + (", ..." if len(named) > 3 else "")
            said.append(f"{len(new)} row(s) have a {column.name!r} that the model does not tell apart: {shown}.")
    missing = int(is_missing(values).sum())
    if missing and not column.has_missing:
        instead = "as an unknown category" if column.kind == NOMINAL else "as the median"
        said.append(f"{missing} row(s) lack {column.name!r}, which no training row did; taken {instead}.")
    return said
