"""Modules that stand in for those of Keras: each looks its names up in lamina's namespaces when they are asked for."""

import importlib
import types
from collections.abc import Callable
from typing import Any

from lamina._deprecation import warn_once
from lamina._names import NAMES

from . import _convolution, _initializations, _merge
from ._tables import ALSO, BACKEND_TODAY, KERAS_VERSION, MODULES, OLD_MODULES, OLD_NAMES


class KerasModule(types.ModuleType):
    """A stand-in for one module of Keras.

    Args:
        fullname: its name as imported, such as "tensorflow.keras.layers".
        path: the same without the package, "layers".
    """

    def __init__(self, fullname: str, path: str):
        today = OLD_MODULES.get(path, path)
        super().__init__(fullname, f"What {fullname} offers, from lamina.{today}.".replace("lamina..", "lamina."))
        namespaces = dict.fromkeys((*MODULES[today], *ALSO.get(path, ()), *ALSO.get(today, ())))
        self.__dict__["__path__"] = []
        self.__dict__["_lamina_path"] = path
        self.__dict__["_lamina_namespaces"] = tuple(namespaces)
        self.__dict__["_lamina_today"] = today
        self.__dict__["__all__"] = sorted(NAMES.get(MODULES[today][0], {}))
        if path == "":
            self.__dict__["__version__"] = KERAS_VERSION

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = self._lamina_find(name)
        self.__dict__[name] = value
        return value

    def _lamina_find(self, name: str) -> Any:
        path = f"{self._lamina_path}.{name}".lstrip(".")
        if path in MODULES or path in OLD_MODULES:
            return importlib.import_module(f"{self.__name__}.{name}")
        self._lamina_note_path()
        for where in (self._lamina_path, self._lamina_today):
            if name in SPECIAL.get(where, {}):
                return SPECIAL[where][name]
        for namespace in self._lamina_namespaces:
            if name in NAMES.get(namespace, {}):
                if namespace == "backend" and name not in BACKEND_TODAY:
                    warn_once(
                        "keras.backend", "The functions of keras.backend (K) are of Keras 1 and 2; write keras.ops."
                    )
                return _load(namespace, name)
        old = OLD_NAMES.get(self._lamina_path, {}) | OLD_NAMES.get(self._lamina_today, {})
        if name in old:
            if self._lamina_path not in OLD_MODULES:
                new = ".".join(old[name])
                warn_once(f"keras.{path}", f"keras.{path} is a name of Keras 1 and 2; write keras.{new}.")
            return _load(*old[name])
        raise AttributeError(
            f"lamina has no {name!r} in what {self.__name__!r} stands for (lamina.{self._lamina_today})."
        )

    def _lamina_note_path(self) -> None:
        """One note for an import path of Keras 1 or 2, when something is taken from it."""
        path = self._lamina_path
        if path in OLD_MODULES:
            warn_once(f"keras.{path}", f"keras.{path} is a path of Keras 1 and 2; write keras.{self._lamina_today}.")

    def __dir__(self) -> list[str]:
        below = f"{self._lamina_path}.".lstrip(".")
        inside = {m[len(below) :] for m in MODULES if m.startswith(below) and m and "." not in m[len(below) :]}
        names = {name for namespace in self._lamina_namespaces[:1] for name in NAMES.get(namespace, {})}
        return sorted(inside | names | set(self.__dict__))


class CallableModule(KerasModule):
    """`keras.layers.merge`: a function in Keras 1, a module in Keras 2."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._lamina_note_path()
        return _CALLABLE[self._lamina_path](*args, **kwargs)


_CALLABLE: dict[str, Callable] = {"layers.merge": _merge.merge}
# Path, of old or of today -> functions that only old programs have.
SPECIAL: dict[str, dict[str, Any]] = {
    "layers": _convolution.FUNCTIONS,
    "initializations": _initializations.FUNCTIONS,
    "engine": {"merge": _merge.merge},
    "engine.topology": {"merge": _merge.merge},
}


def _load(namespace: str, name: str) -> Any:
    home, attribute = NAMES[namespace][name]
    return getattr(importlib.import_module(home), attribute)


def keras_path(path: str) -> str | None:
    """The path that a module path of Keras stands for, None if there is no such module."""
    for prefix in ("api._v2.keras", "api", "src"):  # how Keras and TensorFlow arrange themselves inside
        if path == prefix or path.startswith(f"{prefix}."):
            path = path[len(prefix) :].lstrip(".")
            break
    return path if path in MODULES or path in OLD_MODULES else None


def make_keras_module(fullname: str, path: str) -> KerasModule:
    """The stand-in for a module; `path` comes from `keras_path`."""
    return (CallableModule if path in _CALLABLE else KerasModule)(fullname, path)
