"""Modules that stand in for those of Keras: each looks its names up in lamina's namespaces when they are asked for."""

import importlib
import types
from collections.abc import Callable
from typing import Any

from lamina._deprecation import warn_once
from lamina._names import NAMES

from . import (
    _convolution,
    _faces,
    _initializations,
    _legacy_layers,
    _legacy_saving,
    _losses,
    _merge,
    _private,
    _scikit_learn,
    _sessions,
)
from ._later import LATER, AbsentModule, absent, later_advice
from ._missing import no_such_name
from ._slice_arrays import slice_arrays
from ._tables import ALSO, BACKEND_TODAY, KERAS_VERSION, MODULES, OLD_MODULES, OLD_NAMES


class KerasModule(types.ModuleType):
    """A stand-in for one module of Keras.

    Args:
        fullname: its name as imported, such as "tensorflow.keras.layers".
        path: the same without the package, "layers".
    """

    def __init__(self, fullname: str, path: str):
        private = is_private(fullname)
        today = OLD_MODULES.get(path, path) if not private or path in OLD_MODULES else _nearest(path)
        super().__init__(fullname, f"What {fullname} offers, from lamina.{today}.".replace("lamina..", "lamina."))
        found = (*MODULES[today], *ALSO.get(path, ()), *ALSO.get(today, ()))
        namespaces = dict.fromkeys((*found, *PRIVATE_ALSO.get(today, ()), "") if private else found)
        self.__dict__["__path__"] = []
        self.__dict__["_lamina_path"] = path
        self.__dict__["_lamina_namespaces"] = tuple(namespaces)
        self.__dict__["_lamina_today"] = today
        self.__dict__["_lamina_private"] = private
        self.__dict__["__all__"] = sorted({*NAMES.get(MODULES[today][0], {}), *_children(path)})
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
        if path in MODULES or path in OLD_MODULES or path in LATER or self._lamina_is_private_part(path, name):
            return importlib.import_module(f"{self.__name__}.{name}")
        self._lamina_note_path()
        places = dict.fromkeys((self._lamina_path, self._lamina_today))
        for table in (_private.PRIVATE, SPECIAL) if self._lamina_private else (SPECIAL,):
            for where in places:
                if name in table.get(where, {}):
                    return table[where][name]
        for namespace in self._lamina_namespaces:
            if name in NAMES.get(namespace, {}):
                if namespace == "backend" and name not in BACKEND_TODAY:
                    warn_once(
                        "keras.backend", "The functions of keras.backend (K) are of Keras 1 and 2; write keras.ops."
                    )
                return _load(namespace, name)
        old = {k: v for where in places for k, v in OLD_NAMES.get(where, {}).items()}
        if name in old:
            if self._lamina_path not in OLD_MODULES:
                new = ".".join(old[name])
                warn_once(f"keras.{path}", f"keras.{path} is a name of Keras 1 and 2; write keras.{new}.")
            return _load(*old[name])
        for where in places:
            if name in LATER.get(where, ()):
                return absent(f"keras.{where}.{name}", later_advice(where))
        raise AttributeError(self._lamina_no(name))

    def _lamina_is_private_part(self, path: str, name: str) -> bool:
        if self._lamina_private:
            return path in _private.PRIVATE
        return path == "src"

    def _lamina_no(self, name: str) -> str:
        return no_such_name(self, name, f"lamina.{self._lamina_today}".rstrip("."))

    def _lamina_note_path(self) -> None:
        """One note for an import path of Keras 1 or 2, when something is taken from it."""
        path = self._lamina_path
        if path in OLD_MODULES:
            warn_once(f"keras.{path}", f"keras.{path} is a path of Keras 1 and 2; write keras.{self._lamina_today}.")

    def __dir__(self) -> list[str]:
        names = {name for namespace in self._lamina_namespaces[:1] for name in NAMES.get(namespace, {})}
        return sorted(_children(self._lamina_path) | names | set(self.__dict__))


class CallableModule(KerasModule):
    """`keras.layers.merge`: a function in Keras 1, a module in Keras 2."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._lamina_note_path()
        return _CALLABLE[self._lamina_path](*args, **kwargs)


def _children(path: str) -> set[str]:
    """The names of the modules right below a path."""
    below = f"{path}.".lstrip(".")
    inside = {m[len(below) :] for m in (*MODULES, *LATER) if m.startswith(below) and m}
    return {name for name in inside if name and "." not in name}


_CALLABLE: dict[str, Callable] = {"layers.merge": _merge.merge}
# Path, of old or of today -> things that only programs for Keras have.
SPECIAL: dict[str, dict[str, Any]] = {
    "": _faces.TOP,
    "config": _faces.CONFIG,
    "backend": {**_sessions.BACKEND, "backend": _faces.backend},
    "layers": {**_convolution.FUNCTIONS, **_legacy_layers.LAYERS, "Merge": _merge.Merge},
    "losses": _losses.LOSSES,
    "utils.legacy": _legacy_saving.FUNCTIONS,
    "legacy.saving": _legacy_saving.FUNCTIONS,
    "initializations": _initializations.FUNCTIONS,
    "engine": {"merge": _merge.merge, "Merge": _merge.Merge},
    "engine.topology": {"merge": _merge.merge, "Merge": _merge.Merge},
    "engine.training": dict.fromkeys(("slice_X", "slice_arrays"), slice_arrays),
    "wrappers.scikit_learn": _scikit_learn.CLASSES,
}
# What else the private module of a namespace holds in Keras.
PRIVATE_ALSO: dict[str, tuple[str, ...]] = {"backend": ("ops", "config", "random"), "models": ("layers",)}


def _load(namespace: str, name: str) -> Any:
    home, attribute = NAMES[namespace][name]
    return getattr(importlib.import_module(home), attribute)


def is_private(fullname: str) -> bool:
    """Whether the name leads through Keras's own source (`keras.src`), not its public modules."""
    return ".src." in f"{fullname}."


def _nearest(path: str) -> str:
    """The namespace that the source file at `path` belongs to: Keras's folders are named like its namespaces."""
    while path and path not in MODULES:
        path = path.rpartition(".")[0]
    return path


def keras_path(path: str) -> str | None:
    """The path that a module path of Keras stands for, None if there is no such module."""
    for prefix in ("api._v2.keras", "api", "src"):  # how Keras and TensorFlow arrange themselves inside
        if path == prefix or path.startswith(f"{prefix}."):
            path = path[len(prefix) :].lstrip(".")
            if prefix == "src" and (_nearest(path) or path in _private.PRIVATE):
                return path
            break
    return path if path in MODULES or path in OLD_MODULES or path in LATER else None


def make_keras_module(fullname: str, path: str) -> types.ModuleType:
    """The stand-in for a module; `path` comes from `keras_path`."""
    if path in LATER and path not in MODULES:
        return AbsentModule(fullname, path, SPECIAL.get(path, {}))
    return (CallableModule if path in _CALLABLE else KerasModule)(fullname, path)
