"""Layers as torch modules: what torch's programs ask of a module is answered from the layer's own variables and layers."""

import copy
import weakref
from typing import Any

import torch

from ._tensors import DEVICE

# id of a variable -> (weak reference to it, its parameter). A parameter lies in the variable's storage.
_parameters: dict[int, tuple[Any, torch.nn.Parameter]] = {}


def parameter_of(variable: Any) -> torch.nn.Parameter:
    """The parameter over a variable's storage, always the same object. From then on, eager reads give it."""
    known = _parameters.get(id(variable))
    if known is None or known[0]() is not variable:
        key = id(variable)
        reference = weakref.ref(variable, lambda _: _parameters.pop(key, None))
        known = _parameters[key] = (reference, torch.nn.Parameter(variable._value, requires_grad=False))
    parameter = known[1]
    if parameter.data_ptr() != variable._value.data_ptr():
        parameter.data = variable._value  # the storage has moved into a longer one
    parameter.requires_grad_(variable.trainable and variable._value.is_floating_point())
    return parameter


def followed(variable: Any, value: torch.Tensor) -> torch.Tensor:
    """What to use for a variable's stored value: its parameter, if torch's programs know of it and gradients are on."""
    known = _parameters.get(id(variable))
    if known is None or known[0]() is not variable or value is not variable._value or not torch.is_grad_enabled():
        return value
    return parameter_of(variable)


_EMPTY = {
    k: v for k, v in vars(torch.nn.Module()).items() if k not in ("training", "_parameters", "_buffers", "_modules")
}


class Module(torch.nn.Module):
    """The base of layers on this engine. It keeps nothing of its own: parameters, buffers and submodules are the layer's
    trainable variables, other variables, and layers, whatever they are when torch asks."""

    @property
    def _parameters(self) -> dict[str, Any]:
        return {_name(v, i): parameter_of(v) for i, v in self._variables_where(True)}

    @property
    def _buffers(self) -> dict[str, Any]:
        return {_name(v, i): v._value for i, v in self._variables_where(False)}

    @property
    def _modules(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for layer in self._layers:  # type: ignore[union-attr]
            name = layer.name.replace(".", "_")
            while name in found:
                name += "_"
            found[name] = layer
        return found

    def _variables_where(self, trainable: bool) -> list[tuple[int, Any]]:
        names: dict[str, int] = {}
        found = []
        for v in self._own_variables:  # type: ignore[union-attr]
            count = names[v.name] = names.get(v.name, -1) + 1
            if self._is_own_trainable(v) == trainable:  # type: ignore[operator]
                found.append((count, v))
        return found

    @property
    def training(self) -> bool:
        """Whether calls that do not say are for training: False until `train()`, as ever in Keras."""
        return bool(self.__dict__.get("_training_mode"))

    @training.setter
    def training(self, mode: bool) -> None:
        object.__setattr__(self, "_training_mode", bool(mode))

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self(*args, **kwargs)

    def _apply(self, fn: Any, recurse: bool = True) -> "Module":
        """`to`, `cuda`, `half` and the like: the engine's device and the layer's dtypes are settled elsewhere."""
        with torch.no_grad():
            probe = fn(torch.zeros((), device=DEVICE))
        if probe.device != DEVICE:
            raise RuntimeError(
                f"The torch engine computes on {DEVICE}; a model cannot be moved to {probe.device}. Set LAMINA_DEVICE="
                f"{probe.device.type} before the program starts."
            )
        if probe.dtype is not torch.float32:
            raise RuntimeError(
                f"A model's weights cannot be made {probe.dtype}; give the layers a dtype policy, such as "
                'lamina.config.set_dtype_policy("mixed_bfloat16").'
            )
        return self

    def __getattr__(self, name: str) -> Any:
        if name in _EMPTY:
            value = copy.copy(_EMPTY[name])
            object.__setattr__(self, name, value)
            return value
        if hasattr(type(self), name):
            return object.__getattribute__(self, name)  # a property that failed: its own error
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)

    __dir__ = object.__dir__

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


def _name(variable: Any, count: int) -> str:
    name = variable.name.replace(".", "_")
    return f"{name}_{count}" if count else name
