"""Functions of a written file that reads tables: columns to what the model takes, and what it gives to answers."""

import csv
from typing import Any

import numpy as np


def column_of(columns: dict[str, Any], name: str) -> list[Any]:
    """The values of a column. Raises ValueError if there is none of that name."""
    if name not in columns:
        raise ValueError(f"There is no column {name!r}; there are {', '.join(map(repr, columns))}.")
    return list(columns[name])


def as_words(values: list[Any], missing: list[str]) -> np.ndarray:
    """Texts, (rows, 1): whole numbers without a point, nothing for missing ones."""
    texts = []
    for value in values:
        if value is None or value != value:
            value = ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = str(value).strip()
        texts.append("" if text.casefold() in missing else text)
    return np.array(texts, dtype=str).reshape(-1, 1)


def as_numbers(values: list[Any], missing: list[str], name: str) -> np.ndarray:
    """Numbers, float32 (rows, 1), NaN for missing ones. Raises ValueError that names the column and what is no number."""
    found = []
    for text in as_words(values, missing).ravel().tolist():
        try:
            found.append(float(text or "nan"))
        except ValueError:
            raise ValueError(f"Column {name!r} must hold numbers, with a decimal point; it holds {text!r}.") from None
    if np.isinf(found).any():
        raise ValueError(f"Column {name!r} holds a number that is not finite.")
    return np.array(found, np.float32).reshape(-1, 1)


def as_levels(values: list[Any], missing: list[str], levels: list[str], name: str) -> np.ndarray:
    """Words as `as_words`. Raises ValueError for one that is neither a level nor missing."""
    found = as_words(values, missing)
    strange = [text for text in found.ravel().tolist() if text and text not in levels]
    if strange:
        raise ValueError(f"Column {name!r} holds {strange[0]!r}, which is none of its levels {', '.join(levels)}.")
    return found


def answers(
    outputs: np.ndarray, target: str, classes: list[str], threshold: float, weights: list[float]
) -> dict[str, list[Any]]:  # fmt: skip
    """Columns of predictions: numbers, or a class and the probability of each. Of two classes the second is taken above the
    threshold, of more the one that is likeliest after weighting."""
    if not classes:
        return {f"predicted_{target}": outputs[:, 0].tolist()}
    if outputs.shape[1] == 1:
        shares, places = np.hstack([1 - outputs, outputs]), (outputs[:, 0] > threshold).astype(int)
    else:
        shares, places = outputs, (outputs * weights if weights else outputs).argmax(axis=1)
    found = {f"predicted_{target}": [classes[i] for i in places]}
    return {**found, **{f"probability_{name}": share.tolist() for name, share in zip(classes, shares.T)}}


def read_csv(path: str) -> dict[str, list[str]]:
    """The columns of a CSV file, in UTF-8, with commas or what stands in its first line instead."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        first = file.readline()
        file.seek(0)
        delimiter = max(",;\t", key=first.count)
        names, *rows = csv.reader(file, delimiter=delimiter)
    return {name.strip(): [row[i] if i < len(row) else "" for row in rows if row] for i, name in enumerate(names)}


def write_csv(path: str, columns: dict[str, list[Any]]) -> None:
    """Writes columns to a CSV file."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values()))
