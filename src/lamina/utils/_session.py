"""A fresh start for automatic names and notes."""

import gc

from lamina._deprecation import forget_warnings
from lamina._public import public
from lamina.ops._symbolic import reset_names


@public("utils.clear_session", "backend.clear_session")
def clear_session(free_memory: bool = True) -> None:
    """Starts automatic naming anew and drops what is no longer used.

    Args:
        free_memory: whether garbage is collected now.
    """
    reset_names()
    forget_warnings()
    if free_memory:
        gc.collect()
