"""Predictions on the screen, or in a file of the kind its name says, written as they come."""

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import IO, Any

import numpy as np

from lamina._extras import require
from lamina._lazy import lazy_module
from lamina.saving._writer import atomic_file

from ._errors import TableError
from ._read import PARQUET, pandas

pyarrow: Any = lazy_module("pyarrow")
parquet: Any = lazy_module("pyarrow.parquet")
openpyxl: Any = lazy_module("openpyxl")
openpyxl_cell: Any = lazy_module("openpyxl.cell")

Answers = dict[str, np.ndarray]  # columns by name

_COMMAS = ("", ".csv", ".txt")
_TABS = (".tsv", ".tab")
_LINES = (".jsonl", ".ndjson")
_SHEET = ".xlsx"
_MOST_ROWS = 1 << 20  # of a sheet
_LONG = 10**15  # of whole numbers, from which a cell loses digits
_PACKED: dict[str, Callable[[IO[bytes]], Any]] = {
    ".gz": lambda file: gzip.GzipFile("", "wb", fileobj=file, mtime=0),  # the same bytes at any time
    ".bz2": partial(bz2.BZ2File, mode="wb"),
    ".xz": partial(lzma.LZMAFile, mode="wb"),
}


def check_kind(out: str | None) -> None:
    """Raises TableError if a name is of a kind of file that cannot be written."""
    if out is not None:
        _kind_of(out)


def write_answers(pieces: Iterator[Answers], out: str | None) -> None:
    """Writes all pieces, to the standard output for None; a file is written whole or not at all.

    Raises TableError if the file cannot be written, or not in the kind that its name says.
    """
    if out is None:
        if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
            sys.stdout.reconfigure(encoding="utf-8")  # a file or a pipe loses no letter
        _write_csv(pieces, sys.stdout)
        return
    packing, kind = _kind_of(out)
    try:
        with atomic_file(out) as file:
            if kind in PARQUET:
                rows = _write_parquet(pieces, file)
            elif kind == _SHEET:
                rows = _write_sheet(pieces, file)
            elif packing:
                with _PACKED[packing](file) as packed:
                    rows = _write_text(pieces, packed, kind)
            else:
                rows = _write_text(pieces, file, kind)
    except OSError as error:
        raise TableError(f"--out {out}: cannot be written ({error.strerror or error}).") from None
    print(f"Wrote {rows} predictions to {out}.", file=sys.stderr)


def _kind_of(out: str) -> tuple[str, str]:
    """How a file is packed, "" for not, and its kind, by its name."""
    stem, kind = os.path.splitext(out.lower())
    packing, texts = "", (*_COMMAS, *_TABS, *_LINES)
    if kind in _PACKED:
        packing, kind = kind, os.path.splitext(stem)[1]
    if kind not in texts and (packing or kind not in (*PARQUET, _SHEET)):
        known = ", ".join((*texts[1:], *PARQUET, _SHEET))
        raise TableError(
            f"--out {out}: no file of this kind can be written; those that can are {known}, and texts packed as "
            f"{', '.join(_PACKED)}."
        )
    return packing, kind


def _write_text(pieces: Iterator[Answers], file: Any, kind: str) -> int:
    text = io.TextIOWrapper(file, "utf-8", errors="backslashreplace", newline="")
    if kind in _LINES:
        rows = _write_lines(pieces, text)
    else:
        rows = _write_csv(pieces, text, "\t" if kind in _TABS else ",")
    text.flush()
    text.detach()
    return rows


def _write_csv(pieces: Iterator[Answers], file: Any, delimiter: str = ",") -> int:
    writer = csv.writer(file, lineterminator="\n", delimiter=delimiter)
    rows = 0
    for columns in pieces:
        if not rows:
            writer.writerow(columns)
        writer.writerows(zip(*columns.values()))
        rows += _count(columns)
    return rows


def _write_lines(pieces: Iterator[Answers], file: Any) -> int:
    rows = 0
    for columns in pieces:
        for row in _plain_rows(columns):
            file.write(json.dumps(dict(zip(columns, row)), ensure_ascii=False, default=str) + "\n")
        rows += _count(columns)
    return rows


def _write_sheet(pieces: Iterator[Answers], file: IO[bytes]) -> int:
    require("openpyxl", "excel", "Writing an Excel file")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("predictions")
    try:
        rows = _append(pieces, sheet)
    except BaseException:
        sheet.close()  # else openpyxl complains of its own file
        raise
    book.save(file)
    return rows


def _append(pieces: Iterator[Answers], sheet: Any) -> int:
    rows = 0
    for columns in pieces:
        if not rows:
            sheet.append([_cell(sheet, name) for name in columns])
        rows += _count(columns)
        if rows >= _MOST_ROWS:
            raise TableError(
                f"An Excel sheet holds {_MOST_ROWS - 1} rows below the names at most; write .csv or .parquet."
            )
        for row in _plain_rows(columns):
            sheet.append([_cell(sheet, value) for value in row])
    return rows


def _cell(sheet: Any, value: Any) -> Any:
    """A value as a cell: texts stay texts, though they begin with = or hold what a cell cannot; long numbers become some."""
    if value is None or (
        isinstance(value, (bool, int, float)) and abs(value) < (_LONG if isinstance(value, int) else np.inf)
    ):
        return value
    text = "".join(letter if letter.isprintable() or letter in "\n\t" else repr(letter)[1:-1] for letter in str(value))
    cell = openpyxl_cell.WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _plain_rows(columns: Answers) -> Iterator[tuple[Any, ...]]:
    """The rows as values of Python, numbers no longer than they are told apart, nothing for NaN."""
    return zip(*([_plain(value) for value in values] for values in columns.values()))


def _plain(value: Any) -> Any:
    if isinstance(value, np.float32):
        value = float(str(value))
    elif isinstance(value, np.generic):
        value = value.item()
    return None if value is None or value != value else value


def _write_parquet(pieces: Iterator[Answers], file: IO[bytes]) -> int:
    require("pyarrow", "table", "Writing a Parquet file")
    require("pandas", "table", "Writing a Parquet file")
    first = next(pieces)
    schema = pyarrow.Schema.from_pandas(pandas.DataFrame(first), preserve_index=False)
    rows = 0
    with parquet.ParquetWriter(file, schema) as writer:
        for columns in chain([first], pieces):
            try:
                table = pyarrow.Table.from_pandas(pandas.DataFrame(columns), schema, preserve_index=False)
            except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError) as error:
                raise TableError(
                    f"A column that is kept changes its kind in row {rows + 1} or later ({error})."
                ) from None
            writer.write_table(table)
            rows += _count(columns)
    return rows


def _count(columns: Answers) -> int:
    return len(next(iter(columns.values())))
