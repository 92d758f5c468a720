"""Elements of data sets: arrays in tuples and dicts, and the array class that holds one of them."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lamina import _settings
from lamina._checks import NO_ASSIGNMENT
from lamina.engines import engine

_PLAIN = (bool, int, float, str)


class Element(np.ndarray):
    """A value of a data set: a NumPy array that is never written (`x /= 255` makes a new one), with `.numpy()`.

    Entries of it are arrays too, of no axes, so that `labels[0].numpy()` works as on a tensor.
    """

    def numpy(self) -> Any:
        """A plain NumPy copy; a scalar of no axes. Text becomes bytes, as in TensorFlow."""
        plain = np.array(self, copy=True, subok=False)
        if plain.dtype.kind == "U":
            plain = np.array([text.encode() for text in plain.ravel().tolist()], dtype=object).reshape(plain.shape)
        return plain[()]

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return found if isinstance(found, np.ndarray) else as_leaf(found)

    def __iter__(self) -> Iterator[Any]:
        if not self.ndim:
            raise TypeError("A value of no axes cannot be iterated over.")
        return (self[i] for i in range(len(self)))

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(f"{NO_ASSIGNMENT} Or work on a copy: numpy.array(x).")

    def __str__(self) -> str:
        return str(self.view(np.ndarray))

    def __repr__(self) -> str:
        return repr(self.view(np.ndarray)).replace("array(", "Element(", 1)

    __iadd__ = np.ndarray.__add__  # type: ignore[assignment]
    __isub__ = np.ndarray.__sub__  # type: ignore[assignment]
    __imul__ = np.ndarray.__mul__  # type: ignore[assignment]
    __itruediv__ = np.ndarray.__truediv__  # type: ignore[assignment]
    __ifloordiv__ = np.ndarray.__floordiv__  # type: ignore[assignment]
    __imod__ = np.ndarray.__mod__  # type: ignore[assignment]
    __ipow__ = np.ndarray.__pow__  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


def map_leaves(function: Callable[..., Any], element: Any, *others: Any) -> Any:
    """`function` of every leaf: tuples and dicts hold others, all else, lists too, is a leaf."""
    if isinstance(element, dict):
        return type(element)((k, map_leaves(function, v, *(o[k] for o in others))) for k, v in element.items())
    if isinstance(element, tuple):
        parts = [map_leaves(function, *items) for items in zip(element, *others)]
        return type(element)(*parts) if hasattr(element, "_fields") else tuple(parts)
    return function(element, *others)


def leaves_of(element: Any) -> list[Any]:
    """The leaves in order."""
    found: list[Any] = []
    map_leaves(found.append, element)
    return found


def as_element(value: Any) -> Any:
    """What a function or a generator gave, with arrays for leaves."""
    if isinstance(value, Element):
        return value
    return map_leaves(as_leaf, value)


def as_leaf(value: Any) -> Any:
    """One leaf as Element; None and data sets stay as they are."""
    if value is None or isinstance(value, Element) or hasattr(value, "element_spec"):
        return value
    return as_host_array(value).view(Element)


def as_host_array(value: Any) -> np.ndarray:
    """`value` as a NumPy array: text as str, bytes as objects (they may end in zeros, which NumPy would drop)."""
    if isinstance(value, bytes):
        return np.array(value, dtype=object)
    if isinstance(value, (list, tuple)):
        return _of_list(value)
    array = _as_numpy(value)
    if array.dtype.kind == "S":
        return array.astype(object)
    if array.dtype == object and array.size and all(isinstance(v, str) for v in array.ravel().tolist()):
        return array.astype(str)
    return array


def as_rows(value: Any) -> np.ndarray:
    """An array that elements are cut from: text stays a column of objects, since its rows may differ much in length."""
    if isinstance(value, (list, tuple)) and len(value) and all(isinstance(v, (str, bytes)) for v in value):
        rows = np.empty(len(value), dtype=object)
        rows[:] = value
        return rows
    if not isinstance(value, (list, tuple)) and _as_numpy(value).dtype == object:
        return _as_numpy(value)
    return as_host_array(value)


def _as_numpy(value: Any) -> np.ndarray:
    if isinstance(value, np.ndarray):
        return value.view(np.ndarray)
    if engine.is_tensor(value):
        return engine.numpy(value)
    if type(value).__module__.partition(".")[0] == "torch":
        return of_torch(value)
    return _of_python(value) if type(value) in _PLAIN else np.asarray(value)


def of_torch(x: Any) -> np.ndarray:
    """The values of a tensor of PyTorch where it is not the engine; float32 for those small floats that NumPy does not have."""
    x = x.detach().cpu()
    return (x.float() if x.dtype.is_floating_point and x.element_size() <= 2 else x).numpy()


def _of_python(value: Any) -> np.ndarray:
    """Python's numbers and text, or nested lists of them: floats of the default type, integers of 32 bits if they fit."""
    array = np.asarray(value)
    if array.dtype == np.float64:
        return array.astype(_settings.floatx())
    if array.dtype == np.int64 and (not array.size or -(2**31) <= array.min() <= array.max() < 2**31):
        return array.astype("int32")
    return array


def _is_plain(values: Any) -> bool:
    """Whether the first entry of nested lists is one of Python's own, and so, it may be taken, are all."""
    while isinstance(values, (list, tuple)) and len(values):
        values = values[0]
    return type(values) in _PLAIN


def _of_list(values: Any) -> np.ndarray:
    if _is_plain(values):
        try:
            return _of_python(values)
        except ValueError:  # of different lengths: below it is said where
            pass
    parts = [as_host_array(v) if hasattr(v, "shape") or isinstance(v, (bytes, list, tuple)) else v for v in values]
    if any(isinstance(p, np.ndarray) for p in parts):
        return stack(parts, "a list among the elements")
    array = _of_python(parts)
    if array.dtype == object:
        raise TypeError(f"A list in a data set must hold numbers or text of one shape; got {values!r}.")
    return array


def stack(parts: list[Any], where: str) -> np.ndarray:
    """Arrays of one shape along a new first axis. Raises ValueError if the shapes differ, saying which."""
    arrays = [np.asarray(p) for p in parts]
    first = arrays[0].shape
    for i, array in enumerate(arrays):
        if array.shape != first:
            raise ValueError(
                f"{where}: entries must be of one shape; entry 0 has {first}, entry {i} has {array.shape}. "
                "padded_batch fills them up; or bring them to one shape with map."
            )
    return np.stack(arrays)
