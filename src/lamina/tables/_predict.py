"""`lamina predict`: a model's answers for the rows of a table."""

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from ._columns import check_finite, no_number
from ._errors import TableError, close_names
from ._figures import classes_of
from ._frames import as_table
from ._large._answers import answers_in_pieces
from ._large._budget import is_large
from ._large._stream import Stream
from ._model import TableModel, load_table_model
from ._read import as_text
from ._table import Table
from ._target import NUMBER, Target, shares_of
from ._training import gaps_allowed
from ._written import Answers, check_kind, write_answers


def predict_table(
    model_path: str, table_path: Any, out: str | None, keep: list[str], encoding: str | None = None,
    memory: int | None = None,
) -> None:  # fmt: skip
    """Writes predictions, a row for each row of the table, to a file of the kind its name says or the standard output.

    A table that would take more than `memory` bytes is read, and answered, in pieces.
    Raises TableError if the table's columns are not those of the model, or the predictions cannot be written.
    """
    check_kind(out)
    table_model = load_table_model(model_path)
    if is_large(table_path, memory):
        stream = table_model.stream(table_path, encoding, memory)
        _check_kept(keep, stream.path, stream.names)
        write_answers(_pieces_of(table_model, stream, keep, model_path), out)
        return
    is_any = table_model.columns is None
    table = as_table(table_path, table_model.missing, encoding) if is_any else table_model.read(table_path, encoding)
    _check_kept(keep, table.path, table.names)
    if is_any:
        answers = _answers_of_any_model(table_model, table, model_path)
    else:
        answers = answers_of(table_model.target, table_model.outputs(table))
    beside = _beside(keep, table, answers)
    _tell(table_model.notes)
    write_answers(iter([beside]), out)


def _check_kept(keep: list[str], path: str, names: list[str]) -> None:
    for name in keep:
        if name not in names:
            raise TableError(f"{path}: there is no column {name!r} to keep.{close_names(name, names)}")


def _pieces_of(table_model: TableModel, stream: Stream, keep: list[str], path: str) -> Iterator[Answers]:
    """The answers for a large table, piece by piece."""
    if table_model.columns is None:
        for table in stream.tables(stream.names, keep):
            yield _beside(keep, table, _answers_of_any_model(table_model, table, path))
        return
    for table, outputs in answers_in_pieces(table_model, stream, keep):
        yield _beside(keep, table, answers_of(table_model.target, outputs))
    _tell(table_model.notes)


def _tell(notes: list[str]) -> None:
    for note in notes:
        print(f"Note: {note}", file=sys.stderr)


def _beside(keep: list[str], table: Table, answers: Answers) -> Answers:
    taken = next((name for name in keep if name in answers), None)
    if taken is not None:
        raise TableError(
            f"--keep {taken}: so is a column of the predictions called; give that of {table.path} another name."
        )
    return {**{name: table.raw[name] for name in keep}, **answers}


def answers_of(target: Target, outputs: np.ndarray) -> Answers:
    """The columns of predictions: a number, or the class and the probability of each class."""
    first = f"predicted_{target.name}"
    if target.kind == NUMBER:
        return {first: outputs[:, 0].astype("float32")}
    names = np.array(target.classes, dtype=object)
    answers = {first: names[classes_of(target, outputs)]}
    for name, share in zip(target.classes, shares_of(target, outputs).T):
        answers[f"probability_{name}"] = share.astype("float32")
    return answers


def _answers_of_any_model(table_model: TableModel, table: Table, path: str) -> Answers:
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
    check_finite(table, name, values)
    if values.dtype.kind != "f":
        raise TableError(f"{table.path}: column {name!r} must hold numbers; it holds {no_number(values)!r}.")
    return values.astype("float32")
