"""Exchangeable engines behind one contract, and the choice among them.

`engine` is the engine in use: attributes are looked up on it at call time, so that code written once over `engine.xp`,
`engine.nn` and `engine.random` runs on every engine. The choice is made at first use from `LAMINA_ENGINE`
(native, jax, torch, auto) or by `set_engine` before that.
"""

import importlib
import importlib.util
import os
from typing import Any

_current: Any = None
_registered = {"native": "lamina.engines.native"}


def register_engine(name: str, module: str) -> None:
    """Adds an engine: `module` is the import path of a module (or package) that fulfils the contract."""
    _registered[name] = module


def available() -> tuple[str, ...]:
    """The names that `set_engine` and `LAMINA_ENGINE` accept."""
    return tuple(_registered)


def requested() -> str:
    """The name that the environment asks for, `"auto"` when it says nothing."""
    return os.environ.get("LAMINA_ENGINE", "auto").strip().lower() or "auto"


def set_engine(name: str) -> None:
    """Chooses the engine of this process.

    Raises ValueError for an unknown name and RuntimeError once another engine is in use, since arrays of one engine
    cannot be handed to another.
    """
    global _current
    if name == "auto":
        name = "native"
    if name not in _registered:
        raise ValueError(f"set_engine: expected one of {', '.join(('auto', *_registered))}; got {name!r}.")
    if _current is not None and name != _current.NAME:
        raise RuntimeError(
            f"set_engine: the {_current.NAME} engine is already in use, cannot change to {name!r}. "
            f"Call set_engine first thing in the program, or set LAMINA_ENGINE={name}."
        )
    _current = importlib.import_module(_registered[name])


def current() -> Any:
    """The engine module in use; chooses it on the first call."""
    if _current is None:
        set_engine(requested())
    return _current


class _Engine:
    """Forwards attributes to the engine in use."""

    def __getattr__(self, name: str) -> Any:
        return getattr(current(), name)


engine = _Engine()
