"""A fresh start for automatic names and notes."""

import gc

from lamina._deprecation import forget_warnings
from lamina._public import public
from lamina.layers._base._call import context
from lamina.ops._symbolic import reset_names


@public("utils.clear_session", "backend.clear_session")
def clear_session(free_memory: bool = True) -> None:
    """Starts automatic naming anew, forgets the learning phase, and drops what is no longer used.

    Args:
        free_memory: whether garbage is collected now.
    Example:
        >>> utils.clear_session()
        >>> layers.Dense(1).name
        'dense'
    """
    reset_names()
    context.training = None
    forget_warnings()
    if free_memory:
        gc.collect()
