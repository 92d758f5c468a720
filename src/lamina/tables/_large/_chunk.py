"""`Chunk`: some rows of a stream, as they stand in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._fields import Fields


@dataclass
class Chunk:
    """Rows that follow each other.

    Attributes:
        first: number of the first row in the stream, from 0.
        source: which of several files they are of, from 0.
        raw: columns by name, `(rows,)` each: `Fields` or lists of texts, lists of values of a typed file, or arrays of numbers.
    """

    first: int
    raw: dict[str, Sequence[Any] | np.ndarray]
    source: int = 0

    def __len__(self) -> int:
        return len(next(iter(self.raw.values()))) if self.raw else 0


def taken(values: Any, rows: np.ndarray) -> Any:
    """The values of some rows of a column, held as the column is."""
    if isinstance(values, Fields):
        return values.take(rows)
    return values[rows] if isinstance(values, np.ndarray) else [values[i] for i in rows.tolist()]


def joined(pieces: list[Any]) -> Any:
    """One column of several pieces; a list where they are held in different ways."""
    if all(isinstance(piece, Fields) for piece in pieces):
        return Fields.joined(pieces)
    if all(isinstance(piece, np.ndarray) for piece in pieces):
        return np.concatenate(pieces)
    return [value for piece in pieces for value in (piece.tolist() if isinstance(piece, np.ndarray) else piece)]
