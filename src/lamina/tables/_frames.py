"""Tables from what a program holds already: frames of pandas and polars, tables of pyarrow, dicts of columns."""

import os
from typing import Any

import numpy as np

from ._errors import TableError
from ._read import finished, from_columns, from_pandas, read_table
from ._table import Table

FRAME = "the frame"  # what errors call a table that has no path


def as_table(data: Any, missing: tuple[str, ...] = (), encoding: str | None = None) -> Table:
    """A table from a path or a frame.

    Args:
        data: the path of a file, as `read_table` takes it; a DataFrame of pandas or polars, or of another library that
            narwhals knows; a pyarrow Table; or a dict of columns by name.
        missing: values that stand for "missing".
        encoding: of a text file.
    Raises TableError if the table is empty or its columns differ in length; TypeError for anything else.
    """
    if isinstance(data, Table):
        return data
    if isinstance(data, (str, os.PathLike)):
        return read_table(os.fspath(data), missing, encoding)
    words = {m.strip() for m in missing}
    if isinstance(data, dict):
        table = from_columns(FRAME, *_columns_of_dict(data), words)
    elif type(data).__module__.startswith("pandas.") and hasattr(data, "columns"):
        table = from_pandas(FRAME, data, words)
    else:
        table = from_columns(FRAME, *_columns_of_frame(data), words)
    return finished(table, missing)


def name_of(data: Any) -> str:
    """What to call the data in a command or a headline."""
    return os.fspath(data) if isinstance(data, (str, os.PathLike)) else FRAME


def _columns_of_dict(data: dict[Any, Any]) -> tuple[list[str], list[list[Any]]]:
    columns = [np.asarray(values).reshape(-1).tolist() for values in data.values()]
    if len({len(column) for column in columns}) > 1:
        lengths = ", ".join(f"{name!r} {len(column)}" for name, column in zip(data, columns))
        raise TableError(f"{FRAME}: the columns differ in length: {lengths}.")
    return [str(name).strip() for name in data], [[_scalar(v) for v in column] for column in columns]


def _columns_of_frame(data: Any) -> tuple[list[str], list[list[Any]]]:
    import narwhals

    try:
        frame = narwhals.from_native(data, eager_only=True)
    except TypeError:
        raise TypeError(
            "fit_table: data must be a path, a DataFrame of pandas or polars, a pyarrow Table or a dict of columns; got "
            f"{type(data).__name__}."
        ) from None
    names = [str(name).strip() for name in frame.columns]
    return names, [[_scalar(v) for v in frame[name].to_list()] for name in frame.columns]


def _scalar(value: Any) -> Any:
    """NaN is missing, whatever the library calls it."""
    return None if isinstance(value, float) and value != value else value
