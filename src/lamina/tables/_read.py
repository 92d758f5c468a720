"""Tables from files of every kind that people keep them in."""

import bz2
import gzip
import io
import lzma
import os
import re
import sqlite3
import sys
import unicodedata
import zipfile
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np

from lamina._extras import require
from lamina._lazy import lazy_module

from ._encoding import decode
from ._errors import TableError, close_names
from ._excel import read_excel
from ._fetched import fetched, is_url
from ._from_texts import from_texts
from ._json import nested_note, read_json
from ._missing_words import note_on_words
from ._numbers import MISSING, uses_decimal_comma, usual_sizes
from ._sheet import Sheet, read_sheet
from ._table import Table

pandas: Any = lazy_module("pandas")

PARQUET = (".parquet", ".pq")
_FEATHER = (".feather", ".arrow")
_EXCEL = (".xlsx", ".xls", ".xlsm", ".ods")
_JSON_LINES = (".jsonl", ".ndjson")
_DATABASE = re.compile(r"(?P<file>.+\.(?:db|sqlite|sqlite3))(?:::(?P<table>.+))?", re.IGNORECASE)
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # begins .xls, and what a password protects
_LONGEST = max(map(len, MISSING))  # letters; folding makes no text shorter
_LARGEST = 1 << 53  # whole numbers beyond it are not told apart by float64
_PACKED = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}


def read_table(path: str, missing: tuple[str, ...] = (), encoding: str | None = None) -> Table:
    """Reads a table: CSV and its kin, plain or packed (.gz, .bz2, .xz, .zip), Parquet, Feather, Excel, JSON (lines), SQLite.

    Numbers are understood as people write them, and what was done to understand the file stands in `notes`.

    Args:
        path: the file, or the address (http, https) of one; `-` for the standard input; `file.db::table` for a table of an
            SQLite database.
        missing: values that stand for "missing", besides empty fields, NA, ? and the like.
        encoding: of a text file; by default it is found out.
    Raises TableError if there is no such file, no table in it, or one that cannot be read without guessing; ImportError
    without the extra.
    """
    words = {m.strip() for m in missing}
    database, source = _DATABASE.fullmatch(path), file_of(path)
    with fetched(source) if is_url(source) else nullcontext(source) as place:
        if place != "-":
            _check_file(place)
        if database is not None:
            table = from_columns(path, *_read_database(source, place, database["table"]), words)
        elif place.lower().endswith(_EXCEL):
            table = _from_excel(path, place, words)
        elif place.lower().endswith(PARQUET + _FEATHER):
            table = from_pandas(path, _read_frame(path, place), words)
        else:
            table = _from_bytes(path, *_unpacked(path, place), words, encoding)
    return finished(table, missing)


def file_of(path: str) -> str:
    """The file of a path, without the table in it."""
    database = _DATABASE.fullmatch(path)
    return path if database is None else database["file"]


def finished(table: Table, missing: tuple[str, ...]) -> Table:
    """The table with the numbers that stand for missing ones taken out. Raises TableError if it has no row."""
    codes = missing_codes(missing)
    if codes:
        for name, values in table.columns.items():
            if values.dtype.kind == "f" and np.isin(values, codes).any():
                table.columns[name] = kept = np.where(np.isin(values, codes), np.nan, values)
                if name in table.rules:
                    low, high = usual_sizes(np.unique(kept))
                    table.rules[name] = replace(table.rules[name], low=low, high=high)
    if not len(table):
        raise TableError(f"{table.path}: the table is empty: it has {len(table.columns)} column(s) and no row.")
    return table


def missing_codes(missing: tuple[str, ...]) -> list[float]:
    """The numbers among the values that stand for missing ones."""
    return [float(m) for m in missing if _is_plain(m)]


def _check_file(path: str) -> None:
    if not os.path.exists(path):
        raise TableError(f"{path}: there is no such file.")
    if os.path.isdir(path):
        raise TableError(f"{path}: a folder, not a table.")


def _unpacked(path: str, place: str) -> tuple[str, bytes]:
    """The name and the bytes of the file at `place`, after unpacking; `path` is what errors call it."""
    if place == "-":
        return "standard input", sys.stdin.buffer.read()
    with open(place, "rb") as file:
        content = file.read()
    stem, extension = os.path.splitext(place)
    try:
        if extension.lower() in _PACKED:
            return stem, _PACKED[extension.lower()](content)
        if extension.lower() == ".zip":
            return _from_zip(path, content)
    except (OSError, EOFError, ValueError, lzma.LZMAError, zipfile.BadZipFile) as error:
        raise TableError(f"{path}: cannot be unpacked ({one_line(error)}).") from None
    return place, content


