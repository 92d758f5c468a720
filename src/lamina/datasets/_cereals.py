"""The loader of "80 Cereals", a table of breakfast cereals."""

import csv
from collections.abc import Sequence
from typing import Any

import numpy as np

from lamina._public import public
from lamina.utils._get_file import get_file

_MISSING = -1.0  # how the table says that a value is not known


@public("datasets.cereals.load_data")
def load_data(
    path: Any = "cereal.csv", features: Sequence[str] = ("sugars", "fiber", "protein"), target: str = "calories"
) -> tuple[np.ndarray, np.ndarray]:
    """What is in breakfast cereals: (x, y), for a first regression.

    Args:
        path: path or URL of the CSV file, whose first line names the columns: name, mfr, type, calories, protein, fat,
            sodium, fiber, carbo, sugars, potass, vitamins, shelf, weight, cups, rating.
        features: names of the columns of x.
        target: name of the column of y.
    Returns: x `(cereals, features)` and y `(cereals,)`, float32, without the rows in which a value is missing (-1).
    Raises FileNotFoundError; ValueError for columns that are not there or hold no numbers.
    Reference: Crawford, 80 Cereals, https://www.kaggle.com/datasets/crawford/80-cereals.
    """
    where = str(path)
    if "://" in where:
        path = get_file(origin=where)
    try:
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        raise FileNotFoundError(
            f"cereals.load_data: there is no file {where!r}. Get cereal.csv from "
            "https://www.kaggle.com/datasets/crawford/80-cereals, and give its path."
        ) from None
    names = list(rows[0]) if rows else []
    for name in (*features, target):
        if name not in names:
            raise ValueError(f"cereals.load_data: {where} has no column {name!r}; it has {names}.")
    table = np.array([[_number(row[name], name, where) for name in (*features, target)] for row in rows], "float32")
    table = table[np.all(table != _MISSING, axis=1)]
    return table[:, :-1], table[:, -1]


def _number(text: str | None, name: str, where: str) -> float:
    try:
        return float(text or _MISSING)
    except ValueError:
        raise ValueError(f"cereals.load_data: column {name!r} of {where} holds {text!r}, which is no number.") from None
