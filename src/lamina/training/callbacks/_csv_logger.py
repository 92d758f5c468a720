"""`CSVLogger`."""

import csv
import os
from typing import Any

import numpy as np

from lamina._public import public

from ._callback import Callback


@public("callbacks.CSVLogger")
class CSVLogger(Callback):
    """Writes the logs of each epoch as a line of a CSV file; "NA" where an epoch lacks one, as without validation.

    Args:
        filename: path of the file.
        separator: string between the columns.
        append: whether lines are added to an existing file.
    Example:
        >>> x, y = np.ones((8, 2)), np.ones((8, 1))
        >>> model = Sequential([Input((2,)), layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> history = model.fit(x, y, verbose=0, callbacks=[callbacks.CSVLogger("log.csv")])
        >>> with open("log.csv") as file:
        ...     print(file.readline().strip())
        epoch,loss
    """

    writes_alone = True

    def __init__(self, filename: Any, separator: str = ",", append: bool = False):
        super().__init__()
        self.filename: Any = os.fspath(filename)
        self.separator = separator
        self.append = append
        self._file: Any = None
        self._writer: Any = None
        self._kept: int | None = 0  # bytes of the file that stay, until the first line

    def on_train_begin(self, logs: Any = None) -> None:
        self._has_header = self.append and os.path.exists(self.filename) and os.path.getsize(self.filename) > 0
        self._file = open(self.filename, "a", newline="")  # noqa: SIM115
        self._kept = os.path.getsize(self.filename) if self.append else 0
        self._names: list[str] | None = None
        self._writer = None

    def _begin(self) -> None:
        """Leaves of an earlier file what is kept; not before the first line, as a resumed run keeps what it wrote."""
        if self._kept is not None:
            self._file.truncate(min(self._kept, os.path.getsize(self.filename)))
            self._kept = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        row = {"epoch": epoch, **{k: _plain(v) for k, v in (logs or {}).items()}}
        self._begin()
        if self._writer is None:
            names = self._names or self._columns(row)
            self._writer = csv.DictWriter(
                self._file, names, delimiter=self.separator, extrasaction="ignore", restval="NA"
            )
            if not self._has_header and self._names is None:
                self._writer.writeheader()
            self._names = names
        self._writer.writerow(row)
        self._file.flush()

    def on_train_end(self, logs: Any = None) -> None:
        if self._file is not None:
            self._begin()
            self._file.close()
            self._file = None

    def get_state(self) -> dict[str, Any]:
        size = os.path.getsize(self.filename) if self._kept is None else self._kept
        return {"size": size, "names": self._names}

    def set_state(self, state: dict[str, Any]) -> None:
        self._kept = state["size"]
        self._names = state["names"]

    def _columns(self, row: dict[str, Any]) -> list[str]:
        """Those of the first epoch, and of the validation to come if there was none in it."""
        names = list(row)
        if not self.params.get("do_validation") or any(name.startswith("val_") for name in names):
            return names
        return names + [f"val_{name}" for name in names if name != "epoch"]


def _plain(value: Any) -> Any:
    if isinstance(value, str) or np.ndim(value) == 0:
        return value
    return f'"[{", ".join(map(str, np.asarray(value).ravel().tolist()))}]"'
