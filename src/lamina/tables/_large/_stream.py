"""`Stream`: a table that is read again and again in pieces, and what all of it looks like by a sample of its rows."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .._date_orders import in_one_form, order_note, own_orders
from .._dates import YEAR_FIRST
from .._errors import TableError
from .._frames import is_paths
from .._from_texts import looks_like_dates
from .._memory import give_back
from .._read import finished
from .._several import called, check_same_names, given_twice
from .._table import Table
from ._chunk import Chunk, joined, taken
from ._fields import Fields
from ._reader import ColumnReader
from ._texts import TextSource
from ._typed import ColumnsSource, JsonSource

CHUNK = 1 << 14  # rows that are read at once; whole batches of predictions
_OF_SAMPLE = 0.15  # of the memory
_FEWEST, _MOST = 2000, 100_000  # rows of the sample
_LOOKED_AT, _OF_VALUE = 1000, 60  # rows that tell its width; bytes of a value beside its letters
_PIECES = 64  # of a column of the sample, before they are joined
_TYPED = (".parquet", ".pq", ".feather", ".arrow")


class Stream:
    """A table of one or several files, read in pieces.

    Args:
        data: the path, or a list of paths.
        missing, encoding: as `read_table` takes them.
        memory: bytes that the table may take, which say how large the sample is.
        seed: fixes which they are.
        again: reads the sample as a model needs it, and with it all rows.
    Attributes:
        path: what errors call it; `names` of the columns; `rows`, how many there are.
        odd_notes: on entries of all rows that are no numbers, in columns of numbers, once `tables` gave all.
        sample: rows drawn evenly from all of them, which tell what the columns hold; `places` are their numbers, from 1.
    Raises TableError for what cannot be read, whichever row it is in.
    """

    def __init__(
        self, data: Any, missing: tuple[str, ...], encoding: str | None, memory: int, seed: int = 0,
        again: Callable[[Table], Table] | None = None,
    ):  # fmt: skip
        paths = [os.fspath(path) for path in data] if is_paths(data) else [os.fspath(data)]
        self.path, self.missing, self.again = called(paths), missing, again
        self.odd_notes: list[str] = []
        self.words = {m.strip() for m in missing}
        self.sources = [_source(path, encoding) for path in paths]
        for other in self.sources[1:]:
            check_same_names(self.sources[0].path, self.sources[0].names, other.path, other.names)
        self.names = self.sources[0].names
        self.rows = 0
        self.orders: dict[str, list[str]] = {}  # of dates, by column, where files have their own
        self.sample = self._drawn(int(memory * _OF_SAMPLE), seed)

    def chunks(self, size: int = CHUNK) -> Iterator[Chunk]:
        """All rows in their order, `size` at a time (fewer, or up to twice as many, where a file ends)."""
        first = 0
        for number, source in enumerate(self.sources):
            rows = 0
            for chunk in source.chunks(size):
                rows += len(chunk)
                yield Chunk(first + chunk.first, chunk.raw, number)
            first += rows
        give_back()

    def tables(self, names: list[str], keep: list[str]) -> Iterator[Table]:
        """The rows as tables of some columns, read as the sample was; `keep` are columns that are wanted as they stand, too."""
        readers = {name: self.reader(name) for name in names}
        for chunk in self.chunks():
            columns = {name: reader.read(chunk.raw[name], chunk.source) for name, reader in readers.items()}
            raw = {name: _as_array(chunk.raw[name]) for name in keep}
            table = Table(self.path, columns, self.sample.dates & set(names), [], raw, self.sample.ordered)
            table.unfit = self.sample.unfit
            table.places = np.arange(chunk.first + 1, chunk.first + 1 + len(chunk))
            yield table
        self.odd_notes = [note for reader in readers.values() if (note := reader.note()) is not None]

    def reader(self, name: str) -> ColumnReader:
        """What reads further values of a column."""
        is_number = self.sample.columns[name].dtype.kind == "f"
        return ColumnReader(name, is_number, self.sample.rules.get(name), self.missing, self.orders.get(name, ()))

    def _drawn(self, memory: int, seed: int) -> Table:
        """The rows with the smallest of random keys, so many as have room."""
        rng = np.random.default_rng(seed)
        keys, places = np.empty(0), np.empty(0, "int64")
        columns: dict[str, list[Any]] = {name: [] for name in self.names}  # pieces
        most, size = np.inf, 0
        ends = [0] * len(self.sources)
        for chunk in self.chunks():
            size = size or int(np.clip(memory // _width(chunk), _FEWEST, _MOST))
            drawn = rng.random(len(chunk))
            near = np.flatnonzero(drawn < most)
            keys, places = np.append(keys, drawn[near]), np.append(places, chunk.first + near)
            for name, values in chunk.raw.items():
                pieces = columns[name]
                pieces.append(taken(values, near))
                if len(pieces) > _PIECES:
                    columns[name] = [joined(pieces)]
            self.rows = ends[chunk.source] = chunk.first + len(chunk)
            if len(keys) > 1.5 * size:
                kept = np.argpartition(keys, size)[:size]
                keys, places, most = keys[kept], places[kept], float(keys[kept].max())
                columns = {name: [taken(joined(pieces), kept)] for name, pieces in columns.items()}
        if not self.rows:
            raise TableError(f"{self.path}: the table is empty: it has {len(self.names)} column(s) and no row.")
        kept = np.argsort(keys, kind="stable")[:size]
        kept = kept[np.argsort(places[kept])]
        whole = {name: taken(joined(columns.pop(name)), kept) for name in self.names}
        table = finished(self.sources[0].table_of(whole, self.words), self.missing)
        if len(self.sources) > 1:
            self._find_orders(table, np.searchsorted(np.maximum.accumulate(ends), places[kept], side="right"))
        if self.again is not None:
            table = self.again(table)
        table.path, table.places, table.raw = self.path, places[kept] + 1, {}
        twice = given_twice([source.path for source in self.sources])
        table.notes[:0] = [*(note for source in self.sources for note in source.notes), *twice]
        return table

    def _find_orders(self, table: Table, sources: np.ndarray) -> None:
        """Brings dates of the sample to one form, where each file has its own order; `sources` are the files of the rows."""
        for name, values in table.columns.items():
            if values.dtype.kind == "f" or name in table.ordered:
                continue
            parts = {i: part for i in np.unique(sources) if len(part := values[(sources == i) & (values != "")])}
            if len(parts) < 2 or not all(map(looks_like_dates, parts.values())):
                continue
            orders = own_orders(list(parts.values()), self.again is not None)
            if orders is None:
                continue
            of_file = dict(zip(parts, orders))
            self.orders[name] = [of_file.get(i, YEAR_FIRST) for i in range(len(self.sources))]
            dated = np.empty(len(values), dtype=object)
            for i in np.unique(sources):
                dated[sources == i] = in_one_form(values[sources == i], self.orders[name][i])
            table.columns[name] = dated.astype(str)
            table.dates.add(name)
            table.notes.append(order_note(name, [self.sources[i].path for i in parts], orders))


def _width(chunk: Chunk) -> int:
    """About how many bytes a row takes as Python's values and as a table."""
    width = 0
    for values in chunk.raw.values():
        some = [str(v) for v in values[:_LOOKED_AT]]
        width += _OF_VALUE + 9 * max(map(len, some))  # a str of ASCII, and four bytes a letter in two arrays
    return width


def _source(path: str, encoding: str | None) -> Any:
    stem, suffix = os.path.splitext(path.lower())
    if suffix in _TYPED:
        return ColumnsSource(path)
    is_json = path.lower().endswith((".jsonl", ".ndjson")) or stem.endswith((".jsonl", ".ndjson"))
    return JsonSource(path, encoding) if is_json else TextSource(path, encoding)


def _as_array(values: Any) -> np.ndarray:
    """Values as they are written beside predictions."""
    given = values.tolist() if isinstance(values, (np.ndarray, Fields)) else values
    array = np.empty(len(given), dtype=object)
    array[:] = given
    return array
