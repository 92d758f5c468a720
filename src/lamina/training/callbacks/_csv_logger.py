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

    def __init__(self, filename: Any, separator: str = ",", append: bool = False):
        super().__init__()
        self.filename: Any = os.fspath(filename)
        self.separator = separator
        self.append = append
        self._file: Any = None
        self._writer: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        self._has_header = self.append and os.path.exists(self.filename) and os.path.getsize(self.filename) > 0
        self._file = open(self.filename, "a" if self.append else "w", newline="")  # noqa: SIM115
        self._writer = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        row = {"epoch": epoch, **{k: _plain(v) for k, v in (logs or {}).items()}}
        if self._writer is None:
            self._writer = csv.DictWriter(
                self._file, self._columns(row), delimiter=self.separator, extrasaction="ignore", restval="NA"
            )
            if not self._has_header:
                self._writer.writeheader()
        self._writer.writerow(row)
        self._file.flush()

    def on_train_end(self, logs: Any = None) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

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
