"""`install` and `uninstall`: the names `keras`, `tf_keras` and `tensorflow` lead to lamina, and back."""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

from lamina._public import public

from ._later import OpenModule
from ._modules import keras_path, make_keras_module
from ._tensorflow import TENSORFLOW, make_tensorflow_module

# Where Keras is found, longest first -> the rest of the name is a path inside Keras.
_KERAS_ROOTS = (
    "tensorflow.compat.v1.keras", "tensorflow.compat.v2.keras", "tensorflow.python.keras", "tensorflow.keras", "tf_keras",
    "keras",
)  # fmt: skip
_ROOTS = ("keras", "tf_keras", "tensorflow")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and makes the stand-ins. A module that lamina does not offer is an error, not the real package's."""

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: Any = None) -> Any:
        if fullname.partition(".")[0] not in _ROOTS:
            return None
        parent, _, name = fullname.rpartition(".")
        if _is_from_import() and hasattr(sys.modules.get(parent), "_lamina_no"):
            raise ImportError(sys.modules[parent]._lamina_no(name), name=parent)
        if _path_inside_keras(fullname) is None and fullname not in TENSORFLOW:
            raise ModuleNotFoundError(
                f"No module named {fullname!r}: lamina stands in for {fullname.partition('.')[0]} here and has no such "
                "part. lamina.compat.uninstall() gives the real package back, if it is installed.",
                name=fullname,
            )
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: Any) -> types.ModuleType:
        path = _path_inside_keras(spec.name)
        return make_tensorflow_module(spec.name) if path is None else make_keras_module(spec.name, path)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: the module looks its names up when they are asked for."""


class _LastFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Asked last: TensorFlow comes with TensorBoard, so packages that find the one import the other unasked."""

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: Any = None) -> Any:
        if fullname.partition(".")[0] != "tensorboard":
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: Any) -> types.ModuleType:
        return OpenModule(spec.name, "install tensorboard to use it")

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run."""


def _is_from_import() -> bool:
    """Whether Python looks for a module since `from x import name` found no attribute; its own words would say little."""
    frame: Any = sys._getframe(2)
    while frame is not None and "importlib" in frame.f_code.co_filename:
        if frame.f_code.co_name == "_handle_fromlist":
            return True
        frame = frame.f_back
    return False


def _path_inside_keras(fullname: str) -> str | None:
    for root in _KERAS_ROOTS:
        if fullname == root or fullname.startswith(f"{root}."):
            return keras_path(fullname[len(root) :].lstrip("."))
    return None


_finder, _last_finder = _Finder(), _LastFinder()
_hidden: dict[str, types.ModuleType] = {}


def is_installed() -> bool:
    return _finder in sys.meta_path


@public("compat.install")
def install() -> None:
    """From now on `import keras`, `import tf_keras` and `import tensorflow` give lamina under those names.

    Real packages of those names, imported or not, are hidden until `uninstall`. Installing twice changes nothing.
    """
    if is_installed():
        return
    _hidden.update(_take_out())
    sys.meta_path.insert(0, _finder)
    sys.meta_path.append(_last_finder)


@public("compat.uninstall")
def uninstall() -> None:
    """Undoes `install`: the stand-ins leave `sys.modules`, and what was there before comes back."""
    if not is_installed():
        return
    sys.meta_path.remove(_finder)
    sys.meta_path.remove(_last_finder)
    _take_out()
    sys.modules.update(_hidden)
    _hidden.clear()


def _take_out() -> dict[str, types.ModuleType]:
    names = [name for name, m in sys.modules.items() if name.partition(".")[0] in _ROOTS or isinstance(m, OpenModule)]
    return {name: sys.modules.pop(name) for name in names}
