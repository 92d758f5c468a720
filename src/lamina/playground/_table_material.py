"""Points from a table: numeric columns as inputs, one column as the target."""

import os
import tempfile
from typing import Any

import numpy as np

from lamina.tables._errors import TableError
from lamina.tables._read import read_table
from lamina.tables._table import Table

from ._material import BINARY, CLASSES, NUMBER, Material, trained_of
from ._plan import Plan
from ._unfit import Unfit

MOST_ROWS, MOST_INPUTS, MOST_CLASSES = 1000, 8, 8


def table_of(text: bytes) -> Table:
    """The table in the content of a CSV file. Raises Unfit for what is none."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "table.csv")
        with open(path, "wb") as file:
            file.write(text)
        return table_at(path)


def table_at(path: str) -> Table:
    """The table in a file. Raises Unfit for what is none, and for one without two columns and eight rows."""
    try:
        table = read_table(path)
    except (TableError, ImportError) as error:
        raise Unfit("unfit.unreadable", " ".join(str(error).split())) from None
    if len(table.columns) < 2 or len(table) < 8:
        size = {"columns": len(table.columns), "rows": len(table)}
        message = f"The table has {size['columns']} columns and {size['rows']} rows; two and eight are needed."
        raise Unfit("unfit.small", message, **size)
    return table


def table_material(plan: Plan, table: Table) -> Material:
    """The points of a table. Raises Unfit if no column is a number, or the target is none that can be drawn."""
    target = plan.target or table.names[-1]
    if target not in table.columns:
        raise Unfit("unfit.column", f"The table has no column {target!r}; it has {table.names}.", target=target)
    inputs = [n for n in table.names if n != target and table.columns[n].dtype.kind == "f" and n not in table.dates]
    if not inputs:
        raise Unfit("unfit.text", f"No column beside the target {target!r} holds numbers.", target=target)
    inputs, columns = inputs[:MOST_INPUTS], table.columns
    known = np.isfinite(np.stack([columns[n] for n in inputs])).all(axis=0) & ~_is_missing(columns[target])
    order = np.random.default_rng(plan.seed).permutation(int(known.sum()))[:MOST_ROWS]
    if len(order) < 8:
        message = f"Only {len(order)} rows have no gap in {[*inputs, target]}; eight are needed."
        raise Unfit("unfit.gaps", message, rows=len(order))
    x = np.stack([_scaled(columns[n][known]) for n in inputs], axis=1)[order]
    kind, y, classes = _target(columns[target][known], target)
    notes: list[tuple[str, dict[str, Any]]] = [("note.scaled", {"target": target})]
    if len(inputs) > 2:
        notes.append(("note.drawn", {"names": ", ".join(inputs[:2])}))
    left_out = [n for n in table.names if n not in (*inputs, target)]
    if left_out:
        notes.append(("note.columns", {"names": ", ".join(left_out)}))
    if len(order) < len(table):
        notes.append(("note.rows", {"used": len(order), "rows": len(table)}))
    trained = trained_of(len(order), plan)
    return Material(
        x.astype("float32"), y[order].astype("float32"), kind, tuple(inputs), classes, trained, False, tuple(notes)
    )


def _is_missing(values: np.ndarray) -> np.ndarray:
    return np.isnan(values) if values.dtype.kind == "f" else values == ""


def _scaled(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / (values.std() or 1.0)


def _target(values: np.ndarray, name: str) -> tuple[str, np.ndarray, tuple[str, ...]]:
    """Kind, numbers and names of the classes."""
    levels, places = np.unique(values, return_inverse=True)
    is_number = values.dtype.kind == "f"
    few = len(levels) <= MOST_CLASSES and len(values) >= 4 * len(levels)
    if is_number and not (few and (levels == np.round(levels)).all()):
        return NUMBER, _scaled(values), ()
    if not 2 <= len(levels) <= MOST_CLASSES:
        message = f"The target {name!r} has {len(levels)} classes; 2 to {MOST_CLASSES} can be drawn."
        raise Unfit("unfit.classes", message, target=name, classes=len(levels), most=MOST_CLASSES)
    names = tuple(f"{level:g}" if is_number else str(level) for level in levels)
    return BINARY if len(levels) == 2 else CLASSES, places, names
