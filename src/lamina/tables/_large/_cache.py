"""`Cache`: what a model takes of a large table, and its target, on disk in a form that is quick to read in any order."""

import os
import zlib
from typing import Any

import numpy as np

from .._columns import DATE, LEFT_OUT, NUMERIC, TEXT, Column, numbers_of
from .._errors import TableError
from .._read import as_text
from .._target import NUMBER, Target
from ._reader import ColumnReader
from ._stored import StoredLevels, StoredNumbers, StoredTexts
from ._stream import Stream

LEFT = np.uint32(0xFFFFFFFF)  # in the place of a key: a row that has no target
_GOLDEN, _MIX_1, _MIX_2 = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


class Cache:
    """The rows of a stream, encoded.

    Args:
        folder: where the files go; who made it removes it.
        stream, columns, target: the table, and what its sample says of it.
        group: a column; rows of one of its values get one key.
        time: a column of moments.
        seed: of the keys.
    Attributes:
        rows: how many there are; `unknown`, how many of them have no target, or a class that no row of the sample is of.
        missing: by column, how many rows lack it.
        levels: by column of categories, what stands in it, `StoredLevels`.
        notes: what was unusual in the rows.
    Raises TableError, with the row, for a number that is not finite.
    """

    def __init__(
        self, folder: str, stream: Stream, columns: list[Column], target: Target, group: str | None = None,
        time: str | None = None, seed: int = 0,
    ):  # fmt: skip
        self.stream, self.target, self.group, self.seed = stream, target, group, seed
        self.used = {c.name: c for c in columns if c.kind != LEFT_OUT}
        self.rows = self.unknown = 0
        self.missing = dict.fromkeys(self.used, 0)
        self.levels: dict[str, StoredLevels] = {}
        self._columns = {
            name: self._store_for(c, os.path.join(folder, f"{i}")) for i, (name, c) in enumerate(self.used.items())
        }
        self._truth = StoredNumbers(os.path.join(folder, "truth"), "float32" if target.kind == NUMBER else "int32")
        self._keys = StoredNumbers(os.path.join(folder, "keys"), "uint32")
        self._moments = StoredNumbers(os.path.join(folder, "moments"), "float64")
        self._time = next((c for c in columns if c.name == time), None)
        self._places = {name: i for i, name in enumerate(target.classes)}
        named = [name for name in (target.name, group, time) if name is not None]
        readers = {name: stream.reader(name) for name in dict.fromkeys([*self.used, *named])}
        for chunk in stream.chunks():
            try:
                self._append({name: reader.read(chunk.raw[name], chunk.source) for name, reader in readers.items()})
            except OSError as error:
                raise TableError(
                    f"{stream.path}: too large for memory, and no copy can be written to {folder} ({error.strerror or error}). "
                    "Set TMPDIR to a folder with more room, or allow more with --memory."
                ) from None
        self.notes = self._told(list(readers.values()))

    def inputs(self, first: int, rows: int) -> dict[str, np.ndarray]:
        """What the model takes of some rows, as `model_inputs` gives it."""
        return {name: stored.read(first, rows)[:, None] for name, stored in self._columns.items()}

    def compact(self, first: int, rows: int) -> dict[str, np.ndarray]:
        """The same in less memory: places of categories, texts as objects; each `(rows,)`."""
        return {name: stored.compact(first, rows) for name, stored in self._columns.items()}

    def unfolded(self, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Of what `compact` gives, what `inputs` gives."""
        return {name: self._columns[name].unfolded(some)[:, None] for name, some in values.items()}

    def truth(self, first: int, rows: int) -> np.ndarray:
        """The encoded targets of some rows, as `Target.encode` gives them; of rows without one, anything."""
        values = self._truth.read(first, rows)
        return values[:, None] if self.target.kind == NUMBER else self.target.of_places(np.maximum(values, 0))

    def keys(self, first: int = 0, rows: int = -1) -> np.ndarray:
        """Of each row a number, evenly spread over uint32, equal for rows that are equal or of one group; or `LEFT`."""
        return self._keys.read(first, rows)

    def moments(self, first: int = 0, rows: int = -1) -> np.ndarray:
        """The moments of some rows, float64."""
        return self._moments.read(first, rows)

    def _store_for(self, column: Column, path: str) -> Any:
        if column.kind in (NUMERIC, DATE):
            return StoredNumbers(path)
        if column.kind == TEXT:
            return StoredTexts(path)
        self.levels[column.name] = StoredLevels(path)
        return self.levels[column.name]

    def _append(self, values: dict[str, np.ndarray]) -> None:
        truth, known = self._encoded(values[self.target.name])
        keys = np.full(len(truth), self.seed, "uint64")
        for name, column in self.used.items():
            keys = mixed(keys, self._store(column, values[name]))
        keys = mixed(keys, truth.view("uint32"))
        if self.group is not None:
            keys = mixed(np.full(len(truth), self.seed, "uint64"), _hashed(_as_levels(values[self.group])))
        if self._time is not None:
            self._append_moments(self._time, values[self._time.name])
        drawn = np.minimum((keys >> np.uint64(32)).astype("uint32"), LEFT - np.uint32(1))
        self._keys.append(np.where(known, drawn, LEFT))
        self._truth.append(truth)
        self.unknown += int((~known).sum())
        self.rows += len(keys)

    def _store(self, column: Column, values: np.ndarray) -> np.ndarray:
        """Writes the values of a column; gives a whole number for each, equal for equal ones."""
        name = column.name
        if column.kind in (NUMERIC, DATE):
            numbers = self._finite(name, numbers_of(column, values))
            self.missing[name] += int(np.isnan(numbers).sum())
            self._columns[name].append(numbers)
            return numbers.view("uint32")
        texts = _as_levels(values)
        self.missing[name] += int((texts == "").sum())
        codes = self._columns[name].append(texts)
        return _hashed(texts) if codes is None else codes

    def _encoded(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Numbers, or places of classes (-1 for others), and which rows have a target."""
        if self.target.kind == NUMBER:
            numbers = self._finite(self.target.name, values)
            return numbers, ~np.isnan(numbers)
        places = self._places
        codes = np.array([places.get(text, -1) for text in as_text(values).tolist()], dtype="int32")
        return codes, codes >= 0

    def _finite(self, name: str, values: np.ndarray) -> np.ndarray:
        """float32, -0 as 0. Raises TableError for infinite numbers, and for what float32 does not hold."""
        numbers = values.astype("float32") + np.float32(0)
        bad = np.flatnonzero(np.isinf(numbers))
        if len(bad):
            raise TableError(
                f"{self.stream.path}: column {name!r} holds numbers that are not finite, or too large for single precision, the "
                f"first in row {self.rows + bad[0] + 1}. Correct them, leave them empty if they are missing, or leave the column "
                "out with --drop."
            )
        return numbers

    def _append_moments(self, column: Column, values: np.ndarray) -> None:
        moments = numbers_of(column, values) if column.kind == DATE else values
        bad = np.flatnonzero(np.isnan(moments))
        if len(bad):
            row = self.rows + bad[0] + 1
            raise TableError(f"{self.stream.path}: --time {column.name}: row {row} has no moment that can be read.")
        self._moments.append(moments)

    def _told(self, readers: list[ColumnReader]) -> list[str]:
        said = [reader.note() for reader in readers]
        if self.unknown:
            what = (
                ""
                if self.target.kind == NUMBER
                else f", or one that no row of the sample has (of {len(self._places)} classes)"
            )
            said.append(f"{self.unknown} of {self.rows} rows have no {self.target.name!r}{what}, and are left out.")
        return [note for note in said if note is not None]


def _as_levels(values: np.ndarray) -> np.ndarray:
    return as_text(values) if values.dtype.kind == "f" else values


def _hashed(texts: np.ndarray) -> np.ndarray:
    return np.array([zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in texts.tolist()], dtype="uint64")


def mixed(keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The keys `(rows,)`, uint64, changed by values of the same rows: the steps of SplitMix64.

    Reference: Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators, 2014, doi:10.1145/2660193.2660195.
    """
    keys = (keys ^ values.astype("uint64")) + _GOLDEN
    keys = (keys ^ (keys >> np.uint64(30))) * _MIX_1
    keys = (keys ^ (keys >> np.uint64(27))) * _MIX_2
    return keys ^ (keys >> np.uint64(31))
