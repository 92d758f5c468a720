"""Python values as JSON text and arrays, and back: numbers, text, None, lists, tuples, dicts and NumPy arrays."""

from typing import Any

import numpy as np

from lamina.engines import engine

_PLAIN = (str, int, float, bool, type(None))
_KINDS = "biufcSU"  # of arrays that are bytes and nothing else


def encode(value: Any, arrays: list[np.ndarray]) -> Any:
    """`value` as a JSON value; arrays are appended to `arrays` and referred to by their number.

    Raises TypeError for what is no data.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, dict):
        return {"dict": [[encode(k, arrays), encode(v, arrays)] for k, v in value.items()]}
    if isinstance(value, (list, tuple)):
        items = [encode(item, arrays) for item in value]
        return {"tuple": items} if isinstance(value, tuple) else items
    if isinstance(value, (np.ndarray, np.generic)) or engine.is_tensor(value):
        arrays.append(_storable(value))
        return {"scalar" if isinstance(value, np.generic) else "array": len(arrays) - 1}
    raise TypeError(
        f"expected numbers, strings, None, arrays, and lists, tuples and dicts of them; got {type(value).__name__}."
    )


def decode(value: Any, arrays: list[np.ndarray]) -> Any:
    """What `encode` made a JSON value of. Raises ValueError, KeyError or IndexError for other values."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, list):
        return [decode(item, arrays) for item in value]
    ((kind, content),) = value.items()
    if kind == "dict":
        return {decode(k, arrays): decode(v, arrays) for k, v in content}
    if kind == "tuple":
        return tuple(decode(item, arrays) for item in content)
    if kind not in ("array", "scalar"):
        raise ValueError(f"there is no kind of value {kind!r}.")
    return arrays[content][()] if kind == "scalar" else arrays[content]


def _storable(value: Any) -> np.ndarray:
    array = np.asarray(engine.numpy(value) if engine.is_tensor(value) else value)
    if array.dtype.kind == "V" and array.dtype.names is None:
        return array.astype("float32")  # bfloat16 and float8, which NumPy does not know; float32 holds all their values
    if array.dtype.kind not in _KINDS:
        raise TypeError(f"expected arrays of numbers or text; got dtype {array.dtype}.")
    return array


def describe(array: np.ndarray) -> dict[str, Any]:
    """The dtype and shape of an array as JSON values."""
    return {"dtype": array.dtype.str, "shape": list(array.shape)}


def restore(content: bytes, description: dict[str, Any]) -> np.ndarray:
    """The array of these bytes. Raises ValueError or TypeError if they are not as described."""
    name, shape = description["dtype"], description["shape"]
    dtype = np.dtype(name) if isinstance(name, str) else None
    if dtype is None or dtype.kind not in _KINDS or dtype.fields is not None:
        raise ValueError(f"there are no arrays of dtype {name!r} in a state.")
    if not isinstance(shape, list) or any(type(size) is not int or size < 0 for size in shape):
        raise ValueError(f"an array of the shape {shape!r}.")
    return np.frombuffer(content, dtype).reshape(shape).copy()
