"""Columns on disk: numbers, codes of categories, texts; written row after row, read from any row on."""

import os
import pathlib
from typing import Any

import numpy as np

_SMALLEST = np.dtype("uint8")


class StoredNumbers:
    """A column of numbers of one type.

    Args: `path` of its file; `dtype` of the numbers.
    """

    def __init__(self, path: str, dtype: Any = "float32"):
        self.path, self.dtype = path, np.dtype(dtype)
        pathlib.Path(path).touch()

    def append(self, values: np.ndarray) -> None:
        """Writes the values of further rows."""
        with open(self.path, "ab") as file:
            file.write(np.ascontiguousarray(values, self.dtype).data)

    def read(self, first: int, rows: int) -> np.ndarray:
        """The values of some rows."""
        return np.fromfile(self.path, self.dtype, rows, offset=first * self.dtype.itemsize)

    compact = read

    def unfolded(self, values: np.ndarray) -> np.ndarray:
        """Numbers as they are."""
        return values


class StoredLevels:
    """A column of texts of which there are not very many different ones, as their places in the order in which they came.

    Args: `path` of its file.
    Attributes: `levels`, the texts; `counts`, how many rows hold each.
    """

    def __init__(self, path: str):
        self.levels: list[str] = []
        self.counts = np.zeros(0, "int64")
        self._places: dict[str, int] = {}
        self._codes = StoredNumbers(path, _SMALLEST)
        self._texts: np.ndarray | None = None

    def append(self, texts: np.ndarray) -> np.ndarray:
        """Writes the texts of further rows; gives their places."""
        codes = self._code(texts)
        if len(self.levels) > np.iinfo(self._codes.dtype).max:
            self._widen()
        self._codes.append(codes)
        self.counts = np.pad(self.counts, (0, len(self.levels) - len(self.counts)))
        self.counts += np.bincount(codes, minlength=len(self.levels))
        return codes

    def _code(self, texts: np.ndarray) -> np.ndarray:
        places = self._places
        found = []
        for text in texts.tolist():
            place = places.get(text)
            if place is None:
                place = places[text] = len(places)
                self.levels.append(text)
            found.append(place)
        return np.array(found, dtype="int64")

    def _widen(self) -> None:
        """The same places in numbers of twice as many bytes."""
        old = self._codes
        wider = StoredNumbers(old.path + "w", f"uint{16 * old.dtype.itemsize}")
        first = 0
        while len(some := old.read(first, 1 << 20)):
            wider.append(some)
            first += len(some)
        os.unlink(old.path)
        self._codes = wider

    def codes(self, first: int, rows: int) -> np.ndarray:
        """The places of the texts of some rows, int64."""
        return self._codes.read(first, rows).astype("int64")

    def read(self, first: int, rows: int) -> np.ndarray:
        """The texts of some rows."""
        return self.unfolded(self.compact(first, rows))

    def compact(self, first: int, rows: int) -> np.ndarray:
        """The places of the texts of some rows, in as few bytes as they take."""
        return self._codes.read(first, rows)

    def unfolded(self, values: np.ndarray) -> np.ndarray:
        """The texts at these places."""
        if self._texts is None or len(self._texts) < len(self.levels):
            self._texts = np.array(self.levels, dtype=str)
        return self._texts[values]


class StoredTexts:
    """A column of free texts.

    Args: `path` of its file.
    """

    def __init__(self, path: str):
        self.path, self._end = path, 0
        self._ends = StoredNumbers(path + "e", "int64")

    def append(self, texts: np.ndarray) -> None:
        """Writes the texts of further rows."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts.tolist()]
        ends = self._end + np.cumsum([len(part) for part in encoded], dtype="int64")
        with open(self.path, "ab") as file:
            file.write(b"".join(encoded))
        self._ends.append(ends)
        self._end = int(ends[-1])

    def read(self, first: int, rows: int) -> np.ndarray:
        """The texts of some rows."""
        return self.unfolded(self.compact(first, rows))

    def compact(self, first: int, rows: int) -> np.ndarray:
        """The same as an array of objects."""
        ends = self._ends.read(max(first - 1, 0), rows + (first > 0))
        starts = ends[:-1] if first else np.append(0, ends[:-1])
        ends = ends[-len(starts) :]
        with open(self.path, "rb") as file:
            file.seek(starts[0])
            content = file.read(int(ends[-1] - starts[0]))
        cuts = zip((starts - starts[0]).tolist(), (ends - starts[0]).tolist())
        found = np.empty(len(starts), dtype=object)
        found[:] = [content[a:b].decode("utf-8", "surrogatepass") for a, b in cuts]
        return found

    def unfolded(self, values: np.ndarray) -> np.ndarray:
        """Texts as str."""
        return values.astype(str)
