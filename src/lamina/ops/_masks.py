"""Masks travel on tensors as the attribute `_keras_mask`, or in a table beside tensors that take no attributes."""

import functools
import weakref
from typing import Any

_beside: dict[int, tuple[Any, Any]] = {}  # id -> (weak reference to the tensor, mask)


def get_mask(x: Any) -> Any:
    """The mask that travels on `x`, or None."""
    mask = getattr(x, "_keras_mask", None)
    if mask is None and _beside:
        known = _beside.get(id(x))
        return known[1] if known is not None and known[0]() is x else None
    return mask


def _forget(table: dict[int, tuple[Any, Any]], key: int, _: Any) -> None:
    table.pop(key, None)


def set_mask(x: Any, mask: Any) -> None:
    """Makes `mask` travel on `x`; a plain NumPy array goes without."""
    try:
        x._keras_mask = mask
    except AttributeError:
        try:
            _beside[id(x)] = (weakref.ref(x, functools.partial(_forget, _beside, id(x))), mask)
        except TypeError:
            return
