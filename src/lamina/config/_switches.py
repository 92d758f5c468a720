"""Switches that Keras programs set: accepted, kept, and answered truthfully."""

from lamina._public import public
from lamina.engines import current

_on = {"interactive_logging": True}


@public("config.backend", "backend.backend")
def backend() -> str:
    """The name of the engine in use: "native", "jax" or "torch".

    Example:
        >>> config.backend()
        'native'
    """
    return current().NAME


@public("config.enable_interactive_logging", "utils.enable_interactive_logging")
def enable_interactive_logging() -> None:
    """Progress is printed to the terminal (the default)."""
    _on["interactive_logging"] = True


@public("config.disable_interactive_logging", "utils.disable_interactive_logging")
def disable_interactive_logging() -> None:
    """`verbose="auto"` prints one line an epoch instead of a progress bar."""
    _on["interactive_logging"] = False


@public("config.is_interactive_logging_enabled", "utils.is_interactive_logging_enabled")
def is_interactive_logging_enabled() -> bool:
    """Whether `verbose="auto"` shows a progress bar.

    Example:
        >>> isinstance(utils.is_interactive_logging_enabled(), bool)
        True
    """
    return _on["interactive_logging"]


@public("config.enable_traceback_filtering")
def enable_traceback_filtering() -> None:
    """Accepted; lamina never hides frames of a traceback."""


@public("config.disable_traceback_filtering")
def disable_traceback_filtering() -> None:
    """Accepted; lamina never hides frames of a traceback."""


@public("config.is_traceback_filtering_enabled")
def is_traceback_filtering_enabled() -> bool:
    """Always False.

    Example:
        >>> isinstance(config.is_traceback_filtering_enabled(), bool)
        True
    """
    return False
