"""Files of typed values as streams of rows: JSON lines, Parquet, Feather."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from lamina._extras import require
from lamina._lazy import lazy_module

from .._errors import TableError
from .._json import json_object
from .._read import PARQUET, check_different, from_columns, from_pandas, one_line
from .._table import Table
from ._chunk import Chunk
from ._texts import find_encoding, lines_of

pandas: Any = lazy_module("pandas")
pyarrow: Any = lazy_module("pyarrow")
parquet: Any = lazy_module("pyarrow.parquet")
_LOOKED_AT = 10_000  # objects that tell the names


class JsonSource:
    """The rows of a file of JSON objects, one a line; its columns are the keys of the first 10,000.

    Args:
        path: the file, plain or packed.
        encoding: of the file; None to find it out.
    Raises TableError, with the line, for what is no such object.
    """

    def __init__(self, path: str, encoding: str | None):
        self.path = path
        self.encoding, self.notes = find_encoding(path, encoding)
        self.names = list(dict.fromkeys(key for row in islice(self._rows(), _LOOKED_AT) for key in row))
        self._late: set[str] = set()

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Rows, `size` at a time."""
        first, rows = 0, self._rows()
        while some := list(islice(rows, size)):
            self._note_late({key for row in some for key in row}.difference(self.names))
            yield Chunk(first, {name: [row.get(name) for row in some] for name in self.names})
            first += len(some)

    def table_of(self, columns: dict[str, list[Any]], words: set[str]) -> Table:
        """A table of some rows."""
        return from_columns(self.path, list(columns), list(columns.values()), words)

    def _rows(self) -> Iterator[dict[str, Any]]:
        for number, line in enumerate(lines_of(self.path, self.encoding), 1):
            if line.strip():
                yield json_object(line, self.path, number)

    def _note_late(self, keys: set[str]) -> None:
        for key in sorted(keys - self._late):
            self.notes.append(f"{key!r} is a key that none of the first {_LOOKED_AT:,} objects has; left aside.")
        self._late |= keys


class ColumnsSource:
    """The rows of a Parquet or Feather file.

    Args: `path` of the file. Raises TableError if it is none; ImportError without the extra.
    """

    def __init__(self, path: str):
        require("pandas", "table", "Reading this table")
        require("pyarrow", "table", "Reading a Parquet file")
        self.path, self.notes = path, []
        frame = next(self._frames(1), None)
        if frame is None:
            raise TableError(f"{path}: the table is empty: it has no row.")
        check_different(path, [str(label).strip() for label in frame.columns])
        self.dtypes = {str(label).strip(): dtype for label, dtype in frame.dtypes.items()}
        self.names = list(self.dtypes)

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Rows, `size` at a time."""
        first = 0
        for frame in self._frames(size):
            yield Chunk(first, {str(label).strip(): _values(frame[label]) for label in frame.columns})
            first += len(frame)

    def table_of(self, columns: dict[str, list[Any]], words: set[str]) -> Table:
        """A table of some rows, of the types that the file tells."""
        series = {name: pandas.Series(values, dtype=self._dtype(name)) for name, values in columns.items()}
        return from_pandas(self.path, pandas.DataFrame(series), words)

    def _dtype(self, name: str) -> Any:
        """What pandas does not see in the values themselves: orders, and moments of which none may be known."""
        dtype = self.dtypes[name]
        if isinstance(dtype, pandas.CategoricalDtype):
            return dtype if dtype.ordered else object
        return dtype if dtype.kind in "mM" else None if dtype.kind in "iuf" else object

    def _frames(self, size: int) -> Iterator[Any]:
        """Frames of `size` rows, the last one of fewer; a named index becomes a column."""
        held: list[Any] = []
        rows = 0
        for frame in self._pieces(size):
            held.append(frame)
            rows += len(frame)
            while rows >= size:
                whole = held[0] if len(held) == 1 else pandas.concat(held, ignore_index=True)
                yield whole.iloc[:size].reset_index(drop=True)
                held, rows = [whole.iloc[size:]], rows - size
        if rows:
            yield pandas.concat(held, ignore_index=True)

    def _pieces(self, size: int) -> Iterator[Any]:
        try:
            if self.path.lower().endswith(PARQUET):
                with parquet.ParquetFile(self.path) as file:
                    for batch in file.iter_batches(size, use_threads=False):
                        yield _framed(pyarrow.Table.from_batches([batch]))
            else:
                with pyarrow.OSFile(self.path) as file, pyarrow.ipc.open_file(file) as batches:
                    for i in range(batches.num_record_batches):
                        yield _framed(pyarrow.Table.from_batches([batches.get_batch(i)]))
        except (OSError, ValueError) as error:
            kind = "Parquet" if self.path.lower().endswith(PARQUET) else "Feather"
            raise TableError(f"{self.path}: not a {kind} file that can be read ({one_line(error)}).") from None


def _framed(table: Any) -> Any:
    frame = table.to_pandas()
    return frame if frame.index.names == [None] else frame.reset_index()


def _values(series: Any) -> Any:
    """Numbers as an array, all else as a list of Python's values."""
    dtype = series.dtype
    is_plain = isinstance(dtype, np.dtype) and dtype.kind in "iuf"
    return series.to_numpy() if is_plain else series.astype(object).tolist()
