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


@public("config.enable_flash_attention")
def enable_flash_attention() -> None:
    """Accepted; there is one way to compute attention here, which is exact."""


@public("config.disable_flash_attention")
def disable_flash_attention() -> None:
    """Accepted; there is one way to compute attention here, which is exact."""


@public("config.is_flash_attention_enabled")
def is_flash_attention_enabled() -> bool:
    """Always False.

    Example:
        >>> config.is_flash_attention_enabled()
        False
    """
    return False


@public("config.is_nnx_enabled")
def is_nnx_enabled() -> bool:
    """Always False: layers are not modules of Flax's NNX.

    Example:
        >>> config.is_nnx_enabled()
        False
    """
    return False


@public("config.enable_unsafe_deserialization")
def enable_unsafe_deserialization() -> None:
    """Accepted; no code from a file is ever run all the same."""
