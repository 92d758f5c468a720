"""Whether a table has what a model was fitted on."""

from dataclasses import dataclass, field

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

_TRIED = 100  # values, before all of them
_REMEMBERED = 1000  # categories never seen, of a column


@dataclass
class _Odd:
    """What of a column is unusual: rows with a category never seen, some of these, and rows where it lacks."""

    column: Column
    unseen: int = 0
    named: set[str] = field(default_factory=set)
    lacking: int = 0


class Surprises:
    """What rows hold that no training row did, counted over one piece of a table or several."""

    def __init__(self) -> None:
        self._odd: dict[str, _Odd] = {}

    def add(self, column: Column, values: np.ndarray) -> None:
        """Counts further values of a column that is fitted."""
        odd = self._odd.setdefault(column.name, _Odd(column))
        if column.kind == NOMINAL:
            text = as_text(values)
            new = text[~np.isin(text, column.levels)]
            odd.unseen += len(new)
            if len(odd.named) < _REMEMBERED:
                odd.named |= set(new.tolist()) - {""}
        if not column.has_missing:
            odd.lacking += int(is_missing(values).sum())

    def notes(self) -> list[str]:
        """Sentences about them."""
        said = []
        for name, odd in self._odd.items():
            if odd.named:
                named = sorted(odd.named)
                shown = ", ".join(map(repr, named[:3])) + (", ..." if len(named) > 3 else "")
                said.append(f"{odd.unseen} row(s) have a {name!r} that the model does not tell apart: {shown}.")
            if odd.lacking:
                instead = "as an unknown category" if odd.column.kind == NOMINAL else "as the median"
                said.append(f"{odd.lacking} row(s) lack {name!r}, which no training row did; taken {instead}.")
        return said


def match_columns(
    columns: list[Column], table: Table, target: str, fitted: bool = True, surprises: Surprises | None = None
) -> tuple[list[Column], list[str]]:
    """The columns the model uses, checked against the table, and notes on what is unusual in it.

    Args:
        fitted: whether the columns know already what the training rows hold.
        surprises: where to count what they do not hold, in the place of notes on it.
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
    notes, own = [], Surprises()
    known = {target, *(c.name for c in columns)}
    unknown = [n for n in table.names if n not in known]
    if unknown:
        notes.append(f"the model knows nothing of {', '.join(map(repr, unknown))}; left aside.")
    for column in used:
        values = table.columns[column.name]
        check_finite(table, column.name, values)
        if column.kind == NUMERIC and values.dtype.kind != "f":
            odd = str(values[~is_missing(values)][0])
            raise TableError(
                f"{table.path}: column {column.name!r} must hold numbers, as when the model was fitted; it holds {odd!r}."
            )
        if column.kind == DATE and _holds_no_date(column, values):
            odd = as_text(values[~is_missing(values)])[0]
            raise TableError(f"{table.path}: column {column.name!r} must hold dates, {column.style}; it holds {odd!r}.")
        if column.kind == ORDINAL:
            check_levels(table, column.name, values, column.levels)
        if fitted:
            (own if surprises is None else surprises).add(column, values)
    return used, [*notes, *own.notes()]


def _holds_no_date(column: Column, values: np.ndarray) -> bool:
    """Whether none of the values that are there is a date; most often the first ones tell."""
    known = values[~is_missing(values)]
    parts = known[:_TRIED], known[_TRIED:]
    return len(known) > 0 and all(np.isnan(numbers_of(column, part)).all() for part in parts)
