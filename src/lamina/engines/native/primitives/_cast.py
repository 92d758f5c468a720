"""The same values as another dtype, or as something else to autodiff."""

from typing import Any

import numpy as np

from .._cut import aligned
from .._dispatch import implements
from .._emit import Emit
from .._graph import Spec
from .._operands import to_array, to_dtype
from .._primitive import MOVES, NO_GRADIENT, Primitive


def _cast(x: np.ndarray, dtype: np.dtype, out: np.ndarray | None = None) -> np.ndarray:
    if out is None:
        return x.astype(dtype)
    np.copyto(out, x, casting="unsafe")
    return out


def _rounds_once(kind: Any, inputs: Any, outputs: Any, dtype: np.dtype) -> bool:
    """Machine code makes a float16 of a float32: a float64 would be rounded twice."""
    return not (inputs[0].dtype == np.float64 and dtype == np.float16)


cast = Primitive(
    "cast",
    forward=_cast,
    shape=lambda x, dtype: Spec(x.shape, dtype),
    vjp=(lambda g, y, x, dtype: to_dtype(g, x.dtype),),
    cut=aligned,
    elementwise=True,
    cheap=True,
    cost=MOVES,
    emit=Emit(scalar=lambda f, x, dtype: f.cast(x, dtype), can=_rounds_once),
    source=lambda node, ins, outs: f"np.copyto({outs[0]}, {ins[0]}, 'unsafe')",
)


@implements(np.astype)
def _np_astype(x: Any, dtype: Any, copy: bool = True) -> Any:
    x = to_array(x)
    dtype = np.dtype(dtype)
    return x if x.dtype == dtype else cast(x, dtype=dtype)


identity = Primitive(
    "identity",
    forward=lambda x, out=None: x,
    shape=lambda x: Spec(x.shape, x.dtype),
    vjp=(lambda g, y, x: g,),
    cut=aligned,
    transparent=True,
    cost=MOVES,
    view=lambda x: x,
)
stop_gradient = Primitive(
    "stop_gradient",
    forward=lambda x, out=None: x,
    shape=lambda x: Spec(x.shape, x.dtype),
    vjp=NO_GRADIENT,
    cut=aligned,
    transparent=True,
    cost=MOVES,
    view=lambda x: x,
)