def _from_zip(path: str, content: bytes) -> tuple[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [n for n in archive.namelist() if not n.endswith("/") and not n.startswith("__MACOSX")]
        if len(names) != 1:
            raise TableError(f"{path}: holds {len(names)} files, not one table: {', '.join(names[:5])}.")
        return names[0], archive.read(names[0])


def _from_bytes(path: str, name: str, content: bytes, words: set[str], encoding: str | None) -> Table:
    text, notes = decode(content, path, encoding)
    if text[:200].lstrip().casefold().startswith(("<!doctype html", "<html")):
        raise TableError(f"{path}: this is a page of HTML, no table. Is there an address of the file itself?")
    if name.lower().endswith((*_JSON_LINES, ".json")):
        names, columns, told = read_json(text, path, name.lower().endswith(".json"))
        table = from_columns(path, names, columns, words)
        table.notes[:0] = told
    else:
        table = _from_sheet(path, read_sheet(text, path), words)
    table.notes[:0] = notes
    return table


def _from_sheet(path: str, sheet: Sheet, words: set[str]) -> Table:
    sample = [f for row in sheet.rows[:200] for f in row.fields]
    comma = False if sheet.delimiter == "," else uses_decimal_comma(sample)
    columns = {name: [row.fields[i] for row in sheet.rows] for i, name in enumerate(sheet.names)}
    table = from_fields(path, columns, words, comma)
    table.notes[:0] = sheet.notes
    return table


def from_fields(path: str, columns: dict[str, list[str]], words: set[str], comma: bool | None) -> Table:
    """A table of the fields of a text file.

    `comma`: whether its numbers have decimal commas where nothing else in a column tells; None if nothing tells at all.
    """
    table = Table(path, {}, comma=bool(comma))
    for name, fields in columns.items():
        raw = np.array(fields, dtype=str)
        table.raw[name] = raw
        table.columns[name] = from_texts(table, name, as_text(raw, words), comma)
        table.notes += note_on_words(name, raw, table.columns[name], words)
    return table


def from_columns(path: str, names: list[str], columns: list[list[Any]], words: set[str]) -> Table:
    """A table of Python values: numbers, texts, None."""
    check_different(path, names)
    table = Table(path, {})
    for name, values in zip(names, columns):
        raw = np.empty(len(values), dtype=object)
        raw[:] = values
        table.raw[name] = raw
        known = [v for v in values if v is not None]
        is_number = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in known)
        if known and is_number and not any(isinstance(v, int) and abs(v) > _LARGEST for v in known):
            table.columns[name] = np.array([np.nan if v is None else v for v in values], dtype="float64")
        else:
            table.columns[name] = from_texts(table, name, as_text(raw, words), None)
            table.notes += note_on_words(name, raw, table.columns[name], words)
            table.notes += [note] if (note := nested_note(name, known)) else []
    return table


def from_pandas(path: str, frame: Any, words: set[str]) -> Table:
    """A table of a DataFrame; a named index is a column."""
    table = Table(path, {})
    if frame.index.names != [None]:
        labels = [str(label) for label in frame.index.names]
        twice = [label for label in labels if label in map(str, frame.columns)]
        if twice:
            raise TableError(
                f"{path}: the index and a column are both called {twice[0]!r}; rename or drop one of them."
            )
        frame = frame.reset_index()
    check_different(path, [str(label).strip() for label in frame.columns])
    types = pandas.api.types
    for label in frame.columns:
        series, name = frame[label], str(label).strip()
        table.raw[name] = series.astype(object).to_numpy()
        kind = series.dtype
        is_exact = not types.is_integer_dtype(kind) or _is_exact(series)
        if (
            types.is_numeric_dtype(kind)
            and not types.is_bool_dtype(kind)
            and not types.is_complex_dtype(kind)
            and is_exact
        ):
            table.columns[name] = series.to_numpy(dtype="float64", na_value=np.nan)
            continue
        if types.is_timedelta64_dtype(kind):
            table.columns[name] = series.dt.total_seconds().to_numpy(dtype="float64", na_value=np.nan)
            table.notes.append(f"Column {name!r} holds durations, taken in seconds.")
            continue
        if types.is_datetime64_any_dtype(kind):
            table.dates.add(name)
        texts = as_text(series.astype(object).to_numpy(), words)
        if isinstance(kind, pandas.CategoricalDtype):
            if kind.ordered:
                table.ordered[name] = as_text(np.array(kind.categories, dtype=object)).tolist()
            table.columns[name] = texts
        else:
            table.columns[name] = texts if types.is_bool_dtype(kind) else from_texts(table, name, texts, None)
            table.notes += note_on_words(name, table.raw[name], table.columns[name], words)
            note = nested_note(name, table.raw[name].tolist())
            if note:
                table.notes.append(note)
    return table


