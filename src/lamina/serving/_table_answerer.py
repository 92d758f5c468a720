"""Answers of a model of `lamina fit`: rows as columns or one by one, raw as they stand in a table."""

from typing import Any

import numpy as np

from lamina.tables._columns import LEFT_OUT, NOMINAL, NUMERIC, ORDINAL, Column, model_inputs
from lamina.tables._errors import TableError
from lamina.tables._figures import classes_of
from lamina.tables._from_texts import AS_MISSING
from lamina.tables._matching import match_columns
from lamina.tables._model import TableModel
from lamina.tables._target import NUMBER, shares_of
from lamina.tables._training import outputs_of

from ._answerer import Arrays
from ._refused import Refused


class TableAnswerer:
    """A `TableModel`."""

    def __init__(self, model: TableModel):
        self.model = model
        self.columns = [c for c in model.columns if c.kind != LEFT_OUT]

    def read(self, document: Any) -> Arrays:
        columns = _columns_of(document)
        try:
            table = self.model.read(columns)
            matched, notes = match_columns(self.model.columns, table, self.model.target.name)
        except TableError as error:
            raise Refused(422, str(error)) from None
        for note in (*table.notes, *notes):
            if AS_MISSING in note:  # which an answer has no place to tell
                raise Refused(422, note)
        return model_inputs(matched, table)

    def answer(self, rows: Arrays) -> list[Any]:
        target = self.model.target
        outputs = outputs_of(self.model.model, rows)
        if target.kind == NUMBER:
            return outputs[:, 0].tolist()
        names = np.array(target.classes, dtype=object)[classes_of(target, outputs)]
        shares = shares_of(target, outputs)
        return [
            {"class": str(name), "probabilities": dict(zip(target.classes, map(float, share)))}
            for name, share in zip(names, shares)
        ]

    def describe(self) -> dict[str, Any]:
        kinds = {c.name: "number" if c.kind == NUMERIC else "string" for c in self.columns}
        row = {"type": "object", "properties": {n: {"type": [kind, "null"]} for n, kind in kinds.items()}}
        column = {n: {"type": "array", "items": {"type": [kind, "null"]}} for n, kind in kinds.items()}
        target = self.model.target
        answer: dict[str, Any] = {"type": "number"}
        if target.kind != NUMBER:
            answer = {
                "type": "object",
                "properties": {"class": {"enum": list(target.classes)}, "probabilities": {"type": "object"}},
            }
        request = {
            "oneOf": [
                {"type": "object", "required": ["rows"], "properties": {"rows": {"type": "array", "items": row}}},
                {
                    "type": "object", "required": ["columns"],
                    "properties": {"columns": {"type": "object", "properties": column, "required": list(kinds)}},
                },
            ]
        }  # fmt: skip
        example = {"rows": [{c.name: _typical(c) for c in self.columns}]}
        return {"request": request, "answer": answer, "example": example}


def _typical(column: Column) -> Any:
    """A value that the column had, or could have."""
    if column.kind == NUMERIC:
        return column.median
    return column.levels[0] if column.kind in (NOMINAL, ORDINAL) and column.levels else ""


def _columns_of(document: Any) -> dict[str, list[Any]]:
    """The columns of `{"columns": {name: values}}` or `{"rows": [{name: value}, ...]}`."""
    if not isinstance(document, dict) or len({"rows", "columns"} & document.keys()) != 1:
        raise Refused(422, 'Expected {"rows": [{column: value, ...}, ...]} or {"columns": {column: [values], ...}}.')
    if "columns" in document:
        columns = document["columns"]
        if not isinstance(columns, dict) or not columns or not all(isinstance(v, list) for v in columns.values()):
            raise Refused(422, '"columns" must be an object of arrays, one for each column.')
        lengths = {name: len(values) for name, values in columns.items()}
        if len(set(lengths.values())) != 1:
            raise Refused(422, f'"columns" must have equally many values each; got {lengths}.')
    else:
        rows = document["rows"]
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            raise Refused(422, '"rows" must be an array of objects, at least one.')
        names = list(dict.fromkeys(name for row in rows for name in row))
        columns = {name: [row.get(name) for row in rows] for name in names}
    for name, values in columns.items():
        for value in values:
            if isinstance(value, (list, dict)):
                raise Refused(
                    422,
                    f"Column {name!r} holds an array or object; a value is a number, a string, true, false or null.",
                )
    if not columns or not next(iter(columns.values())):
        raise Refused(422, "There are no rows.")
    return columns
