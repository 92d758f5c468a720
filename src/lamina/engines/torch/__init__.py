"""The torch engine: PyTorch's tensors, kernels and autograd.

A tensor is a `torch.Tensor`. Compiled functions are traced once into a program of ATen operators, gradients included, and
run without Python's share of the work. See docs/engines.md.
"""

import torch

from . import _nn, _numpy, _random
from . import _values as _values
from . import distribution as distribution
from ._compile import compile as compile
from ._data import can_hold as can_hold
from ._data import prefetch as prefetch
from ._data import resident as resident
from ._determinism import enable_determinism as enable_determinism
from ._module import Module
from ._storage import apart as apart
from ._storage import new_storage as new_storage
from ._storage import shares_storage as shares_storage
from ._storage import storage_view as storage_view
from ._storage import write as write
from ._tape import GradientTape as GradientTape
from ._tape import on_variable_read as on_variable_read
from ._tensors import DEVICE
from ._tensors import ConcreteValueError as ConcreteValueError
from ._tensors import cast as cast
from ._tensors import eagerly as eagerly
from ._tensors import is_tensor as is_tensor
from ._tensors import is_traced as is_traced
from ._tensors import numpy as numpy
from ._tensors import quiet as quiet
from ._tensors import tensor as tensor
from ._transforms import Spec as Spec
from ._transforms import cond as cond
from ._transforms import custom_gradient as custom_gradient
from ._transforms import remat as remat
from ._transforms import scan as scan
from ._transforms import spec as spec
from ._transforms import stop_gradient as stop_gradient
from ._transforms import value_and_grad as value_and_grad
from ._transforms import vectorized_map as vectorized_map
from ._transforms import while_loop as while_loop

NAME = "torch"
MUTABLE = True  # variables keep one tensor for life, which compiled steps update in place
TRACES_FFT = True
COSTLY_TRACES = False
# On a GPU there are kernels that add up products of 16-bit floats in float32.
HALF_PRODUCTS = ("float16", "bfloat16") if DEVICE.type == "cuda" else ()
LAYER_BASE = Module  # layers are torch modules too
xp = _numpy
nn = _nn
random = _random


def devices() -> list[str]:
    """The devices torch can compute on."""
    return [f"gpu:{i}" for i in range(torch.cuda.device_count())] or ["cpu:0"]


def device() -> str:
    """What tensors lie on, in words."""
    return torch.cuda.get_device_name(DEVICE) if DEVICE.type == "cuda" else str(DEVICE)


def num_threads() -> int:
    """How many threads torch computes with."""
    return torch.get_num_threads()


def set_num_threads(n: int) -> None:
    """Sets how many threads torch computes with."""
    torch.set_num_threads(n)
