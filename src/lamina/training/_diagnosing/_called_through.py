"""Layers that are called through a function of ours for a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def called_through(layers: list[Any], wrap: Callable[[Any, Any], Any]) -> Iterator[None]:
    """While it lasts, the layers are called through `wrap(layer, call)`."""
    own = [layer.__dict__.get("call") for layer in layers]  # what a user has put there
    for layer in layers:
        layer.__dict__["call"] = wrap(layer, layer.call)
    try:
        yield
    finally:
        for layer, call in zip(layers, own):
            if call is None:
                del layer.__dict__["call"]
            else:
                layer.__dict__["call"] = call
