"""Random state: a variable [seed, counter] that advances with every draw; and the host's generator of first weights."""

import random as _python_random
from typing import Any

import numpy as np

from lamina import ops, random
from lamina._public import public
from lamina.engines import engine
from lamina.ops._symbolic import auto_name, only_shapes_are_asked

from ._scope import get_scope
from ._variable import Variable

_LIMIT = 2**32


def make_default_seed() -> int:
    """A fresh seed, drawn from Python's `random`: `random.seed` fixes it, NumPy's stream of the program is left alone."""
    return _python_random.randint(1, 2**31 - 1)


def host_generator(seed: Any = None) -> np.random.Generator:
    """A NumPy generator on the host, the same numbers on every engine.

    Args:
        seed: int, SeedGenerator (its next state) or None (a fresh seed).
    """
    if seed is None:
        seed = make_default_seed()
    if hasattr(seed, "next"):
        state = [int(n) for n in ops.convert_to_numpy(seed.next())]
        return np.random.Generator(np.random.Philox(key=np.array(state, dtype="uint64")))
    return np.random.Generator(np.random.Philox(key=np.array([int(seed) % _LIMIT, 0], dtype="uint64")))


@public("random.SeedGenerator")
class SeedGenerator:
    """Gives every draw another seed, reproducibly.

    Its state is a variable of shape (2,), uint32: the seed and the number of draws so far.

    Args:
        seed: int from 0 up; by default a fresh one (fixed by `utils.set_random_seed`).
        name: name of the object.
    Raises ValueError if `seed` is neither an int nor None.
    Example:
        >>> seed = random.SeedGenerator(7)
        >>> first, second = random.uniform((3,), seed=seed), random.uniform((3,), seed=seed)
        >>> bool(ops.any(first != second))
        True
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any):
        if kwargs:
            raise ValueError(f"SeedGenerator: unknown arguments {sorted(kwargs)}.")
        if seed is None:
            seed = make_default_seed()
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
            raise ValueError(f"SeedGenerator: seed must be an integer, zero or above, or None; got {seed!r}.")
        self.name: str = auto_name(type(self).__name__) if name is None else name
        self._initial_seed = int(seed)
        self.state: Any = Variable(
            np.array([self._initial_seed % _LIMIT, 0], dtype="uint32"),
            dtype="uint32",
            trainable=False,
            aggregation="only_first_replica",
            name=f"{self.name}_state",
        )

    def next(self, ordered: bool = True) -> Any:
        """The seed of the next draw, `(2,)` uint32; the counter goes up by one. `ordered` changes nothing: it always is.

        Raises ValueError in a function that is traced outside of a StatelessScope, which would keep what has no value.
        """
        # A copy where arrays are mutable: the counter moves on in place.
        current = ops.add(self.state.value, np.zeros(2, dtype="uint32"))
        if get_scope() is None and engine.is_traced(current):
            if only_shapes_are_asked():
                return current
            raise ValueError(
                f"{self.name}: the counter of draws cannot go up while a function is traced for compilation. Give the draw a "
                "seed of its own, or draw inside a StatelessScope that maps the generator's state."
            )
        self.state.assign(ops.add(current, np.array([0, 1], dtype="uint32")))
        return current

    def get_config(self) -> dict[str, Any]:
        return {"seed": self._initial_seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "SeedGenerator":
        return cls(**config)


_default: SeedGenerator | None = None


def global_seed_generator() -> SeedGenerator:
    """The SeedGenerator that serves draws without a seed of their own; made at its first use."""
    global _default
    if _default is None:
        _default = SeedGenerator(name="global_seed_generator")
    return _default


random.set_default_generator(global_seed_generator)


@public("utils.set_random_seed")
def set_random_seed(seed: int) -> None:
    """Seeds Python's, NumPy's and lamina's random numbers, so that a program repeats itself.

    Args:
        seed: int, `0 <= seed < 2**32`.
    Example:
        >>> utils.set_random_seed(7)
        >>> first = random.uniform((2,))
        >>> utils.set_random_seed(7)
        >>> bool(ops.all(random.uniform((2,)) == first))
        True
    """
    global _default
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < _LIMIT:
        raise ValueError(f"set_random_seed: seed must be an integer from 0 to 2**32 - 1; got {seed!r}.")
    seed = int(seed)
    _python_random.seed(seed)
    np.random.seed(seed)
    _default = SeedGenerator(seed, name="global_seed_generator")
