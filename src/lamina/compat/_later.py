"""Names of Keras that lamina has not got yet. Importing them works, so that packages that only name them load; use says so."""

import importlib
import types
from typing import Any

from lamina._elsewhere import ADVICE

from ._missing import no_such_name

# Path of Keras -> names that are not in lamina.
LATER: dict[str, tuple[str, ...]] = {
    "layers": ("TFSMLayer",),
}


class _Absent(type):
    """A class of which there are no objects: made, called or asked for a part, it says that it is not there."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(cls._message)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if not cls._open:
            raise AttributeError(cls._message)
        return absent(f"{cls._path}.{name}", cls._advice, is_open=True)


def absent(path: str, advice: str, is_open: bool = False) -> Any:
    """What stands at `path` for a name that is not there: imports, `isinstance` and annotations work, use does not.

    Args:
        path: the whole dotted name.
        advice: what to do.
        is_open: whether its attributes are absent things too (a module's worth of names), not errors.
    """
    message = f"{path} is not part of lamina: {advice}."
    known = {"__doc__": message, "_message": message, "_path": path, "_advice": advice, "_open": is_open}
    return _Absent(path.rpartition(".")[2], (), known)


class AbsentModule(types.ModuleType):
    """A module of names that are not there, but for those in `there`."""

    def __init__(self, fullname: str, path: str, there: dict[str, Any]):
        super().__init__(fullname, f"What {fullname} would hold; lamina has not got it yet.")
        self.__dict__["__path__"] = []
        self.__dict__["_lamina_path"] = path
        names = {name: absent(f"{fullname}.{name}", later_advice(path)) for name in LATER[path]}
        self.__dict__.update(names | there)
        self.__dict__["__all__"] = sorted(names | there)

    def __getattr__(self, name: str) -> Any:
        if f"{self._lamina_path}.{name}" in LATER:
            return importlib.import_module(f"{self.__name__}.{name}")
        raise AttributeError(self._lamina_no(name))

    def _lamina_no(self, name: str) -> str:
        return no_such_name(self, name, "not in lamina yet")


class OpenModule(types.ModuleType):
    """A module of which any name can be imported and none used."""

    def __init__(self, fullname: str, advice: str):
        super().__init__(fullname, f"{fullname} is not there: {advice}.")
        self.__dict__["__path__"] = []
        self.__dict__["_lamina_advice"] = advice

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return absent(f"{self.__name__}.{name}", self._lamina_advice, is_open=True)


def later_advice(path: str) -> str:
    """What to do without a name of that path."""
    return ADVICE[f"{path}.{LATER[path][0]}"]
