"""How an operation becomes machine code: a rule beside its forward, shape and gradient.

A rule is given the code that is being written (`machine/_arrays`: arithmetic, functions and loops are its methods) and
writes what computes the result. Where there is no rule, or it does not hold for some operands, a plan calls NumPy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from lamina._blas import processor_flags

# LLVM's types of the numbers that machine code computes with; a program is NumPy's where it has others. Floats of 16 bits are in
# memory alone: they are computed with as float32.
TYPES = {
    "float16": "half", "bfloat16": "i16",
    "float32": "float", "float64": "double", "bool": "i1",
    "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64",
    "uint8": "i8", "uint16": "i16", "uint32": "i32", "uint64": "i64",
}  # fmt: skip


@dataclass(frozen=True)
class Emit:
    """One of two rules.

    scalar(f, *numbers, **params): of an elementwise operation, the number that comes out.
    loops(f, inputs, outputs, **params): of any other; `inputs` and `outputs` are arrays with pointer, shape, strides, dtype.
        With `takes_work` the workspace of the bound form, `work`, is one more argument.
    pieces(kind, inputs, outputs, **params): of `loops`, how many pieces threads may share; of more than one, `share`, those to
        be written, from one number to another, is an argument in a program that several threads run.
    can(kind, inputs, outputs, **params): whether the rule holds for these; of `loops` for arrays that lie so, where `kind`
        knows what products BLAS can do.
    """

    scalar: Callable[..., Any] | None = None
    loops: Callable[..., None] | None = None
    takes_work: bool = False
    pieces: Callable[..., int] = lambda *_, **__: 1
    can: Callable[..., bool] = lambda *_, **__: True


def can_hold(dtype: np.dtype) -> bool:
    """Whether machine code computes with numbers of this dtype."""
    return dtype.name in TYPES and (dtype.name != "float16" or _converts_float16())


@cache
def _converts_float16() -> bool:
    """Whether the processor has instructions for it, as all have since 2013; without, LLVM would call what nobody has linked."""
    flags = processor_flags()
    return not flags or "f16c" in flags or "sse2" not in flags  # the last: no x86


def is_scalar(node: Any) -> bool:
    """Whether the call can be one of several in a loop over elements."""
    emit = node.primitive.emit
    if emit is None or emit.scalar is None:
        return False
    held = all(can_hold(v.dtype) and 0 not in v.shape for v in (*node.inputs, *node.outputs))
    return held and emit.can(None, node.inputs, node.outputs, **node.params)
