"""What makes figures tell too much or too little: rows that repeat or are sums of others, columns that give the answer away."""

import re
from typing import NamedTuple

import numpy as np

from ._below import TOTALS
from ._columns import LEFT_OUT, NUMERIC, Column, is_missing
from ._pairs import pair_that_determines
from ._read import as_text
from ._table import Table
from ._target import NUMBER, Target

_DETERMINED = (
    0.999  # share of the target's variance, or of the rows, that a column explains if it gives the answer away
)
_MOST_COLUMNS = 60  # numeric columns of which a sum is looked for
_CHANCE = 0.5  # share of the repetitions that chance makes too
_FEWEST_REPEATS = 2  # rows for each level of a category, on average, from which an exact match says something


_MOST_TOTALS = 0.2  # share of the rows that may be sums of others
_LONGEST_TOTAL = 5  # words
_TOTAL = re.compile("|".join(rf"^{re.escape(w)}\b|\b{re.escape(w)}:?$" for w in sorted(TOTALS)))


class Repetitions(NamedTuple):
    """Rows that are equal in all columns.

    Attributes: `groups`, a number for each row, the same for equal ones; `count`, rows that repeat an earlier one; `by_chance`,
    whether about as many would if the columns had nothing to do with each other, as where they have few values.
    """

    groups: np.ndarray
    count: int
    by_chance: bool


def rows_that_repeat(table: Table) -> Repetitions:
    """What repeats; chance is judged by each column in an order of its own."""
    return _repeated(_codes([as_text(values) for values in table.columns.values()]))


def rows_in_both(names: list[str], table: Table, other: Table) -> tuple[int, bool]:
    """How many rows of `other` stand in `table` too, by these columns, and whether about as many new ones would by chance.

    They would if the rows of `table` have their like in it by chance, and at least half as often.
    """
    codes = _codes([np.concatenate([as_text(t.columns[name]) for t in (table, other)]) for name in names])
    known = codes[: len(table)]
    rows = set(map(tuple, known.tolist()))
    count = sum(tuple(row) in rows for row in codes[len(table) :].tolist())
    groups, _, by_chance = _repeated(known)
    alike = float((np.bincount(groups)[groups] > 1).mean())
    return count, by_chance and alike >= _CHANCE * count / len(other)


def _codes(columns: list[np.ndarray]) -> np.ndarray:
    """A whole number for each text, equal for equal ones of a column, `(rows, columns)`."""
    return np.stack([np.unique(texts, return_inverse=True)[1] for texts in columns], axis=1)


def _repeated(codes: np.ndarray) -> Repetitions:
    groups, count = _equal(codes)
    by_chance = count > 0 and _equal(np.random.default_rng(0).permuted(codes, axis=0))[1] >= _CHANCE * count
    return Repetitions(groups, count, by_chance)


def _equal(codes: np.ndarray) -> tuple[np.ndarray, int]:
    found, groups = np.unique(codes, axis=0, return_inverse=True)
    return groups.ravel(), len(codes) - len(found)


def totals(table: Table) -> list[str]:
    """Sentences about columns in a few rows of which a word for a total stands: are these sums of other rows?"""
    said = []
    for name, values in table.columns.items():
        if values.dtype.kind == "f":
            continue
        found = {text for text in set(values.tolist()) if _may_be_total(text)}
        rows = np.flatnonzero(np.isin(values, list(found))) if found else np.zeros(0, int)
        if 0 < len(rows) <= _MOST_TOTALS * len(table):
            shown = ", ".join(map(repr, sorted(found)[:3]))
            said.append(
                f"{len(rows)} row(s), the first of them {table.row_numbers[rows[0]]}, hold {shown} in {name!r}: sums of other "
                "rows? Then take them out of the table."
            )
    return said


def _may_be_total(text: str) -> bool:
    folded = text.casefold()
    return len(folded.split()) <= _LONGEST_TOTAL and _TOTAL.search(folded) is not None


def leaks(table: Table, target: Target, columns: list[Column]) -> list[str]:
    """Sentences about columns that determine the target, alone, as a sum or two together: are they known beforehand?

    Of rows that repeat, and not by chance, one is looked at: a row agrees with its copy whatever the columns say.
    """
    used = [c for c in columns if c.kind != LEFT_OUT]
    groups, count, by_chance = rows_that_repeat(table)
    if count and not by_chance:
        table = table.take(np.unique(groups, return_index=True)[1])
    truth = table.columns[target.name]
    is_number = target.kind == NUMBER
    truth = truth if is_number else as_text(truth)
    found = _in_sums(table, truth, used) if is_number else _in_levels(table, truth, used)
    if len(found) != 1:
        found = pair_that_determines(table, truth, is_number, used) or found
    if not found:
        return []
    named = " and ".join(map(repr, found)) if len(found) < 4 else ", ".join(map(repr, found))
    return [
        f"{named} determine{'s' if len(found) == 1 else ''} the target {target.name!r} (nearly) exactly. If known only "
        f"together with it, leave {'it' if len(found) == 1 else 'them'} out: "
        + " ".join(f"--drop {name!r}" if " " in name else f"--drop {name}" for name in found)
        + "."
    ]


def _in_sums(table: Table, truth: np.ndarray, used: list[Column]) -> list[str]:
    """The fewest numeric columns, found one by one, whose weighted sum is the target."""
    numeric = [c.name for c in used if c.kind == NUMERIC][:_MOST_COLUMNS]
    values = {name: table.columns[name] for name in numeric if not is_missing(table.columns[name]).any()}
    chosen: list[str] = []
    rest = truth - truth.mean()
    total = float(rest @ rest)
    while len(chosen) < 3 and len(chosen) < len(values) and len(truth) > 10 * (len(chosen) + 2):
        by_fit = {name: _residual(truth, [values[n] for n in (*chosen, name)]) for name in values if name not in chosen}
        best = min(by_fit, key=lambda name: by_fit[name])
        chosen.append(best)
        if by_fit[best] <= (1 - _DETERMINED) * total:
            return [name for name in numeric if name in chosen]
    return []


def _residual(truth: np.ndarray, parts: list[np.ndarray]) -> float:
    design = np.stack([np.ones(len(truth)), *((p - p.mean()) / (p.std() or 1.0) for p in parts)], axis=1)
    weights = np.linalg.lstsq(design, truth, rcond=None)[0]
    return float(np.square(truth - design @ weights).sum())


def _in_levels(table: Table, truth: np.ndarray, used: list[Column]) -> list[str]:
    """The first column whose every level has one class, in enough rows to be no accident."""
    for column in used:
        levels, place = np.unique(as_text(table.columns[column.name]), return_inverse=True)
        if len(levels) * _FEWEST_REPEATS > len(truth):
            continue
        names, class_of = np.unique(truth, return_inverse=True)
        counts = np.zeros((len(levels), len(names)), dtype=int)
        np.add.at(counts, (place, class_of), 1)
        if counts.max(axis=1).sum() >= _DETERMINED * len(truth):
            return [column.name]
    return []
