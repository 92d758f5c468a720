"""How elementwise primitives are made from NumPy's ufuncs and functions like them.

Operands of one call have one dtype (casts are primitives of their own); shapes broadcast. The gradient rules give the
gradient at the broadcast shape, autodiff sums it back to the operand's.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .._cut import aligned
from .._dispatch import UFUNCS
from .._dtypes import FLOAT32, is_float
from .._emit import Emit
from .._graph import Spec
from .._operands import as_operands, to_array, to_dtype
from .._primitive import Primitive

BOOL = np.dtype(bool)

# How the dtype of the result follows from the operands'.
SAME, FLOAT, COMPARE, LOGICAL = "same", "float", "compare", "logical"


def converted(kind: str, *args: Any) -> list[Any]:
    """The operands of a call in one dtype."""
    if kind == LOGICAL:
        return [to_dtype(a, BOOL) for a in args]
    operands = as_operands(*args) if len(args) > 1 else [to_array(args[0])]
    if kind == FLOAT and not is_float(operands[0].dtype):
        operands = [to_dtype(a, FLOAT32) for a in operands]
    return operands


def broadcast_shapes(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    first = shapes[0]
    if all(s == first for s in shapes):
        return first
    return np.broadcast_shapes(*shapes)


def _same(*args: Any) -> Spec:
    return Spec(broadcast_shapes(*(a.shape for a in args)), args[0].dtype)


def _truth(*args: Any) -> Spec:
    return Spec(broadcast_shapes(*(a.shape for a in args)), BOOL)


def _rule(scalar: str | Callable[..., Any]) -> Callable[..., Any]:
    return scalar if callable(scalar) else lambda f, *numbers: getattr(f, scalar)(*numbers)


def _of_floats(_: Any, inputs: Any, outputs: Any) -> bool:
    return is_float(outputs[0].dtype)


def elementwise(
    name: str, function: Any, kind: str = SAME, *vjps: Callable[..., Any] | None, register: bool = True,
    scalar: str | Callable[..., Any] | None = None, of_floats: bool = False, **more: Any,
) -> Primitive:  # fmt: skip
    """The primitive of `function(*arrays, out=)`, with one gradient rule an operand; with none at all it passes no
    gradient (comparisons, rounding). A ufunc called on tensors becomes it, unless `register` is False.

    scalar: its form in machine code, see `_emit`, or the name of the function there; `of_floats`: of floating numbers alone.
    """
    primitive = Primitive(
        name,
        forward=function,
        shape=_truth if kind in (COMPARE, LOGICAL) else _same,
        vjp=vjps,
        cut=aligned,
        elementwise=True,
        inplace=(0, 1, 2),
        convert=partial(converted, kind),
        emit=None if scalar is None else Emit(scalar=_rule(scalar), can=_of_floats if of_floats else Emit.can),
        **more,
    )
    if register and isinstance(function, np.ufunc):
        UFUNCS[function] = primitive.apply
    return primitive
