"""Tensors in and out: from whatever lamina's operations are given, and back to NumPy."""

import os
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.utils._python_dispatch import _disable_current_modes

from ._dtypes import UNSIGNED, from_numpy, to_numpy, torch_dtype


class ConcreteValueError(TypeError):
    """A traced function asked for the value of a tensor, which is not known while it is traced."""


def _choose_device() -> torch.device:
    name = os.environ.get("LAMINA_DEVICE", "").strip()
    if name:
        return torch.device(name)
    if torch.cuda.is_available() and "LOCAL_RANK" in os.environ:  # one of several that torchrun started on this machine
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    if torch.cuda.is_available():
        return torch.device("cuda", torch.cuda.current_device())
    return torch.device("cpu")


DEVICE = _choose_device()

# Arrays that a gradient tape watches, by identity; see _tape.py.
watched: dict[int, tuple[Any, torch.Tensor]] = {}
# What records programs now; each knows its tensors. See _trace.py.
recordings: list[Any] = []


class _Local(threading.local):
    in_spec = 0  # how many `spec` are at work in this thread
    recording = 0  # how many differentiations of functions
    tapes: tuple[Any, ...] = ()  # the gradient tapes at work, innermost last


local = _Local()


def depth_of_differentiation() -> int:
    """How many tapes and differentiated functions are at work, one inside the other."""
    return local.recording + len(local.tapes)


def is_traced(x: Any) -> bool:
    """Whether `x` is traced: it has a shape and a dtype but no value, or one that is of the first step alone."""
    return isinstance(x, FakeTensor) or (
        bool(recordings) and isinstance(x, torch.Tensor) and any(x in recorder for recorder in recordings)
    )


def tracing() -> bool:
    """Whether a function is being traced (its operations are intercepted before they compute)."""
    return torch._C._len_torch_dispatch_stack() > 0


def eagerly() -> Any:
    """A context in which operations compute, even while a function is traced."""
    return _disable_current_modes() if tracing() else nullcontext()


def quiet() -> Any:
    """PyTorch's programs run on the same threads as its single calls."""
    return nullcontext()


def tensor(x: Any, dtype: Any = None) -> Any:
    """`x` as a tensor on the engine's device, a copy if it is a NumPy array; arrays of strings stay as they are."""
    if not isinstance(x, torch.Tensor):
        if hasattr(x, "__tensor__"):
            x = x.__tensor__()
        elif watched and id(x) in watched:
            x = watched[id(x)][1]
        else:
            x = from_host(x if type(x) is not np.ndarray else np.array(x))
            if not isinstance(x, torch.Tensor):
                return x
    elif x.device != DEVICE and not is_traced(x) and x.device.type != "meta":
        x = x.to(DEVICE)
    return x if dtype is None else cast(x, dtype)


def from_host(x: Any) -> Any:
    """An array as a tensor, over the same memory where possible."""
    array = x if isinstance(x, np.ndarray) else np.asarray(x)
    if array.dtype.kind in "USO":
        return array
    if not isinstance(x, (np.ndarray, np.generic)):
        array = array.astype({"float64": np.float32, "int64": np.int32}.get(array.dtype.name, array.dtype))
    with eagerly():  # a constant of the traced program, not a part of it
        return from_numpy(array, DEVICE)


def as_tensor(x: Any) -> Any:
    """Arrays and NumPy scalars as tensors; tensors and Python numbers as they are."""
    return tensor(x) if isinstance(x, (np.ndarray, np.generic, list, tuple)) or hasattr(x, "__tensor__") else x


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor of this engine."""
    return isinstance(x, torch.Tensor)


def numpy(x: Any) -> np.ndarray:
    """The values as a NumPy array. Raises ConcreteValueError for a traced tensor."""
    if not isinstance(x, torch.Tensor):
        x = x.__tensor__() if hasattr(x, "__tensor__") else x
        if not isinstance(x, torch.Tensor):
            return np.asarray(x)
    if is_traced(x):
        raise ConcreteValueError(
            "The value of a tensor was asked for while the function is traced for compilation, when there is none. Use "
            "lamina.ops instead of NumPy or Python numbers, or compile with run_eagerly=True."
        )
    return to_numpy(x)


def cast(x: Any, dtype: Any) -> Any:
    """`x` in another dtype; floats become integers by cutting off the fraction."""
    x, dtype = tensor(x), torch_dtype(dtype)
    if not isinstance(x, torch.Tensor):
        return tensor(np.asarray(x).astype(str(dtype).rpartition(".")[2]))
    if x.dtype == dtype:
        return x
    if x.is_complex() and not dtype.is_complex:
        x = x.real
    if dtype in UNSIGNED and x.is_floating_point():
        x = x.to(torch.int64)
    return x.to(dtype)


def in_int64(function: Callable[..., Any], *parts: Any) -> Any:
    """A function of tensors and Python numbers, computed in int64 where they are unsigned, and again what they were."""
    kinds = [x.dtype for x in parts if isinstance(x, torch.Tensor) and x.dtype in UNSIGNED]
    if not kinds:
        return function(*parts)
    found = function(*(x.to(torch.int64) if isinstance(x, torch.Tensor) and x.dtype in UNSIGNED else x for x in parts))
    return found.to(kinds[0]) if found.dtype is torch.int64 else found
