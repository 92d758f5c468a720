"""Target statistics: what the target is on average where a category stands, learned out of fold."""

from dataclasses import dataclass

import numpy as np

from ._columns import NOMINAL, Column
from ._network import CLIP
from ._read import as_text
from ._table import Table

_PARTS = 5  # of the training rows, each described by the others
_STRENGTH = 10.0  # rows that the mean of all is worth
_MOST_UNITS = 10  # of the target; of more classes the averages would be too many columns
_MANY = 12  # categories from which a column has averages


@dataclass
class Averages:
    """The averages of one column for its training rows, `(rows, units)`, as if each row had not been there."""

    column: str
    values: np.ndarray


def has_averages(column: Column, units: int) -> bool:
    """Whether a column is described by averages of a target of so many units."""
    return column.kind == NOMINAL and column.distinct >= _MANY and units <= _MOST_UNITS


def fit_averages(columns: list[Column], training: Table, targets: np.ndarray) -> list[Averages]:
    """Gives the columns of many categories their averages, and those of the training rows, each without the row itself.

    An average is drawn towards that of all rows, as if ten more of these had the category, and scaled by the spread of the
    averages over the training rows. The training rows are parted in five, and each part gets the averages of the others; a
    row that counted in its own average would tell the network its target.

    Args: targets `(rows, units)` of the training rows, standardised numbers or shares of classes.
    Reference: Micci-Barreca, A Preprocessing Scheme for High-Cardinality Categorical Attributes, 2001, doi:10.1145/507533.507538.
    """
    rest = np.asarray(targets, "float64") - np.mean(targets, axis=0)
    part = np.random.default_rng(0).permutation(len(rest)) % _PARTS
    found = []
    for column in columns:
        if not has_averages(column, rest.shape[1]):
            continue
        place = {level: i for i, level in enumerate(column.levels)}
        unseen = len(place)
        places = np.array([place.get(text, unseen) for text in as_text(training.columns[column.name]).tolist()])
        values = np.zeros(rest.shape)
        for number in range(_PARTS):
            own = part == number
            values[own] = _drawn(places[~own], rest[~own], unseen + 1)[places[own]]
        scale = np.maximum(values.std(axis=0), 1e-6)
        means = _drawn(places, rest, unseen + 1)
        means[unseen] = 0.0
        column.means = (means / scale).astype("float32").tolist()
        found.append(Averages(column.name, (values / scale).astype("float32")))
    return found


def _drawn(places: np.ndarray, rest: np.ndarray, levels: int) -> np.ndarray:
    """Means by place, `(levels, units)`, drawn towards 0."""
    counts = np.bincount(places, minlength=levels)[:, None]
    sums = np.stack([np.bincount(places, unit, levels) for unit in rest.T], axis=1)
    return sums / (counts + _STRENGTH)


def put_averages(linear: np.ndarray, network: np.ndarray, numbers: int, averages: list[Averages]) -> None:
    """Writes the averages of the training rows over those that their features have; they are the last of the numbers."""
    place = numbers - sum(one.values.shape[1] for one in averages)
    for one in averages:
        places = slice(place, place + one.values.shape[1])
        linear[:, places] = one.values
        network[:, places] = one.values / np.sqrt(1 + np.square(one.values / CLIP))
        place += one.values.shape[1]
