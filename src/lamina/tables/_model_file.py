"""Model files that remember the table they were made from."""

import json
import os
import tempfile
import zipfile
from dataclasses import dataclass
from typing import Any

from lamina import models
from lamina.saving._errors import ModelFileError
from lamina.saving._writer import write_bytes

from ._columns import Column
from ._target import Target

MEMBER = "lamina_table.json"  # beside what Keras keeps in the file; Keras leaves it unread


@dataclass
class TableModel:
    """A model, and what it expects of a table.

    Attributes: `columns` and `target` are None for a file that `lamina fit` did not write; `missing`, the values that were
    said to stand for missing ones.
    """

    model: models.Model
    columns: list[Column] | None = None
    target: Target | None = None
    missing: tuple[str, ...] = ()


def save_table_model(path: str, table_model: TableModel) -> None:
    """Writes the `.keras` file, whole or not at all."""
    about = {
        "target": table_model.target.to_json(),
        "columns": [c.to_json() for c in table_model.columns],
        "missing": list(table_model.missing),
    }
    with tempfile.TemporaryDirectory() as folder:
        draft = os.path.join(folder, "model.keras")
        table_model.model.save(draft)
        with zipfile.ZipFile(draft, "a") as archive:
            archive.writestr(MEMBER, json.dumps(about))
        with open(draft, "rb") as file:
            write_bytes(path, file.read())


def load_table_model(path: str) -> TableModel:
    """Reads a model file. Raises ModelFileError if it is none."""
    model = models.load_model(path, compile=False)
    about = _read_about(path)
    if about is None:
        return TableModel(model)
    try:
        return TableModel(
            model, [Column(**c) for c in about["columns"]], Target(**about["target"]), tuple(about["missing"])
        )
    except (KeyError, TypeError) as error:
        raise ModelFileError(path, MEMBER, f"not what lamina fit writes ({error}).") from None


def _read_about(path: str) -> Any:
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        if MEMBER not in archive.namelist():
            return None
        try:
            return json.loads(archive.read(MEMBER))
        except ValueError as error:
            raise ModelFileError(path, MEMBER, f"not JSON ({error}).") from None
