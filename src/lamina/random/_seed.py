"""From what a user gives as seed to the (seed, counter) pair that a draw is a function of."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina.engines import engine
from lamina.ops import convert_to_tensor

_default: Callable[[], Any] | None = None


def set_default_generator(get: Callable[[], Any] | None) -> None:
    """Sets the function that gives the generator (an object with `next()`) of draws without a seed."""
    global _default
    _default = get


def draw_seed(seed: Any) -> Any:
    """The pair `(seed, counter)` of one draw.

    Args:
        seed: int, the same pair each time; an object with `next()`, such as a SeedGenerator, a new pair each time;
            a tensor `(2,)`, itself; None for the global generator.

    Returns: `(2,)`, uint32.

    Raises: ValueError for anything else.
    """
    if seed is None:
        if _default is None:
            return engine.tensor(np.random.SeedSequence().generate_state(2))
        seed = _default()
    if hasattr(seed, "next"):
        return seed.next()
    if isinstance(seed, (bool, np.bool_)):
        raise ValueError(f"seed must be an int, a SeedGenerator or None; got {seed!r}.")
    if isinstance(seed, (int, np.integer)):
        return engine.tensor(np.array([int(seed) & 0xFFFFFFFF, 0], np.uint32))
    if hasattr(seed, "shape") and tuple(seed.shape) == (2,):
        return convert_to_tensor(seed, "uint32")
    raise ValueError(f"seed must be an int, a SeedGenerator or None; got {seed!r}.")
