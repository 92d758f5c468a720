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
    no_number,
    numbers_of,
)  # fmt: skip
from ._dates import days_of, local_time_of, other_order, zones_beside
from ._errors import TableError, close_names
from ._from_texts import AS_MISSING
from ._numbers import too_many
from ._read import as_text
from ._table import Table

_REMEMBERED = 1000  # categories never seen, of a column


@dataclass
class _Odd:
    """What of a column is unusual: rows with a category never seen, some of these, rows where it lacks, dates that are none.

    `zones` are those of dates that have another than in the fit.
    """

    column: Column
    unseen: int = 0
    named: set[str] = field(default_factory=set)
    lacking: int = 0
    unread: int = 0
    shown: str = ""
    zones: set[str] = field(default_factory=set)


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
        if column.kind == DATE:
            unread = _unread(column, values)
            odd.unread += len(unread)
            odd.shown = odd.shown or (str(unread[0]) if len(unread) else "")
            odd.zones |= set(zones_beside(column.style, as_text(values)))
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
            if odd.unread:
                said.append(
                    f"{odd.unread} row(s) have a {name!r} that is no date, {odd.column.style}: {odd.shown!r}; {AS_MISSING}."
                )
            if odd.zones:
                said.append(
                    f"{name!r} has times of the zones {', '.join(sorted(odd.zones)[:3])}; brought to the time of "
                    f"{local_time_of(odd.column.style)}, as in the fit."
                )
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
        if column.name in table.unfit:
            raise TableError(table.unfit[column.name])
        check_finite(table, column.name, values)
        if column.kind == NUMERIC and values.dtype.kind != "f":
            raise TableError(
                f"{table.path}: column {column.name!r} must hold numbers, as when the model was fitted; it holds "
                f"{no_number(values)!r}."
            )
        if column.kind == DATE:
            _check_dates(table.path, column, values)
        if column.kind == ORDINAL:
            check_levels(table, column.name, values, column.levels)
        if fitted:
            (own if surprises is None else surprises).add(column, values)
    return used, [*notes, *own.notes()]


def _check_dates(path: str, column: Column, values: np.ndarray) -> None:
    """Raises TableError if more than a few dates cannot be read, or the day stands where the month did in the fit."""
    unread = _unread(column, values)
    if not len(unread):
        return
    known = as_text(values[~is_missing(values)])
    other = other_order(column.style)
    if other != column.style and not np.isnan(days_of(known, other)).any():
        raise TableError(
            f"{path}: column {column.name!r} holds dates {other}, as {str(unread[0])!r}; when the model was fitted they were "
            f"{column.style}."
        )
    if too_many(len(unread), len(known)):
        raise TableError(
            f"{path}: column {column.name!r} must hold dates, {column.style}; it holds {str(unread[0])!r} and "
            f"{len(unread) - 1} more that cannot be read so."
            if len(unread) > 1
            else f"{path}: column {column.name!r} must hold dates, {column.style}; it holds {str(unread[0])!r}."
        )


def _unread(column: Column, values: np.ndarray) -> np.ndarray:
    """The entries that are no dates in the order of the fit."""
    known = values[~is_missing(values)]
    return as_text(known)[np.isnan(numbers_of(column, known))]
