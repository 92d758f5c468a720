"""A folder in which the trainings of a fit are kept as they finish, so that a killed fit goes on where it was."""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lamina import callbacks
from lamina.saving._writer import write_bytes, write_text

from ._errors import TableError
from ._training import Run

_KEY = "fit.txt"
_LONG = 5000  # rows from which an epoch takes long enough that its state is kept too


@dataclass
class Trained:
    """A finished training of a round.

    Attributes: the `run`; `validated` and `tested`, the network's answers for these rows, `(rows, units)`, standardised or
    probabilities; `progress`, how many steps of each program the engine has run, which decides where machine code takes over.
    """

    run: Run
    validated: np.ndarray
    tested: np.ndarray
    progress: dict[str, dict[str, int]]


class Keeping:
    """Keeps the trainings of one fit in a folder, which is made when it is needed; keeps nothing for None.

    Args:
        folder: its path.
        key: tells this fit from others, of `key_of`.
    Raises TableError if the folder holds the trainings of another fit, or is a file.
    """

    def __init__(self, folder: str | None, key: str):
        self.folder = folder
        if folder is None:
            return
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise TableError(f"{folder}: cannot be written to ({error.strerror or error}).") from None
        known = self._path(_KEY)
        if os.path.exists(known):
            with open(known, encoding="utf-8") as file:
                if file.read() != key:
                    raise TableError(
                        f"{folder}: holds the unfinished fit of another table, other options or another version; give the same, "
                        "or start anew with --force (or another folder)."
                    )
        else:
            write_text(known, key)

    def load(self, place: int) -> Trained | None:
        """The finished training of a round; None if it is not there, or damaged, and must be trained."""
        path = self._path(f"fold-{place + 1}.npz")
        if self.folder is None or not os.path.exists(path):
            return None
        try:
            with open(path, "rb") as file, np.load(io.BytesIO(file.read()), allow_pickle=False) as kept:
                about = json.loads(str(kept["about"]))
                weights = [kept[f"w{i}"] for i in range(about.pop("weights"))]
                progress = about.pop("progress")
                return Trained(Run(weights, **about), kept["validated"], kept["tested"], progress)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            return None

    def save(self, place: int, trained: Trained) -> None:
        """Writes a finished training, whole or not at all."""
        run = trained.run
        if self.folder is None or run.cut == "interrupted":
            return
        told = {name: value for name, value in vars(run).items() if name != "weights"}
        about = json.dumps({**told, "weights": len(run.weights), "progress": trained.progress})
        arrays = {f"w{i}": w for i, w in enumerate(run.weights)}
        content = io.BytesIO()
        np.savez(content, about=np.array(about), validated=trained.validated, tested=trained.tested, **arrays)
        write_bytes(self._path(f"fold-{place + 1}.npz"), content.getvalue())

    def within(self, place: int, rows: int) -> list[callbacks.Callback]:
        """What keeps the state of a training after each epoch, if it has so many rows that an epoch takes long."""
        if self.folder is None or rows < _LONG:
            return []
        return [callbacks.BackupAndRestore(self._path(f"fold-{place + 1}"), save_seconds=60)]

    def _path(self, name: str) -> str:
        return os.path.join(self.folder or "", name)


def key_of(arrays: Iterable[np.ndarray], *about: Any) -> str:
    """A text that differs for other arrays, and for other settings, whose `repr` tells them."""
    found = hashlib.sha256(repr(about).encode())
    for array in arrays:
        found.update(f"{array.dtype}{array.shape}".encode())
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()
