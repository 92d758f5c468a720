"""`lamina check MODEL TABLE`: whether a table is such as the model was fitted on, and the network sound."""

import json
import os
from typing import Any

from lamina.diagnosis._report import Report
from lamina.tables._checked import check_table
from lamina.tables._errors import TableError
from lamina.tables._frames import name_of
from lamina.tables._output import MODEL

from ._fitted import fitted_model


def model_of(path: str) -> str | None:
    """The file of a model that a path names, itself or a folder of `lamina fit`; None for anything else."""
    inside = os.path.join(path, MODEL)
    if os.path.isdir(path):
        return inside if os.path.exists(inside) else None
    return path if path.lower().endswith((".keras", ".h5", ".hdf5")) else None


def check_model(path: str, tables: list[str], as_json: bool) -> int:
    """Prints the findings; returns 0 for none, 1 for some. Raises TableError if there is no table, or none that can be read."""
    if not tables:
        raise TableError(f"{path}: a model is checked with a table: lamina check {path} TABLE.")
    model = fitted_model(path)
    table = model.read(tables[0] if len(tables) == 1 else tables)
    found: Report = check_table(model, table)
    if as_json:
        about: dict[str, Any] = {"model": path, "table": name_of(table.path), "rows": len(table), "notes": table.notes}
        print(json.dumps({**about, **found.to_dict()}, indent=2))
        return int(bool(found))
    for note in table.notes:
        print(f"Note: {note}")
    if not model.profile:
        print(
            "Note: the model's file tells nothing of how its columns were spread; fit it once more to have that compared."
        )
    print(f"{table.path}, {len(table)} rows, beside {path}:")
    print(found)
    return int(bool(found))
