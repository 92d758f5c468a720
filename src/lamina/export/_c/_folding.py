"""What depends on weights alone, computed when the file is written; quantised weights stay as they are."""

from typing import Any

import numpy as np

from .._live import without_training
from .._program import CONSTANT, WEIGHT, Call, Program, Value

SMALL = 256  # bytes up to which a constant may grow
PRODUCTS = {"matmul", "einsum", "conv"}  # C itself turns the integers in them into floats


def fold_constants(program: Program) -> Program:
    """The program with every call of known values replaced by what it gives, unless that takes more room."""
    program.calls = [call for call in program.calls if not _fold(call)]
    _read_integers(program)
    return without_training(program)


def _known(v: Value) -> bool:
    return v.kind in (WEIGHT, CONSTANT) and v.array is not None


def _fold(call: Call) -> bool:
    """Computes a call of known values; whether it did."""
    if (
        not call.inputs
        or not all(map(_known, call.inputs))
        or any(isinstance(p, Program) for p in call.params.values())
    ):
        return False
    arrays: list[Any] = [v.array for v in call.inputs]
    with np.errstate(all="ignore"):
        result = call.primitive.forward(*arrays, **call.params)
    results = [np.asarray(r) for r in (result if isinstance(result, tuple) else (result,))]
    if sum(r.nbytes for r in results) > max(SMALL, sum(a.nbytes for a in arrays)):
        return False
    for out, array in zip(call.outputs, results):
        out.kind, out.array, out.name = CONSTANT, array, _name_of(call)
    return True


def _name_of(call: Call) -> str:
    """That of the only weight it is made of."""
    names = [v.name for v in call.inputs if v.name]
    return names[0] if len(names) == 1 else ""


def _read_integers(program: Program) -> None:
    """Products read weights of few bits as they lie there, not a copy in floats."""
    casts = {
        id(call.outputs[0]): call.inputs[0]
        for call in program.calls
        if call.name == "cast" and _known(call.inputs[0]) and call.inputs[0].dtype.name in ("int8", "int16")
    }
    for call in program.calls:
        if call.name in PRODUCTS and call.outputs[0].dtype.kind == "f":
            stay = sum(id(v) not in casts for v in call.inputs) > 0
            call.inputs = [casts.get(id(v), v) for v in call.inputs] if stay else call.inputs
