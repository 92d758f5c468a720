"""Exchangeable engines behind one contract, and the choice among them.

`engine` is the engine in use: attributes are looked up on it at call time, so that code written once over `engine.xp`,
`engine.nn` and `engine.random` runs on every engine. The choice is made at first use: from `LAMINA_ENGINE` (native, jax,
torch, auto, or a registered name), else from `KERAS_BACKEND`, or by `set_engine` before that.
"""

import importlib
import importlib.util
import os
from typing import Any

_current: Any = None
_reason = ""
_registered = {
    "native": "lamina.engines.native",
    "jax": "lamina.engines.jax",
    "torch": "lamina.engines.torch",
}
# The library that an engine stands on; to be installed by the user.
_needs = {"jax": "jax", "torch": "torch"}
# What Keras calls its backends. TensorFlow has no engine here.
_keras_backends = {"jax": "jax", "torch": "torch", "numpy": "native", "tensorflow": "auto", "openvino": "auto"}


def register_engine(name: str, module: str) -> None:
    """Adds an engine: `module` is the import path of a module (or package) that fulfils the contract."""
    _registered[name] = module


def available() -> tuple[str, ...]:
    """The names that `set_engine` and `LAMINA_ENGINE` accept."""
    return tuple(_registered)


def requested() -> tuple[str, str]:
    """The name that the environment asks for, `"auto"` when it says nothing, and why."""
    name = os.environ.get("LAMINA_ENGINE", "").strip().lower()
    if name:
        return name, f"LAMINA_ENGINE={name}"
    backend = os.environ.get("KERAS_BACKEND", "").strip().lower()
    if backend in _keras_backends:
        note = " (there is no TensorFlow engine)" if backend == "tensorflow" else ""
        return _keras_backends[backend], f"KERAS_BACKEND={backend}{note}"
    return "auto", ""


def set_engine(name: str) -> None:
    """Chooses the engine of this process.

    Raises ValueError for an unknown name, ModuleNotFoundError where its library is not installed, and RuntimeError once
    another engine is in use, since arrays of one engine cannot be handed to another.
    """
    _choose(name, f"set_engine({name!r})")


def current() -> Any:
    """The engine module in use; chooses it on the first call."""
    if _current is None:
        _choose(*requested())
    return _current


def reason() -> str:
    """Why the engine in use was chosen, in words."""
    current()
    return _reason


def _choose(name: str, why: str) -> None:
    global _current, _reason
    if name == "auto":
        name, found = _automatic()
        why = f"{why}: {found}" if why else found
    if name not in _registered:
        raise ValueError(f"set_engine: expected one of {', '.join(('auto', *_registered))}; got {name!r}.")
    if _current is not None and name != _current.NAME:
        raise RuntimeError(
            f"set_engine: the {_current.NAME} engine is already in use, cannot change to {name!r}. "
            f"Call set_engine first thing in the program, or set LAMINA_ENGINE={name}."
        )
    library = _needs.get(name)
    if library and not _is_installed(library):
        raise ModuleNotFoundError(
            f"The {name} engine needs {library}, which is not installed: pip install 'lamina[{name}]'. ({why})",
            name=library,
        )
    if _current is None:
        _current, _reason = importlib.import_module(_registered[name]), why


def layer_base() -> type:
    """The class that the engine in use, or else the one that will be, wants layers to inherit from too."""
    name = _current.NAME if _current is not None else requested()[0]
    name = _automatic()[0] if name == "auto" else name
    if name not in _registered or not _is_installed(_needs.get(name, "numpy")):
        return object  # an error when the engine is used
    return getattr(importlib.import_module(_registered[name]), "LAYER_BASE", object)


def _is_installed(library: str) -> bool:
    return importlib.util.find_spec(library) is not None


def _automatic() -> tuple[str, str]:
    """The native engine, unless there is an accelerator and an installed engine that can use it."""
    accelerator = _accelerator()
    if accelerator is None:
        return "native", "auto, no accelerator found"
    if _is_installed("jax") and _jax_can_use(accelerator):
        return "jax", f"auto, {accelerator} found and jax installed for it"
    if _is_installed("torch") and _torch_can_use(accelerator):
        return "torch", f"auto, {accelerator} found and torch installed for it"
    return "native", f"auto, {accelerator} found but neither jax nor torch is installed for it"


def _accelerator() -> str | None:
    """What lies in the machine, told from device files so that nothing large is imported."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    if hidden not in ("", "-1") and os.path.exists("/dev/nvidiactl") and os.path.exists("/proc/driver/nvidia/version"):
        return "NVIDIA GPU"
    if os.path.exists("/dev/kfd"):
        return "AMD GPU"
    if os.path.exists("/dev/accel0"):
        return "TPU"
    return None


def _jax_can_use(accelerator: str) -> bool:
    if os.environ.get("JAX_PLATFORMS", "").strip().lower() == "cpu":
        return False
    plugins = {
        "NVIDIA GPU": ("jax_cuda12_plugin", "jax_cuda13_plugin"),
        "AMD GPU": ("jax_rocm60_plugin", "jax_rocm7_plugin"),
        "TPU": ("libtpu",),
    }
    return any(_is_installed(p) for p in plugins[accelerator])


def _torch_can_use(accelerator: str) -> bool:
    if accelerator == "TPU":
        return False
    import torch

    return bool(torch.cuda.is_available())


class _Engine:
    """Forwards attributes to the engine in use."""

    def __getattr__(self, name: str) -> Any:
        return getattr(current(), name)


engine: Any = _Engine()
