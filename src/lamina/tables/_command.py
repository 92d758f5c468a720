"""The command that repeats a fit, or the call where the table is no file."""

import os
import shlex
from dataclasses import fields
from typing import Any

from ._frames import is_paths
from ._settings import FitSettings

_LEFT_OUT = ("target", "verbose", "resume")
_LONG = 400  # letters


def command_of(data: Any, settings: FitSettings) -> str:
    """`lamina fit TABLE --target ... ` with all options that are not the default; `lamina.fit_table(...)` for a frame."""
    given = {
        f.name: getattr(settings, f.name)
        for f in fields(settings)
        if f.name not in _LEFT_OUT and getattr(settings, f.name) != _default(f)
    }
    paths = data if is_paths(data) else [data]
    if any(not isinstance(x, (str, os.PathLike)) for x in (*paths, given.get("test", ""))):
        arguments = [f"target={settings.target!r}", *(f"{name}={_shown(value)}" for name, value in given.items())]
        return f"lamina.fit_table({', '.join([_shown(data), *arguments])})"
    parts = ["lamina", "fit", *map(os.fspath, paths), "--target", settings.target]
    for name, value in given.items():
        for entry in _typed(name, value):
            parts += ["--time" if name == "budget" else f"--{name.replace('_', '-')}", entry]
    return shlex.join(parts)


def _default(field: Any) -> Any:
    return field.default_factory() if callable(field.default_factory) else field.default


def _shown(value: Any) -> str:
    """A value as Python; data only by its kind."""
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    written = repr(value)
    is_plain = isinstance(value, (str, int, float, tuple, dict)) and len(written) < _LONG
    return written if is_plain else f"<{type(value).__name__}>"


def _typed(name: str, value: Any) -> list[str]:
    """How an option is typed, once for each entry."""
    if name == "ordinal":
        return [f"{column}={','.join(levels)}" for column, levels in value.items()]
    if name == "hidden":
        return [",".join(map(str, value)) or "0"]
    if name == "budget":
        return [f"{value:g}s"]
    return list(map(str, value)) if isinstance(value, tuple) else [str(value)]
