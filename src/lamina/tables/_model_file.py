"""Model files that remember the table they were made from."""

import json
import os
import tempfile
import zipfile
from typing import Any

from lamina import models
from lamina.saving._keras_file import KerasFile
from lamina.saving._writer import write_bytes

MEMBER = "lamina_table.json"  # beside what Keras keeps in the file; Keras leaves it unread


def write_model_file(path: str, model: models.Model, about: dict[str, Any]) -> None:
    """Writes the `.keras` file, whole or not at all."""
    with tempfile.TemporaryDirectory() as folder:
        draft = os.path.join(folder, "model.keras")
        model.save(draft)
        with zipfile.ZipFile(draft, "a") as archive:
            archive.writestr(MEMBER, json.dumps(about))
        with open(draft, "rb") as file:
            write_bytes(path, file.read())


def read_model_file(path: str) -> tuple[models.Model, dict[str, Any] | None]:
    """The model, and what lies beside it, None for nothing. Raises ModelFileError if the file is none."""
    model = models.load_model(path, compile=False)
    if not zipfile.is_zipfile(path):
        return model, None
    with KerasFile(path) as file:
        return model, file.json(MEMBER) if MEMBER in file.members else None
