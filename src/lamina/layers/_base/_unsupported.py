"""Arguments of Keras that have no effect here yet: understood when None, refused when used."""

from typing import Any


def refuse(layer: Any, **arguments: Any) -> None:
    """Raises ValueError for every argument that is set."""
    for name, value in arguments.items():
        if value not in (None, False):
            raise ValueError(f'{type(layer).__name__} "{layer.name}": {name}={value!r} is not supported; leave it out.')
