"""What a service asks of a model: to read a request, and to answer many at once."""

import math
from typing import Any, Protocol

import numpy as np

Arrays = dict[str, np.ndarray]  # by the names of the model's inputs, equally many rows each


class Answerer(Protocol):
    """A model that was loaded."""

    def read(self, document: Any) -> Arrays:
        """The rows of a request. Raises Refused (422), naming the column or input, for what the model does not take."""

    def answer(self, rows: Arrays) -> list[Any]:
        """The answer for each row, as JSON values."""

    def describe(self) -> dict[str, Any]:
        """`{"request": a JSON schema, "answer": a JSON schema, "example": a request}`."""


def rows_in(rows: Arrays) -> int:
    """How many there are."""
    return len(next(iter(rows.values())))


def joined(parts: list[Arrays]) -> Arrays:
    """The rows of several requests, one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def padded(rows: Arrays) -> Arrays:
    """With the last row repeated up to a power of two, so that a model meets few sizes of batches, and compiles few."""
    count = rows_in(rows)
    more = 2 ** math.ceil(math.log2(max(count, 1))) - count
    return {name: np.concatenate([array, np.repeat(array[-1:], more, axis=0)]) for name, array in rows.items()}


def fit_together(one: Arrays, other: Arrays) -> bool:
    """Whether rows of two requests can stand in one batch: all sizes but the number of rows are equal."""
    return all(one[name].shape[1:] == other[name].shape[1:] for name in one)
