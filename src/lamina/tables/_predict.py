"""`lamina predict`: a model's answers for the rows of a table."""

import csv
import io
import sys
from typing import Any

import numpy as np

from lamina._extras import require
from lamina.saving._writer import write_bytes

from ._columns import check_finite
from ._errors import TableError, close_names
from ._figures import classes_of
from ._frames import as_table
from ._model import TableModel, load_table_model
from ._read import PARQUET, as_text, pandas
from ._table import Table
from ._target import NUMBER, Target, shares_of
from ._training import gaps_allowed


def predict_table(
    model_path: str, table_path: Any, out: str | None, keep: list[str], encoding: str | None = None
) -> None:
    """Writes predictions, a row for each row of the table, to a CSV or Parquet file or the standard output.

    Raises TableError if the table's columns are not those of the model.
    """
    table_model = load_table_model(model_path)
    table = as_table(table_path, table_model.missing, encoding)
    for name in keep:
        if name not in table.columns:
            raise TableError(f"{table.path}: there is no column {name!r} to keep.{close_names(name, table.names)}")
    if table_model.columns is None:
        answers = _answers_of_any_model(table_model, table, model_path)
    else:
        outputs = table_model.outputs(table)
        for note in [*table.notes, *table_model.notes]:
            print(f"Note: {note}", file=sys.stderr)
        answers = answers_of(table_model.target, outputs)
    kept = {name: table.raw[name] for name in keep if name not in answers}
    _write({**kept, **answers}, out)


def answers_of(target: Target, outputs: np.ndarray) -> dict[str, np.ndarray]:
    """The columns of predictions: a number, or the class and the probability of each class."""
    first = f"predicted_{target.name}"
    if target.kind == NUMBER:
        return {first: outputs[:, 0].astype("float32")}
    names = np.array(target.classes, dtype=object)
    answers = {first: names[classes_of(target, outputs)]}
    for name, share in zip(target.classes, shares_of(target, outputs).T):
        answers[f"probability_{name}"] = share.astype("float32")
    return answers


def _answers_of_any_model(table_model: TableModel, table: Table, path: str) -> dict[str, np.ndarray]:
    """Predictions of a model that takes one row of numbers, or one column by each input's name."""
    model = table_model.model
    inputs: Any = getattr(model, "input", None)
    shapes = [tuple(x.shape) for x in getattr(model, "inputs", None) or []]
    if isinstance(inputs, dict) and all(len(shape) == 2 and shape[1] == 1 for shape in shapes):
        lacking = [name for name in inputs if name not in table.columns]
        if lacking:
            raise TableError(
                f"{table.path}: the table has no column {', '.join(map(repr, lacking))}, which the model "
                f"takes.{close_names(lacking[0], table.names)}"
            )
        given: Any = {
            name: as_text(table.columns[name])[:, None] if x.dtype == "string" else _numbers(table, name)[:, None]
            for name, x in inputs.items()
        }
    elif len(shapes) == 1 and len(shapes[0]) == 2:
        if shapes[0][1] not in (None, len(table.columns)):
            raise TableError(
                f"{table.path}: {path} takes {shapes[0][1]} numbers a row; the table has {len(table.columns)} columns."
            )
        given = np.stack([_numbers(table, name) for name in table.names], axis=1)
    else:
        raise TableError(f"{path}: takes inputs of shape {', '.join(map(str, shapes))}, which a table cannot give.")
    with gaps_allowed():
        outputs = model.predict(given, verbose=0)
    outputs = np.asarray(outputs)
    if outputs.ndim != 2:
        raise TableError(f"{path}: gives outputs of shape {outputs.shape}, which are no columns of a table.")
    if outputs.shape[1] == 1:
        return {"prediction": outputs[:, 0]}
    return {f"output_{i}": column for i, column in enumerate(outputs.T)}


def _numbers(table: Table, name: str) -> np.ndarray:
    values = table.columns[name]
    check_finite(table.path, name, values)
    if values.dtype.kind != "f":
        raise TableError(f"{table.path}: column {name!r} must hold numbers; it holds {str(values[0])!r}.")
    return values.astype("float32")


def _write(columns: dict[str, np.ndarray], out: str | None) -> None:
    rows = len(next(iter(columns.values())))
    if out is None:
        _write_csv(columns, sys.stdout)
        return
    content = io.BytesIO()
    if out.lower().endswith(PARQUET):
        require("pyarrow", "table", "Writing a Parquet file")
        require("pandas", "table", "Writing a Parquet file")
        pandas.DataFrame(columns).to_parquet(content, index=False)
    else:
        text = io.StringIO(newline="")
        _write_csv(columns, text)
        content.write(text.getvalue().encode("utf-8"))
    try:
        write_bytes(out, content.getvalue())
    except OSError as error:
        raise TableError(f"--out {out}: cannot be written ({error.strerror or error}).") from None
    print(f"Wrote {rows} predictions to {out}.", file=sys.stderr)


def _write_csv(columns: dict[str, np.ndarray], file: Any) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values()))
