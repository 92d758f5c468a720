"""Partial dependence: what a model gives on average when one column has the same value in every row."""

from dataclasses import dataclass

import numpy as np

from ._columns import DATE, NUMERIC, ORDINAL, TEXT, Column
from ._evidence import Trial, repeated, sampled
from ._target import Target, shares_of

_POINTS = 13  # along a number
_LEVELS = 8  # of a category, the most frequent
_ROWS = 120
_BAND = (0.1, 0.9)  # of the rows


@dataclass
class Dependence:
    """What a model gives along one column.

    Attributes:
        column: the column.
        numbers: values along a number or date (days since 1970), float64 `(points,)`; None for levels.
        levels: the values as text.
        mean: of the rows' answers, float64 `(points, units)`; units are the number, or the probability of each class.
        low, high: first and last decile of the rows' answers, each row less its own mean over the points and more that of all;
            they lie on the mean where the column does the same in every row.
        known: the column's values in the rows, for marks along the axis.

    References: Friedman, Greedy Function Approximation, 2001 (the mean); Goldstein et al., Peeking Inside the Black Box, 2015
    (the rows beside it, centred).
    """

    column: Column
    numbers: np.ndarray | None
    levels: list[str]
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    known: np.ndarray


def can_vary(column: Column) -> bool:
    """Whether a curve along the column says something: not of texts."""
    return column.kind != TEXT


def partial_dependence(trials: list[Trial], target: Target, column: Column, seed: int = 0) -> Dependence:
    """The answers of all trials' models along the values that the column has in their rows."""
    values = np.concatenate([t.inputs[column.name][:, 0] for t in trials])
    is_number = column.kind in (NUMERIC, DATE)
    grid = _along(values) if is_number else _among(values, column)
    answers = []
    for trial in sampled(trials, _ROWS, np.random.default_rng(seed)):
        rows = len(trial.table)
        inputs = repeated(trial.inputs, len(grid))
        inputs[column.name] = np.repeat(grid, rows)[:, None]
        outputs = trial.answers(inputs)
        if target.classes:
            outputs = shares_of(target, outputs)
        answers.append(outputs.reshape(len(grid), rows, -1))
    by_row = np.concatenate(answers, axis=1)
    mean = by_row.mean(axis=1)
    low, high = np.quantile(by_row - by_row.mean(axis=0) + mean.mean(axis=0), _BAND, axis=1)
    known = values[~np.isnan(values)].astype("float64") if is_number else values
    return Dependence(
        column, grid.astype("float64") if is_number else None, [str(v) for v in grid.tolist()], mean, low, high,
        known,
    )  # fmt: skip


def _along(values: np.ndarray) -> np.ndarray:
    """Quantiles, so that the curve has points where there are rows."""
    known = values[~np.isnan(values)]
    if not len(known):
        return np.zeros(1, values.dtype)
    return np.unique(np.quantile(known.astype("float64"), np.linspace(0.02, 0.98, _POINTS)).astype(values.dtype))


def _among(values: np.ndarray, column: Column) -> np.ndarray:
    """The levels in their order, or the most frequent ones."""
    names, counts = np.unique(values, return_counts=True)
    if column.kind == ORDINAL:
        return np.array([level for level in column.levels if level in names], dtype=values.dtype)
    return names[np.argsort(-counts, kind="stable")][:_LEVELS]
