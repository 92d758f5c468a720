"""Dtypes and numbers as C."""

from typing import Any

import numpy as np

TYPES = {
    "float32": "float", "float64": "double", "bool": "uint8_t", "int8": "int8_t", "int16": "int16_t", "int32": "int32_t",
    "int64": "int64_t", "uint8": "uint8_t", "uint16": "uint16_t", "uint32": "uint32_t", "uint64": "uint64_t",
}  # fmt: skip


def number(value: Any, dtype: np.dtype) -> str:
    """A number as a literal."""
    if dtype.kind != "f":
        wide = {"int64": "LL", "uint64": "ULL"}.get(dtype.name, "")
        return str(int(value)) + wide
    if np.isnan(value):
        return "NAN"
    if np.isinf(value):
        return "INFINITY" if value > 0 else "-INFINITY"
    text = repr(float(str(dtype.type(value))))
    return text + ("f" if dtype.name == "float32" else "")


def function(name: str, dtype: np.dtype) -> str:
    """A function of math.h for a dtype."""
    return name + ("f" if dtype.name == "float32" else "")
