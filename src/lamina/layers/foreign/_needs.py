"""The check that a layer of another library runs on the engine made of it."""

from typing import Any

from lamina.engines import engine


def needs_engine(layer: Any, name: str) -> None:
    """Raises ValueError if another engine is at work."""
    if name != engine.NAME:
        raise ValueError(
            f"{layer._owner}: works on the {name} engine alone, and the {engine.NAME} engine is at work; "
            f"set LAMINA_ENGINE={name} before lamina is imported."
        )
