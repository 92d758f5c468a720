"""The model of a service, loaded again when its file is replaced."""

import os
from typing import Any

from lamina.saving import ModelFileError
from lamina.tables._errors import TableError
from lamina.tables._model import load_table_model

from ._answerer import Answerer
from ._network_answerer import NetworkAnswerer
from ._table_answerer import TableAnswerer


class Loaded:
    """A file and the answerer made of it.

    Attributes: `answerer`, the newest that could be loaded; `version`, how often that was; `error`, why the file that is there
    now could not be, or None.
    """

    def __init__(self, path: str):
        self.path = path
        self.answerer = answerer_of(path)
        self.version, self.error = 1, None
        self._seen: Any = _stamp(path)

    def look_again(self) -> None:
        """Loads the file if it is another than before. One that cannot be loaded leaves the model that is there."""
        stamp = _stamp(self.path)
        if stamp is None or stamp == self._seen:
            return
        self._seen = stamp
        try:
            self.answerer = answerer_of(self.path)
        except (ModelFileError, TableError, ValueError, TypeError, OSError) as error:
            self.error = str(error)
        else:
            self.version, self.error = self.version + 1, None


def answerer_of(path: str) -> Answerer:
    """What answers for the model in a file, that of `lamina fit` or any `.keras`. Raises ModelFileError."""
    model = load_table_model(path)
    return NetworkAnswerer(model.model) if model.columns is None else TableAnswerer(model)


def _stamp(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None  # being replaced
    return found.st_ino, found.st_size, found.st_mtime_ns
