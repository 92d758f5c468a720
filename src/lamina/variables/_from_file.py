"""What a file may make lamina do while a model is read from it: take about as much memory as the file holds, and open nothing."""

import math
import threading
from typing import Any

import numpy as np

# A model needs its weights, at most three slots of an optimizer for each, and the buffers of its metrics and layers.
COPIES, ROOM = 4, 64 * 2**20


class _Local(threading.local):
    scope: "FromFile | None" = None


_local = _Local()


class FromFile:
    """Within it a model is made from a file whose weights take `held` bytes."""

    def __init__(self, held: int):
        self.held = held
        self.left = COPIES * held + ROOM
        self._outer: FromFile | None = None

    def __enter__(self) -> "FromFile":
        self._outer, _local.scope = _local.scope, self
        return self

    def __exit__(self, *exc: Any) -> None:
        _local.scope = self._outer

    def allocate(self, name: str, shape: tuple[int, ...], dtype: str) -> None:
        """Told before a variable is made. Raises ValueError if all together would take too much."""
        size = math.prod(shape) * (2 if dtype in ("bfloat16", "float16") else np.dtype(dtype).itemsize)
        self.take(f"the variable {name!r} of shape {shape}", size)

    def take(self, what: str, size: int) -> None:
        """Told before `size` bytes are taken."""
        self.left -= size
        if self.left < 0:
            raise ValueError(
                f"{what} would take {size} bytes, where the file holds {self.held} bytes of weights for all."
            )


def reading_file() -> FromFile | None:
    """The scope that is entered, if a model is being read from a file."""
    return _local.scope


def take_room(what: str, size: Any) -> None:
    """Told by what makes something beside variables, before it takes `size` bytes by the word of a config."""
    scope = reading_file()
    if scope is not None:
        scope.take(what, int(size))


def refuse_path(what: str, path: Any) -> None:
    """Raises ValueError if it is a file that asks for another one to be opened."""
    if reading_file() is not None:
        raise ValueError(
            f"{what} names the file {str(path)!r}, and a model file may not have others opened. If you trust it, make the "
            "layer by its class and load the weights alone."
        )
