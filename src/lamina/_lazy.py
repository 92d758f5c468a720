"""The lazy face: public names are loaded when they are first asked for.

Every public namespace ends with `__getattr__, __dir__, __all__ = attach(__name__)`; what it offers stands in `_names.py`.
With LAMINA_EAGER=1 everything is loaded at once, which shows import errors early.
"""

import importlib
import os
import sys
from collections.abc import Callable
from typing import Any

from ._elsewhere import no_such_name
from ._names import NAMES, SUBMODULES


def attach(module: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """`__getattr__`, `__dir__` and `__all__` for the module of a public namespace."""
    namespace = module.removeprefix("lamina").lstrip(".")
    names = NAMES.get(namespace, {})
    submodules = SUBMODULES.get(namespace, ())
    everything = sorted({*names, *submodules})

    def __getattr__(name: str) -> Any:
        if name in names:
            home, attribute = names[name]
            value = getattr(importlib.import_module(home), attribute)
        elif name in submodules:
            value = importlib.import_module(f"{module}.{name}")
        else:
            said = f"module {module!r} has no attribute {name!r}" if name[:2] == "__" else no_such_name(module, name)
            raise AttributeError(said, name=name)  # named, so that Python does not add a guess of its own
        setattr(sys.modules[module], name, value)
        return value

    def __dir__() -> list[str]:
        return [*everything, *(name for name in vars(sys.modules[module]) if name[:2] == "__")]

    if os.environ.get("LAMINA_EAGER") == "1":
        for name in everything:
            __getattr__(name)
    return __getattr__, __dir__, everything


def load_namespace(namespace: str) -> None:
    """Imports all that a public namespace offers, so that its objects stand in the table of public ones."""
    for home, _ in NAMES.get(namespace, {}).values():
        importlib.import_module(home)


class _LazyModule:
    """Stands for a module until one of its attributes is asked for."""

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)


def lazy_module(name: str) -> Any:
    """A module that is imported at its first use: of a third party, or of ours where most programs never need it."""
    return _LazyModule(name)
