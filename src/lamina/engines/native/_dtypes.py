"""Promotion for raw operators on tensors: NumPy's, except that an integer never widens a float."""

from functools import cache
from typing import Any

import numpy as np

FLOAT32 = np.dtype("float32")
INT32 = np.dtype("int32")
# What NumPy makes of Python numbers -> what they count as.
_OF_PYTHON: dict[str, np.dtype[Any]] = {"float64": FLOAT32, "int64": np.dtype("int32")}


def is_float(dtype: np.dtype) -> bool:
    return dtype.kind in "fc" or dtype.name in ("bfloat16", "float8_e4m3fn", "float8_e5m2")


def is_integer(dtype: np.dtype) -> bool:
    return dtype.kind in "iu"


def promote(*args: Any) -> np.dtype:
    """The common dtype of arrays, tracers and Python scalars (weak: they follow the arrays' dtype)."""
    strong, weak = [], 0
    for a in args:
        dtype = getattr(a, "dtype", None)
        if isinstance(dtype, np.dtype):
            strong.append(dtype)
        elif dtype is not None:
            strong.append(np.dtype(str(dtype)))
        elif isinstance(a, bool):
            weak = max(weak, 1)
        elif isinstance(a, int):
            weak = max(weak, 2)
        elif isinstance(a, float):
            weak = max(weak, 3)
        else:
            found: np.dtype[Any] = np.asarray(a).dtype
            narrowed: np.dtype[Any] = _OF_PYTHON.get(found.name, found)
            strong.append(narrowed)
    if not strong:
        return (np.dtype(bool), np.dtype("int32"), FLOAT32)[max(weak, 1) - 1]
    dtype = promote_dtypes(tuple(strong))
    if weak == 3 and not is_float(dtype):
        return FLOAT32
    if weak == 2 and dtype.kind == "b":
        return np.dtype("int32")
    return dtype


@cache
def promote_dtypes(dtypes: tuple[np.dtype, ...]) -> np.dtype:
    floats = [d for d in dtypes if is_float(d)]
    chosen = floats or list(dtypes)
    result = chosen[0]
    for d in chosen[1:]:
        if {result.name, d.name} == {"bfloat16", "float16"}:
            result = FLOAT32
        else:
            result = np.result_type(result, d)
    if not floats and is_float(result):  # uint64 with int64: NumPy says float64
        return FLOAT32
    return result
