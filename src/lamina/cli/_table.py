"""Tables from files: numbers as float64 with NaN, everything else as text, missing text empty."""

import csv
import io
import os
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lamina._extras import require
from lamina._lazy import lazy_module

from ._errors import CommandError

pandas: Any = lazy_module("pandas")

PARQUET = (".parquet", ".pq")
_MISSING = {"", "?", "-", ".", "na", "n/a", "nan", "null", "none", "#n/a", "<na>"}
_DELIMITERS = ",;\t|"
_MOSTLY = 0.9  # share of numbers from which a column with a few odd entries still counts as numeric
_SAMPLE = 1 << 16


@dataclass
class Table:
    """A table in memory.

    Attributes:
        path: the file.
        columns: by name, float64 `(rows,)` with NaN for missing, or str `(rows,)` with "" for missing.
        dates: names of columns that hold dates.
        notes: what was done to read it, in sentences.
    """

    path: str
    columns: dict[str, np.ndarray]
    dates: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    names = property(lambda self: list(self.columns))

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def take(self, rows: np.ndarray) -> "Table":
        """The table of these rows."""
        return Table(self.path, {k: v[rows] for k, v in self.columns.items()}, self.dates, self.notes)


def read_table(path: str, missing: tuple[str, ...] = ()) -> Table:
    """Reads a CSV (any of `,;|` and tab between fields) or Parquet file.

    Args:
        path: the file.
        missing: values that stand for "missing", besides empty fields, NA, ? and the like.
    Raises CommandError if there is no such file or no table in it, ImportError without the extra.
    """
    if not os.path.exists(path):
        raise CommandError(f"{path}: there is no such file.")
    if os.path.isdir(path):
        raise CommandError(f"{path}: a folder, not a table.")
    require("pandas", "table", "Reading a table")
    notes: list[str] = []
    frame = _read_parquet(path) if path.lower().endswith(PARQUET) else _read_csv(path)
    if not len(frame):
        raise CommandError(f"{path}: the table is empty: it has {len(frame.columns)} column(s) and no row.")
    table = Table(path, {}, notes=notes)
    numbers = [float(m) for m in missing if _is_number(m)]
    words = {m.strip() for m in missing}
    for name in frame.columns:
        values = _as_plain(frame[name], table, str(name).strip(), words)
        if values.dtype.kind == "f" and numbers:
            values = np.where(np.isin(values, numbers), np.nan, values)
        table.columns[str(name).strip()] = values
    return table


def _read_parquet(path: str) -> Any:
    require("pyarrow", "table", "Reading a Parquet file")
    try:
        return pandas.read_parquet(path)
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: not a Parquet file that can be read ({_first_line(error)}).") from None


def _read_csv(path: str) -> Any:
    with open(path, "rb") as file:
        content = file.read()
    if b"\0" in content[:_SAMPLE]:
        raise CommandError(f"{path}: this is no text file. Tables are read from CSV and Parquet files.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if not text.strip():
        raise CommandError(f"{path}: the table is empty: there is nothing in the file.")
    delimiter = find_delimiter(text[:_SAMPLE])
    decimal = "," if delimiter != "," and _has_decimal_commas(text[:_SAMPLE], delimiter) else "."
    try:
        return pandas.read_csv(io.StringIO(text), sep=delimiter, decimal=decimal, skipinitialspace=True)
    except (pandas.errors.ParserError, pandas.errors.EmptyDataError, ValueError) as error:
        raise CommandError(f"{path}: not a table that can be read ({_first_line(error)}).") from None


def find_delimiter(sample: str) -> str:
    """The character that cuts the first lines into the same number of fields, the most fields if several do."""
    lines = sample.splitlines()[:50]
    lines = lines[:-1] if len(sample) >= _SAMPLE and len(lines) > 1 else lines
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        if widths and widths[0] > 1:
            score = (sum(w == widths[0] for w in widths) / len(widths), widths[0])
            if score > best_score:
                best, best_score = delimiter, score
    return best


def _has_decimal_commas(sample: str, delimiter: str) -> bool:
    fields = [f.strip() for row in csv.reader(sample.splitlines()[1:50], delimiter=delimiter) for f in row]
    return any(re.fullmatch(r"-?\d+,\d+", f) for f in fields) and not any(
        re.fullmatch(r"-?\d+\.\d+", f) for f in fields
    )


def _as_plain(series: Any, table: Table, name: str, missing: set[str]) -> np.ndarray:
    kind = series.dtype
    if pandas.api.types.is_bool_dtype(kind):
        return as_text(series.astype(object).to_numpy(), missing)
    if pandas.api.types.is_numeric_dtype(kind) and not pandas.api.types.is_complex_dtype(kind):
        return series.to_numpy(dtype="float64", na_value=np.nan)
    if pandas.api.types.is_datetime64_any_dtype(kind) or pandas.api.types.is_timedelta64_dtype(kind):
        table.dates.add(name)
    text = as_text(series.astype(object).to_numpy(), missing)
    known = text[text != ""]
    parsed = np.array([_number(v) for v in known], dtype="float64")
    odd = known[np.isnan(parsed)]
    if not len(known):
        return np.full(len(text), np.nan)
    if len(odd) > (1 - _MOSTLY) * len(known):
        if looks_like_dates(known):
            table.dates.add(name)
        return text
    if len(odd):
        shown = ", ".join(map(repr, sorted(set(odd.tolist()))[:3]))
        table.notes.append(
            f"Column {name!r} holds numbers but for {len(odd)} entr{'y' if len(odd) == 1 else 'ies'} ({shown}), taken as "
            "missing."
        )
    values = np.full(len(text), np.nan)
    values[text != ""] = parsed
    return values


def as_text(values: np.ndarray, missing: set[str] = frozenset()) -> np.ndarray:  # type: ignore[assignment]
    """Values of any kind as str: whole numbers without a point, nothing for missing ones."""
    return np.array([_text(v, missing) for v in np.asarray(values).tolist()], dtype=str)


def _text(value: Any, missing: Any) -> str:
    if value is None or value is pandas.NaT or value is pandas.NA or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    return "" if text.casefold() in _MISSING or text in missing else text


def looks_like_dates(known: np.ndarray) -> bool:
    """Whether nearly all texts begin like 2024-01-31, 31.1.2024 or 1/31/24."""
    pattern = re.compile(r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([T ]|$)|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([T ]|$)")
    return sum(bool(pattern.match(v)) for v in known) >= _MOSTLY * len(known)


def _is_number(text: str) -> bool:
    return not np.isnan(_number(text))


def _number(text: str) -> float:
    try:
        return float(text) if "_" not in text else float("nan")
    except ValueError:
        return float("nan")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
