"""The jax engine: programs run by XLA, on CPU, GPU or TPU.

A tensor is a `jax.Array`. What is written over `engine.xp` becomes `jax.numpy`; functions are traced, differentiated and
compiled by JAX. This package holds only what the contract asks for beyond that. Importing it switches 64-bit types on (unless
the environment variable JAX_ENABLE_X64 says otherwise), so that float64 and int64 mean what they mean on every engine.
"""

import contextlib
import os
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax._src.array import ArrayImpl  # the class of arrays, known without making one, which would start the devices

from lamina._checks import NO_ASSIGNMENT

from . import _nn, _numpy, _random
from . import distribution as distribution
from ._compile import compile as compile
from ._compile import remat as remat
from ._compile import spec as spec
from ._compile import value_and_grad as value_and_grad
from ._control import cond as cond
from ._control import custom_gradient as custom_gradient
from ._control import scan as scan
from ._control import stop_gradient as stop_gradient
from ._control import vectorized_map as vectorized_map
from ._control import while_loop as while_loop
from ._data import can_hold as can_hold
from ._data import prefetch as prefetch
from ._data import resident as resident
from ._determinism import enable_determinism as enable_determinism
from ._spec import Spec as Spec
from ._tape import Followed, is_known, settle, untraced
from ._tape import GradientTape as GradientTape
from ._tape import on_variable_read as on_variable_read

if "JAX_ENABLE_X64" not in os.environ:
    jax.config.update("jax_enable_x64", True)

NAME = "jax"
MUTABLE = False  # arrays never change: a step takes the state and gives a new one
ConcreteValueError = jax.errors.JAXTypeError  # what a traced tensor raises when its value is asked for
TRACES_FFT = True
COSTLY_TRACES = True
xp: Any = _numpy.xp
nn = _nn
random = _random


def tensor(x: Any, dtype: Any = None) -> Any:
    """`x` as a tensor, a copy if it is a NumPy array; strings stay NumPy arrays."""
    x = settle(x)
    if not isinstance(x, jax.Array):
        x = np.asarray(x)
        if x.dtype.kind in "mM":
            raise TypeError(f"The jax engine has no tensors of dtype {x.dtype.name!r}.")
        if x.dtype.kind not in "USO":
            with untraced():
                x = jnp.array(x)
    return x if dtype is None else cast(x, dtype)


def eagerly() -> Any:
    """Inside it what is computed from known values is known at once, even while a function is traced."""
    return jax.ensure_compile_time_eval()


def quiet() -> Any:
    """XLA's threads wait without spinning."""
    return contextlib.nullcontext()


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor of this engine (or an array that `tensor` makes one of)."""
    if isinstance(x, Followed):
        return x._trace.active  # after that it only stands for one
    return isinstance(x, (jax.Array, np.ndarray))


def is_traced(x: Any) -> bool:
    """Whether `x` stands for a value that is not known yet."""
    return isinstance(x, jax.core.Tracer) and not is_known(x)


def numpy(x: Any) -> np.ndarray:
    """The values of `x`. Raises ConcreteValueError for a traced tensor."""
    return np.asarray(distribution.whole(settle(x)))


def cast(x: Any, dtype: Any) -> Any:
    """`x` in another dtype."""
    dtype = np.dtype(dtype)
    x = settle(x)
    if isinstance(x, np.ndarray) and (x.dtype.kind in "USO" or dtype.kind in "USO"):
        return x.astype(dtype)
    return jax.lax.convert_element_type(x, dtype)


def _numpy_of(x: jax.Array) -> np.ndarray:
    """A NumPy array of the values, a copy."""
    return np.array(x)


def _refuse_assignment(x: Any, index: Any, value: Any) -> None:
    raise TypeError(f"{NO_ASSIGNMENT} JAX's own form is x.at[index].set(value).")


for _class in (ArrayImpl, jax.core.Tracer):
    _class.__setitem__ = _refuse_assignment  # type: ignore[method-assign]

ArrayImpl.numpy = _numpy_of  # programs written for TensorFlow's Keras ask results for .numpy()


def devices() -> list[str]:
    """The devices that JAX sees, such as "cpu:0" or "gpu:0"."""
    return [f"{d.platform}:{d.id}" for d in jax.devices()]


def device() -> str:
    """What the arrays lie on."""
    found = jax.devices()[0]
    return f"{found.platform}:{found.id} ({found.device_kind})"
