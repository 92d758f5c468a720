"""What is raised when a model cannot go into a format."""

from lamina._public import public


@public("export.ExportError")
class ExportError(ValueError):
    """A model, or a layer of it, cannot be written in the format asked for; the message names the layer and what can be done.

    Example:
        >>> isinstance(lamina.export.ExportError("dense: ..."), ValueError)
        True
    """


def at(place: str) -> str:
    """The layer at the head of a message."""
    return f'Layer "{place}"' if place else "The model"
