"""The version as a function, as Keras has it."""

from lamina import __version__
from lamina._public import public


@public("version")
def version() -> str:
    """The version of lamina.

    Example:
        >>> isinstance(lamina.version(), str)
        True
    """
    return __version__
