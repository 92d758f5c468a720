"""The gradient tape of the engine in use, told of every variable that is read."""

from typing import Any

from lamina._public import public
from lamina.engines import engine

from . import _variable


@public("GradientTape")
def GradientTape(persistent: bool = False, watch_accessed_variables: bool = True) -> Any:
    """Records what is computed inside `with GradientTape() as tape:` and differentiates it with `tape.gradient`.

    Trainable or not, variables of floating dtype are followed when they are read; other tensors after `tape.watch`.
    Tapes nest, for higher derivatives, and work inside a compiled `train_step` too.

    Args:
        persistent: whether `gradient` may be called more than once.
        watch_accessed_variables: whether variables are followed without `watch`.
    Example:
        >>> w = Variable(3.0)
        >>> with GradientTape() as tape:
        ...     loss = w * w
        >>> float(tape.gradient(loss, w))
        6.0
    """
    _variable.on_read = engine.on_variable_read
    return engine.GradientTape(persistent, watch_accessed_variables)
