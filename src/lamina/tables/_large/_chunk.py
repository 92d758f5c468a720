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
        raw: columns by name, `(rows,)` each: `Fields` or lists of texts, lists of values of a typed file, or arrays of numbers.
    """

    first: int
    raw: dict[str, Sequence[Any] | np.ndarray]

    def __len__(self) -> int:
        return len(next(iter(self.raw.values()))) if self.raw else 0

    def take(self, rows: np.ndarray) -> dict[str, list[Any]]:
        """The values of some rows by column, `rows` being their places in the chunk."""
        places = rows.tolist()
        return {
            name: values[rows].tolist()
            if isinstance(values, np.ndarray)
            else values.take(rows)
            if isinstance(values, Fields)
            else [values[i] for i in places]
            for name, values in self.raw.items()
        }
