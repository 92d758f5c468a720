"""Which rows of a large table train, which say when to stop, and which are tested."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .._columns import NOMINAL, Seen
from .._errors import TableError
from ._cache import LEFT, Cache, mixed

TRAINING, VALIDATION, TEST, NOWHERE = 0, 1, 2, 3
_READ = 1 << 20  # rows at once
_ODD = 2.0  # times the share that was asked for


@dataclass
class Division:
    """The parts of the rows of a cache.

    Attributes:
        cache: the rows.
        test_size, val_size: shares of the rows that are tested, and of the others that validate.
        by_row: whether a row's number, not what it holds, says where it goes.
        moments: of the first tested row and the first that validates, where time divides the rows.
    """

    cache: Cache
    test_size: float
    val_size: float
    by_row: bool = False
    moments: tuple[float, float] | None = None

    def parts(self, first: int, rows: int) -> np.ndarray:
        """The part of each of some rows, uint8."""
        keys = self.cache.keys(first, rows)
        known = keys != LEFT
        if self.moments is not None:
            moments = self.cache.moments(first, rows)
            is_test, is_validation = (moments >= start for start in self.moments)
        else:
            if self.by_row:
                keys = mixed(np.full(len(keys), self.cache.seed, "uint64"), first + np.arange(len(keys))) >> np.uint64(
                    32
                )
            drawn = keys.astype("float64") / 2**32
            is_test, is_validation = (
                drawn < self.test_size,
                drawn < self.test_size + (1 - self.test_size) * self.val_size,
            )
        parts = np.where(is_test, TEST, np.where(is_validation, VALIDATION, TRAINING))
        return np.where(known, parts, NOWHERE).astype("uint8")

    def pieces(self) -> Iterator[tuple[int, np.ndarray]]:
        """The parts of all rows: the first row of a piece, and the parts of its rows."""
        for first in range(0, self.cache.rows, _READ):
            yield first, self.parts(first, _READ)

    def counts(self) -> np.ndarray:
        """How many rows each part has."""
        return sum(np.bincount(parts, minlength=4) for _, parts in self.pieces())

    def of(self, numbers: np.ndarray) -> np.ndarray:
        """The parts of the rows of these numbers, from 1, in ascending order."""
        places, found = numbers - 1, []
        for first, parts in self.pieces():
            inside = places[(places >= first) & (places < first + len(parts))]
            found.append(parts[inside - first])
        return np.concatenate(found)

    def seen(self) -> dict[str, Seen]:
        """By column: the categories in the training rows, the most frequent first, and whether values are missing."""
        cache = self.cache
        counts = {name: np.zeros(len(stored.levels), "int64") for name, stored in cache.levels.items()}
        for first, parts in self.pieces():
            for name, stored in cache.levels.items():
                codes = stored.codes(first, len(parts))[parts == TRAINING]
                counts[name] += np.bincount(codes, minlength=len(stored.levels))
        found = {}
        for name, column in cache.used.items():
            levels: list[str] = []
            if column.kind == NOMINAL:
                known = [(level, n) for level, n in zip(cache.levels[name].levels, counts[name].tolist()) if n]
                levels = [level for level, _ in sorted(known, key=lambda pair: (-pair[1], pair[0]))]
            found[name] = Seen(levels, cache.missing[name] > 0)
        return found


def divided(cache: Cache, test_size: float, val_size: float, moments: np.ndarray | None) -> tuple[Division, str | None]:
    """The division of the rows, and a caution if rows repeat so often that repetitions stand on both sides.

    Args:
        moments: those of the rows of the sample, where time divides the rows.
    Raises TableError if a part gets no row.
    """
    division = Division(cache, test_size, val_size)
    caution = None
    if moments is not None:
        latest = float(np.quantile(moments, 1 - test_size))
        division.moments = latest, float(np.quantile(moments[moments < latest], 1 - val_size))
    elif cache.group is None and not _is_even(division):
        division.by_row = True
        caution = (
            "Rows repeat so often that no division with the repetitions of a row on one side has the shares that are asked for: "
            "rows that are tested stand among the training rows too, which flatters all figures."
        )
    counts = division.counts()
    for part, name in ((TRAINING, "training"), (VALIDATION, "validation"), (TEST, "test")):
        if not counts[part] and (part != TEST or test_size):
            raise TableError(f"{cache.stream.path}: {cache.rows} rows leave none for {name}.")
    return division, caution


def _is_even(division: Division) -> bool:
    """Whether the parts have about the shares that were asked for."""
    counts = division.counts()[:NOWHERE]
    rest = 1 - division.test_size
    wanted = np.array([rest * (1 - division.val_size), rest * division.val_size, division.test_size])
    shares = counts / max(counts.sum(), 1)
    return bool(((shares > wanted / _ODD) & (shares < wanted * _ODD) | (wanted == 0)).all())
