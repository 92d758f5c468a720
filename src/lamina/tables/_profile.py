"""What the training rows held of each column, in a few numbers, and how far other rows are from it."""

from typing import Any

import numpy as np

from ._columns import DATE, NOMINAL, NUMERIC, ORDINAL, Column, numbers_of
from ._read import as_text
from ._table import Table
from ._target import NUMBER, Target

_BINS = 10
_MOST_LEVELS = 50  # of a column, the most frequent; the others count as one
_MOVED = 0.25  # stability index from which rows count as others; 0.1 is usually called small
_NOISE = 3.0  # times what the index is on average for rows of the same kind


def profile_of(columns: list[Column], target: Target, training: Table) -> dict[str, Any]:
    """By column used, and for the target: bins of numbers or levels, the share of the training rows in each, and the range."""
    found = {c.name: _of_column(c, training) for c in columns if c.kind in (NUMERIC, DATE, ORDINAL, NOMINAL)}
    values = training.columns[target.name]
    found[target.name] = _of_numbers(values) if target.kind == NUMBER else _of_levels(as_text(values))
    return found


def shift_of(known: dict[str, Any], column: Column | Target, values: np.ndarray) -> tuple[float, float]:
    """The population stability index of values `(rows,)` against a profile, and the index from which it is no accident.

    The sum over bins of (q - p) ln(q / p), p and q being the shares of the training rows and of these; missing ones are a bin.
    Reference: Yurdakul, Statistical Properties of Population Stability Index, 2018 (for the size that chance gives it).
    """
    expected = np.array(known["shares"])
    counts = _counts(known, _given(column, values))
    rows = counts.sum()
    p, q = ((part + 0.5 / rows) / (1 + 0.5 * len(part) / rows) for part in (expected, counts / rows))
    index = float(((q - p) * np.log(q / p)).sum())
    return index, _MOVED + _NOISE * (len(p) - 1) * (1 / rows + 1 / known["rows"])


def beyond(known: dict[str, Any], column: Column | Target, values: np.ndarray) -> int:
    """How many numbers lie outside the range of the training rows."""
    if "edges" not in known or known["low"] is None:
        return 0
    numbers = _given(column, values)
    return int(((numbers < known["low"]) | (numbers > known["high"])).sum())


def _given(column: Column | Target, values: np.ndarray) -> np.ndarray:
    if isinstance(column, Target):
        return values if column.kind == NUMBER else as_text(values)
    return as_text(values) if column.kind == NOMINAL else numbers_of(column, values)


def _of_column(column: Column, training: Table) -> dict[str, Any]:
    values = _given(column, training.columns[column.name])
    return _of_levels(values) if column.kind == NOMINAL else _of_numbers(values)


def _of_numbers(numbers: np.ndarray) -> dict[str, Any]:
    known = numbers[~np.isnan(numbers)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1])) if len(known) else np.zeros(0)
    low, high = (float(known.min()), float(known.max())) if len(known) else (None, None)
    return _with_shares({"edges": edges.tolist(), "low": low, "high": high}, numbers)


def _of_levels(texts: np.ndarray) -> dict[str, Any]:
    levels, counts = np.unique(texts[texts != ""], return_counts=True)
    return _with_shares({"levels": levels[np.argsort(-counts, kind="stable")[:_MOST_LEVELS]].tolist()}, texts)


def _with_shares(known: dict[str, Any], values: np.ndarray) -> dict[str, Any]:
    return {**known, "shares": (_counts(known, values) / len(values)).tolist(), "rows": len(values)}


def _counts(known: dict[str, Any], values: np.ndarray) -> np.ndarray:
    """How many values lie in each bin, and at the end how many are missing; levels that are not named share one."""
    if "edges" in known:
        is_missing = np.isnan(values)
        places = np.searchsorted(known["edges"], values[~is_missing], side="right")
        bins = len(known["edges"]) + 1
    else:
        is_missing = values == ""
        place = {level: i for i, level in enumerate(known["levels"])}
        bins = len(place) + 1
        places = np.array([place.get(text, bins - 1) for text in values[~is_missing].tolist()], dtype="int64")
    return np.append(np.bincount(places, minlength=bins), is_missing.sum()).astype("float64")
