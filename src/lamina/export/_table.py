"""What a model for tables expects beside its arrays."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NUMBERS, WORDS, LEVELS, DATES = "numbers", "words", "levels", "dates"


@dataclass(frozen=True)
class TablePart:
    """Columns of a table and what is predicted of it.

    Attributes:
        columns: for each input of the model, in order, the name of its column and NUMBERS, WORDS, LEVELS or DATES.
        levels: for each column of LEVELS those it may hold.
        styles: for each column of dates how they are written.
        target, classes: the name of what is predicted; of classes, in the order of the outputs, none for a number.
        threshold: of two classes, the probability above which a row is taken for the second.
        weights: of more classes, what their probabilities are multiplied by before the largest is taken; empty for nothing.
        missing: texts, folded, that stand for "missing".
        days_of: `(texts, style)` to days since 1970, a function whose source can be written.
    """

    columns: list[tuple[str, str]]
    levels: dict[str, list[str]]
    styles: dict[str, str]
    target: str
    classes: list[str]
    threshold: float
    weights: list[float]
    missing: list[str]
    days_of: Callable[..., Any]
