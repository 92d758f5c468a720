"""The native engine: pure Python and NumPy.

A tensor is a `numpy.ndarray`. Functions are traced through NumPy's dispatch protocols, differentiated graph to graph, and
run as a list of NumPy calls on buffers laid out once. See docs/how-it-works.
"""

import contextlib
from typing import Any

import numpy as np

from . import _nn
from . import primitives as primitives
from ._autodiff import value_and_grad as value_and_grad
from ._compile import compile as compile
from ._compile import spec as spec
from ._graph import Spec as Spec
from ._measure import measure as measure
from ._operands import to_array, to_dtype
from ._peaks import peaks as peaks
from ._recall import recall as recall
from ._storage import apart as apart
from ._storage import new_storage as new_storage
from ._storage import shares_storage as shares_storage
from ._storage import storage_view as storage_view
from ._storage import write as write
from ._tape import GradientTape as GradientTape
from ._tape import on_variable_read as on_variable_read
from ._tensor import Tensor as Tensor
from ._tensor import wrap
from ._threads import num_threads as num_threads
from ._threads import one_blas_thread
from ._threads import set_num_threads as set_num_threads
from ._trace import is_traced as is_traced
from ._tracer import ConcreteValueError as ConcreteValueError
from ._tracer import Tracer as Tracer
from .control import cond as cond
from .control import custom_gradient as custom_gradient
from .control import scan as scan
from .control import stop_gradient as stop_gradient
from .control import vectorized_map as vectorized_map
from .control import while_loop as while_loop
from .machine._switch import set_machine_code as set_machine_code
from .machine._switch import uses_machine_code as uses_machine_code
from .primitives import _random

NAME = "native"
MUTABLE = True  # variables are updated in place, plans bind to their arrays
TRACES_FFT = False
COSTLY_TRACES = False
xp = np
nn = _nn
random = _random


def resident(x: Any) -> Any:
    """Arrays are gathered from where they lie."""
    return x


def can_hold(arrays: list[Any]) -> bool:
    """Memory-mapped arrays too are gathered from row by row."""
    return True


def remat(fn: Any) -> Any:
    """A plan lays out its memory itself."""
    return fn


def prefetch(batches: Any) -> Any:
    """There is nowhere else to bring them."""
    return batches


def devices() -> list[str]:
    """The processor."""
    return ["cpu:0"]


def device() -> str:
    """What the arrays lie on."""
    return "cpu"


def eagerly() -> Any:
    """Known values are always computed at once here."""
    return contextlib.nullcontext()


def quiet() -> Any:
    """BLAS keeps to the thread that calls it: others that it wakes spin for a tenth of a second afterwards."""
    return one_blas_thread


def tensor(x: Any, dtype: Any = None) -> Any:
    """`x` as a tensor: tracers as they are, arrays without a copy, in `dtype` if given."""
    x = to_array(x)
    x = x if isinstance(x, Tracer) else wrap(x)
    return x if dtype is None else cast(x, dtype)


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor of this engine."""
    return isinstance(x, (np.ndarray, Tracer))


def numpy(x: Any) -> np.ndarray:
    """A plain NumPy array of the values of `x`. Raises ConcreteValueError for a traced tensor."""
    if isinstance(x, Tracer):
        return x.numpy()
    return np.asarray(to_array(x)).view(np.ndarray)


def cast(x: Any, dtype: Any) -> Any:
    """`x` in another dtype."""
    result = to_dtype(to_array(x), np.dtype(dtype))
    return result if isinstance(result, Tracer) else wrap(result)
