"""A table in memory: numbers as float64 with NaN, everything else as text, missing text empty."""

from dataclasses import dataclass, field, replace

import numpy as np

from ._number_rule import NumberRule


@dataclass(eq=False)  # arrays do not say whether they are equal
class Table:
    """A table in memory.

    Attributes:
        path: where it comes from.
        columns: by name, float64 `(rows,)` with NaN for missing, or str `(rows,)` with "" for missing.
        dates: names of columns that hold dates.
        notes: what was done to read it, in sentences.
        raw: the same columns as they stand in the file: str, or the values of a typed file, `(rows,)` each.
        ordered: levels of columns that are ordered in the file, lowest first.
        rules: how the texts of columns were read as numbers.
        comma: whether its numbers have decimal commas where nothing else in their column tells.
        unfit: by name, why columns are not what the model that they were read for needs.
        is_held: whether a program holds it, as a frame, so that classes keep the types of their labels.
        places: numbers of the rows in what was read, from 1, int64 `(rows,)`; None while they are all there.
    """

    path: str
    columns: dict[str, np.ndarray]
    dates: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    raw: dict[str, np.ndarray] = field(default_factory=dict)
    ordered: dict[str, list[str]] = field(default_factory=dict)
    rules: dict[str, NumberRule] = field(default_factory=dict)
    comma: bool = False
    unfit: dict[str, str] = field(default_factory=dict)
    is_held: bool = False
    places: np.ndarray | None = None

    @property
    def names(self) -> list[str]:
        return list(self.columns)

    @property
    def row_numbers(self) -> np.ndarray:
        """The number of each row in what was read, from 1."""
        return np.arange(1, len(self) + 1) if self.places is None else self.places

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def take(self, rows: np.ndarray) -> "Table":
        """The table of these rows."""
        columns, raw = ({k: v[rows] for k, v in part.items()} for part in (self.columns, self.raw))
        places = self.row_numbers[rows]
        return replace(self, columns=columns, raw=raw, places=places)
