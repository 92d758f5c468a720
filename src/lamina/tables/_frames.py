"""Tables from what a program holds already: frames of pandas and polars, tables of pyarrow, dicts of columns."""

import datetime
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina._lazy import lazy_module

from ._errors import TableError
from ._read import check_different, finished, from_columns, from_pandas, one_line
from ._several import called, read_tables
from ._table import Table

pyarrow: Any = lazy_module("pyarrow")

FRAME = "the frame"  # what errors call a table that has no path


def as_table(
    data: Any, missing: tuple[str, ...] = (), encoding: str | None = None, again: Callable[[Table], Table] | None = None
) -> Table:  # fmt: skip
    """A table from a path or a frame.

    Args:
        data: the path of a file, or the address of one, as `read_table` takes it, or a list of them; a DataFrame of pandas or
            polars, or of another library that narwhals knows; a pyarrow Table; or a dict of columns by name.
        missing: values that stand for "missing".
        encoding: of a text file.
        again: reads what was read, of each of several files, as a model needs it.
    Raises TableError if the table is empty or its columns differ in length; TypeError for anything else.
    """
    if isinstance(data, Table):
        return data
    if isinstance(data, (str, os.PathLike)):
        data = [data]
    if is_paths(data):
        return read_tables([os.fspath(path) for path in data], missing, encoding, again)
    words = {m.strip() for m in missing}
    if isinstance(data, dict):
        table = from_columns(FRAME, *_columns_of_dict(data), words)
    elif _is_of_pandas(data) and hasattr(data, "columns"):
        table = from_pandas(FRAME, data, words)
    else:
        table = from_columns(FRAME, *_columns_of_frame(data), words)
    table = finished(table, missing)
    table.is_held = True
    return table if again is None else again(table)


def name_of(data: Any) -> str:
    """What to call the data in a command or a headline."""
    if is_paths(data) and data:
        return called([os.fspath(path) for path in data])
    return os.fspath(data) if isinstance(data, (str, os.PathLike)) else FRAME


def is_paths(data: Any) -> bool:
    """Whether the data is a list of paths."""
    return isinstance(data, (list, tuple)) and all(isinstance(path, (str, os.PathLike)) for path in data)


def _is_of_pandas(data: Any) -> bool:
    return any(kind.__module__.split(".")[0] == "pandas" for kind in type(data).__mro__)


def _columns_of_dict(data: dict[Any, Any]) -> tuple[list[str], list[list[Any]]]:
    columns = [_listed(values) for values in data.values()]
    if len({len(column) for column in columns}) > 1:
        lengths = ", ".join(f"{name!r} {len(column)}" for name, column in zip(data, columns))
        raise TableError(f"{FRAME}: the columns differ in length: {lengths}.")
    return [str(name).strip() for name in data], [[_scalar(v) for v in column] for column in columns]


def _listed(values: Any) -> list[Any]:
    """The values of a column; None for those that are masked."""
    array = values if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
    return array.reshape(-1).tolist()


def _columns_of_frame(data: Any) -> tuple[list[str], list[list[Any]]]:
    import narwhals

    kind = type(data).__name__
    if kind == "RecordBatch" and type(data).__module__.startswith("pyarrow"):
        data = pyarrow.Table.from_batches([data])
    try:
        frame = narwhals.from_native(data, eager_only=True)
    except TypeError:
        hint = " Collect it first: give data.collect()." if callable(getattr(data, "collect", None)) else ""
        raise TypeError(
            "fit_table: data must be a path or a list of paths, a DataFrame of pandas or polars, a pyarrow Table or a dict of "
            f"columns; got {kind}.{hint}"
        ) from None
    except narwhals.exceptions.NarwhalsError as error:
        check_different(FRAME, [str(name).strip() for name in getattr(data, "column_names", ())])
        raise TableError(f"{FRAME}: cannot be read ({one_line(error)}).") from None
    names = [str(name).strip() for name in frame.columns]
    return names, [[_scalar(v) for v in frame[name].to_list()] for name in frame.columns]


def _scalar(value: Any) -> Any:
    """NaN is missing, whatever the library calls it; a duration is its seconds."""
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    return None if isinstance(value, float) and value != value else value
