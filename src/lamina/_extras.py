"""Packages that only some need: asked for when they are used, named with their extra when they are missing."""

import importlib
import importlib.util
from typing import Any


def require(module: str, extra: str, what: str) -> None:
    """Raises ImportError that names the extra if the module is not installed."""
    if importlib.util.find_spec(module) is None:
        raise ImportError(f"{what} needs {module}: pip install 'lamina[{extra}]'")


def pillow(what: str, part: str = "Image") -> Any:
    """A module of Pillow, of the extra `image`. Raises ImportError that says so where it is missing."""
    require("PIL", "image", what)
    return importlib.import_module(f"PIL.{part}")