def _is_exact(series: Any) -> bool:
    """Whether float64 holds all whole numbers of a series; longer ones are identifiers."""
    known = series.dropna()
    return not len(known) or (int(known.max()) <= _LARGEST and int(known.min()) >= -_LARGEST)


def _from_excel(path: str, place: str, words: set[str]) -> Table:
    require("pandas", "table", "Reading this table")
    require("openpyxl", "excel", "Reading an Excel file")
    try:
        names, columns, notes = read_excel(path, place)
    except TableError:
        raise
    except ImportError as error:
        with open(place, "rb") as file:
            is_old = file.read(len(_OLD_EXCEL)) == _OLD_EXCEL
        if not is_old:  # an .ods, which another library reads
            raise TableError(f"{path}: cannot be read without another library ({one_line(error)}).") from None
        what = "protected by a password, or an old Excel file" if place.lower().endswith("x") else "an old Excel file"
        raise TableError(f"{path}: {what}; save it as .xlsx without a password, or as CSV.") from None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise TableError(f"{path}: not an Excel file that can be read ({one_line(error)}).") from None
    table = from_columns(path, names, columns, words)
    table.notes[:0] = notes
    return table


def check_different(path: str, names: list[str]) -> None:
    """Raises TableError if several columns have one name, blanks around it aside."""
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise TableError(
            f"{path}: several columns are called {', '.join(map(repr, twice[:3]))}; their names must differ by more than blanks."
        )


def _read_frame(path: str, place: str) -> Any:
    require("pandas", "table", "Reading this table")
    kind = place.lower()
    try:
        require("pyarrow", "table", "Reading a Parquet file")
        return pandas.read_parquet(place) if kind.endswith(PARQUET) else pandas.read_feather(place)
    except (OSError, ValueError, KeyError) as error:
        what = "Parquet" if kind.endswith(PARQUET) else "Feather"
        raise TableError(f"{path}: not a {what} file that can be read ({one_line(error)}).") from None


def _read_database(file: str, place: str, name: str | None) -> tuple[list[str], list[list[Any]]]:
    try:
        connection = sqlite3.connect(f"file:{os.path.abspath(place)}?mode=ro", uri=True)
        try:
            query = "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%'"
            tables = [row[0] for row in connection.execute(query)]
            if name is None and len(tables) == 1:
                name = tables[0]
            if name is None:
                raise TableError(f"{file}: holds {len(tables)} tables; choose one: {file}::{'|'.join(tables[:8])}.")
            if name not in tables:
                raise TableError(f"{file}: there is no table {name!r}.{close_names(name, tables)}")
            quoted = name.replace('"', '""')
            cursor = connection.execute(f'select * from "{quoted}"')
            names = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise TableError(f"{file}: not an SQLite database that can be read ({error}).") from None
    return names, [list(column) for column in zip(*rows)] or [[] for _ in names]


def as_text(values: np.ndarray, missing: Any = frozenset()) -> np.ndarray:
    """Values of any kind as str: whole numbers without a point, nothing for missing ones."""
    values = np.asarray(values)
    given = values.tolist()
    if values.dtype.kind == "U":  # of which most often none changes, and few differ
        changed = {v: text for v in set(given) if (text := text_of(v, missing)) != v}
        return np.array([changed.get(v, v) for v in given], dtype=str) if changed else values.copy()
    return np.array([text_of(v, missing) for v in given], dtype=str)


def composed(text: str) -> str:
    """The text with letters and their marks in one character each, so that what looks alike is alike."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def text_of(value: Any, missing: Any) -> str:
    """One value as str, as `as_text` gives it."""
    # NaN, NaT and pandas' NA are not equal to themselves, or do not say.
    if value is None or type(value).__name__ in ("NaTType", "NAType") or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = composed(str(value).strip())
    return "" if (len(text) <= _LONGEST and text.casefold() in MISSING) or text in missing else text


def _is_plain(text: str) -> bool:
    try:
        return not np.isnan(float(text))
    except ValueError:
        return False


def one_line(error: Exception) -> str:
    """The first line of what a library says."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
