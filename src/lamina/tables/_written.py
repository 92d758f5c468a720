"""Predictions on the screen, or in a CSV or Parquet file, written as they come."""

import csv
import io
import sys
from collections.abc import Iterator
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

Answers = dict[str, np.ndarray]  # columns by name


def write_answers(pieces: Iterator[Answers], out: str | None) -> None:
    """Writes all pieces, to the standard output for None; a file is written whole or not at all."""
    if out is None:
        _write_csv(pieces, sys.stdout)
        return
    try:
        with atomic_file(out) as file:
            rows = _write_parquet(pieces, file) if out.lower().endswith(PARQUET) else _write_text(pieces, file)
    except OSError as error:
        raise TableError(f"--out {out}: cannot be written ({error.strerror or error}).") from None
    print(f"Wrote {rows} predictions to {out}.", file=sys.stderr)


def _write_text(pieces: Iterator[Answers], file: IO[bytes]) -> int:
    text = io.TextIOWrapper(file, "utf-8", newline="")
    rows = _write_csv(pieces, text)
    text.flush()
    text.detach()
    return rows


def _write_csv(pieces: Iterator[Answers], file: Any) -> int:
    writer = csv.writer(file, lineterminator="\n")
    rows = 0
    for columns in pieces:
        if not rows:
            writer.writerow(columns)
        writer.writerows(zip(*columns.values()))
        rows += _count(columns)
    return rows


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
