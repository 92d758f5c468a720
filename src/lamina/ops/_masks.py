"""Masks travel on tensors as the attribute `_keras_mask`."""

from typing import Any


def get_mask(x: Any) -> Any:
    """The mask that travels on `x`, or None."""
    return getattr(x, "_keras_mask", None)


def set_mask(x: Any, mask: Any) -> None:
    """Makes `mask` travel on `x`; a tensor that takes no attributes goes without."""
    try:
        x._keras_mask = mask
    except AttributeError:
        return
