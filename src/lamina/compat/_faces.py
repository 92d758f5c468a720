"""How lamina presents itself to a program written for Keras: its version, and the name of its backend."""

import functools
import os
from typing import Any

from lamina import config, engines

from ._tables import KERAS_VERSION

_KERAS_NAMES = {"native": "numpy", "jax": "jax", "torch": "torch"}
_asked: dict[str, str] = {}


def version() -> str:
    """The version of Keras that is stood in for, as `keras.__version__`."""
    return KERAS_VERSION


def backend() -> str:
    """The name that the program asked for, by KERAS_BACKEND or `set_backend`, if that engine runs; else "tensorflow".

    Where nothing was asked for, "tensorflow" is what is imitated: a tape, `train_step(data)`, and a thin `tensorflow`.
    """
    asked = _asked.get("backend") or os.environ.get("KERAS_BACKEND", "").strip().lower()
    return asked if asked == _KERAS_NAMES.get(engines.current().NAME) else "tensorflow"


@functools.wraps(config.set_backend)
def set_backend(backend: str) -> None:
    config.set_backend(backend)
    _asked["backend"] = backend


TOP: dict[str, Any] = {"version": version}
CONFIG: dict[str, Any] = {"backend": backend, "set_backend": set_backend}
