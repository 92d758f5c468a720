"""Names of dtypes, and Keras's promotion: the JAX lattice with weak Python scalars."""

from functools import cache
from typing import Any

import numpy as np

from lamina import _settings

ALL_DTYPES = (
    "bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64",
    "bfloat16", "float16", "float32", "float64", "complex64", "complex128", "string",
)  # fmt: skip
ALLOWED = frozenset((*ALL_DTYPES, "float8_e4m3fn", "float8_e5m2"))


def standardize_dtype(dtype: Any) -> str:
    """The name of a dtype given as name, NumPy dtype, Python type or None (the default float type).

    Raises ValueError for anything that is no dtype.
    """
    if dtype is None:
        return _settings.floatx()
    if isinstance(dtype, str):
        name = {"half": "float16", "float": "float32", "int": "int32", "double": "float64"}.get(dtype, dtype)
    elif isinstance(dtype, type) and dtype in (bool, int, float, complex, str):
        name = {bool: "bool", int: "int32", float: _settings.floatx(), complex: "complex64", str: "string"}[dtype]
    else:
        name = getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or str(dtype).rpartition(".")[2]
        if name.startswith("str") or name in ("object", "object_") or name.startswith("bytes"):
            name = "string"
        name = {"bool_": "bool"}.get(name, name)
    if name not in ALLOWED:
        raise ValueError(f"dtype: expected one of {', '.join(sorted(ALLOWED))}; got {dtype!r}.")
    return name


@cache
def numpy_dtype(name: str) -> np.dtype:
    """The NumPy dtype of a name; bfloat16 and the 8-bit floats come from ml_dtypes, imported when first asked for."""
    if name in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):
        import ml_dtypes

        return np.dtype(getattr(ml_dtypes, name))
    if name == "string":
        return np.dtype(object)
    return np.dtype(name)


# The JAX lattice: an edge leads to the next wider kind. "int" and "float" are Python's weak scalars.
_WIDER = {
    "bool": ("int",),
    "int": ("uint8", "int8"),
    "uint8": ("int16", "uint16"),
    "uint16": ("int32", "uint32"),
    "uint32": ("int64", "uint64"),
    "uint64": ("float",),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float",),
    "float": ("float8_e4m3fn", "float8_e5m2", "bfloat16", "float16", "complex"),
    "float8_e4m3fn": (),
    "float8_e5m2": (),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex": ("complex64",),
    "complex64": ("complex128",),
    "complex128": (),
}
_PYTHON = {bool: "bool", int: "int", float: "float", complex: "complex"}


def _above(kind: str) -> frozenset[str]:
    """The kind itself and all wider ones."""
    return frozenset((kind,)).union(*(_above(wider) for wider in _WIDER[kind]))


_ABOVE = {kind: _above(kind) for kind in _WIDER}


@cache
def _join(kinds: frozenset[str], floatx: str) -> str:
    """The narrowest kind that is at least as wide as all of `kinds`."""
    if not kinds:
        return floatx
    common = frozenset.intersection(*(_ABOVE[kind] for kind in kinds))
    lowest = [kind for kind in common if common <= _ABOVE[kind]]
    if len(lowest) != 1:
        raise ValueError(
            f"dtypes {', '.join(sorted(kinds))} have no common dtype to promote to. Cast one of the operands first."
        )
    if lowest[0] == "int64" and "int64" not in kinds:  # uint32 and a signed integer: 64 bits only for who has them
        return "int32"
    return {"int": "int32", "float": floatx, "complex": "complex64"}.get(lowest[0], lowest[0])


@cache
def _kind(dtype: Any) -> str:
    if isinstance(dtype, type) and dtype in _PYTHON:
        return _PYTHON[dtype]
    if isinstance(dtype, str) and dtype in ("int", "float"):
        return dtype if dtype == "float" else "int32"
    name = standardize_dtype(dtype)
    if name not in _WIDER:
        raise ValueError(f"result_type: {dtype!r} takes no part in arithmetic promotion.")
    return name


def result_type(*dtypes: Any) -> str:
    """The dtype that an operation on these dtypes gives: the JAX lattice, in which Python scalars are weak.

    Args:
        dtypes: dtype names, NumPy dtypes, or the Python types `bool`, `int`, `float` for weak scalars; anything
            with a `dtype` stands for that.

    Returns: name of a dtype; the default float type if there is nothing to promote. It never has 64 bits unless an
    operand has: `uint32` and a signed integer give `int32`.

    Raises: ValueError if a dtype is unknown or no common one exists.

    Reference: JAX, "Type promotion semantics", https://docs.jax.dev/en/latest/type_promotion.html
    """
    return _join(frozenset(_kind(_dtype_or_type(d)) for d in dtypes), _settings.floatx())


def _dtype_or_type(value: Any) -> Any:
    if value is None:
        return _settings.floatx()
    if isinstance(value, (str, type, np.dtype)):
        return value
    dtype = getattr(value, "dtype", None)
    if dtype is not None:
        return dtype
    return type(value) if type(value) in _PYTHON else value


_names: dict[Any, str] = {}


def dtype_name(x: Any) -> str:
    """The name of a tensor's dtype."""
    dtype = x.dtype
    name = _names.get(dtype)
    if name is None:
        name = _names[dtype] = standardize_dtype(dtype)
    return name


def is_float_dtype(dtype: Any) -> bool:
    """Whether a dtype (name or NumPy dtype) is a floating one, the 8-bit kinds included."""
    return "float" in standardize_dtype(dtype)


def is_int_dtype(dtype: Any) -> bool:
    """Whether a dtype is a signed or unsigned integer."""
    return "int" in standardize_dtype(dtype)
