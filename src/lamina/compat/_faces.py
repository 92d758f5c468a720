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


def list_devices(device_type: str | None = None) -> list[str]:
    """The devices that the engine computes on, such as "cpu:0"; only those of a kind ("cpu", "gpu", "tpu") if given."""
    return [d for d in engines.current().devices() if device_type is None or d.startswith(device_type.lower())]


def get_device_count(device_type: str | None = None) -> int:
    """How many devices there are."""
    return len(list_devices(device_type))


def distribution() -> None:
    """The distribution in use: none."""


DISTRIBUTION: dict[str, Any] = {f.__name__: f for f in (list_devices, get_device_count, distribution)}
TOP: dict[str, Any] = {"version": version}
CONFIG: dict[str, Any] = {"backend": backend, "set_backend": set_backend}
