"""A folder of training states: `state-<step>`, the last two of them."""

import os
import re
import warnings
from collections.abc import Callable
from typing import Any

from lamina import distribution
from lamina.saving._errors import ModelFileError
from lamina.saving._leftovers import clear_leftovers

from ._file import read_state, write_state

KEPT = 2
_NAME = re.compile(r"state-(\d+)")


class StateFolder:
    """Writes and finds the states of one training run. Of several processes the first alone writes.

    Args:
        path: the folder; it is made when it is first written to.
    Raises NotADirectoryError if there is a file of that name.
    """

    def __init__(self, path: str):
        if os.path.exists(path) and not os.path.isdir(path):
            raise NotADirectoryError(f"Training states are kept in a folder; {path} is a file.")
        self.path = path
        self._good: list[str] = []  # files known to be whole, the newest last

    def names(self) -> list[str]:
        """The states that there are, the newest last."""
        found = [m for m in map(_NAME.fullmatch, self._all()) if m]
        return [m.group() for m in sorted(found, key=lambda m: int(m.group(1)))]

    def _all(self) -> list[str]:
        return os.listdir(self.path) if os.path.isdir(self.path) else []

    def write(self, step: int, state: dict[str, Any]) -> None:
        """Writes a state; of those before, the newest whole one stays."""
        if not distribution.is_first():
            return
        os.makedirs(self.path, exist_ok=True)
        name = f"state-{step}"
        write_state(os.path.join(self.path, name), state)
        self._good = [*(n for n in self._good if n != name), name][-KEPT:]
        self._remove(lambda other: _NAME.fullmatch(other) and other not in self._good)

    def newest(self) -> dict[str, Any] | None:
        """The newest state that is whole; None if there is none at all. Removes what a killed writer left.

        A damaged one is a warning. Raises ModelFileError if all are damaged.
        """
        if distribution.is_first() and os.path.isdir(self.path):
            clear_leftovers(self.path)
        names = self.names()
        for i, name in enumerate(reversed(names)):
            try:
                state = read_state(os.path.join(self.path, name))
            except ModelFileError as error:
                if i + 1 == len(names):
                    reason = f"no whole training state is left ({error}); delete the folder to begin anew."
                    raise ModelFileError(self.path, None, reason) from error
                warnings.warn(f"Training goes on from the state before: {error}", UserWarning, stacklevel=6)
                continue
            self._good = [name]
            return state
        return None

    def clear(self) -> None:
        """Removes the states, and the folder if nothing else is in it."""
        self._remove(_NAME.fullmatch)
        if distribution.is_first() and os.path.isdir(self.path):
            clear_leftovers(self.path)
            if not self._all():
                os.rmdir(self.path)

    def _remove(self, is_meant: Callable[[str], Any]) -> None:
        for name in self._all() if distribution.is_first() else ():
            if is_meant(name):
                os.unlink(os.path.join(self.path, name))
