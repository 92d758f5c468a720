"""Draws by JAX's Threefry generator, keyed with (seed, counter)."""

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lamina.engines._threefry import threefry


def _key(seed: Any) -> Any:
    return jax.random.wrap_key_data(jnp.asarray(seed).astype(np.uint32), impl="threefry2x32")


def uniform(seed: Any, shape: Sequence[int], dtype: Any = "float32") -> Any:
    """Uniform in [0, 1)."""
    return jax.random.uniform(_key(seed), tuple(shape), np.dtype(dtype))


def bernoulli(seed: Any, shape: Sequence[int], chance: float) -> Any:
    """True with probability `chance`: sixteen bits a draw, but for rare events."""
    if not 1e-3 <= chance <= 1 - 1e-3:
        return uniform(seed, shape) < np.float32(chance)
    bits = jax.random.bits(_key(seed), tuple(shape), np.uint16)
    return bits < np.uint16(round(float(chance) * 2**16))


def normal(seed: Any, shape: Sequence[int], dtype: Any = "float32") -> Any:
    """Standard normal."""
    return jax.random.normal(_key(seed), tuple(shape), np.dtype(dtype))


def randint(seed: Any, shape: Sequence[int], low: Any, high: Any, dtype: Any = "int32") -> Any:
    """Integers in [low, high)."""
    low, high = (jnp.asarray(v).astype(np.int64) for v in (low, high))
    return jax.random.randint(_key(seed), tuple(shape), low, high, np.int64).astype(np.dtype(dtype))


def permutation(seed: Any, n: int) -> Any:
    """The integers 0 ... n-1 in random order."""
    return jax.random.permutation(_key(seed), int(n))


def bits(seed: Any, shape: Sequence[int], by_sample: bool = True) -> Any:
    """31 random bits each, int32 from 0 up; the same on every engine."""
    seed, shape = jnp.asarray(seed).astype(np.uint32), tuple(shape)
    words, _ = threefry((seed[0], seed[1]), jnp.arange(math.prod(shape), dtype=np.uint32))
    return (words >> 1).astype(np.int32).reshape(shape)


def first_row(size: int) -> int:
    """None before: a step is that of the whole batch."""
    return 0


def gamma(seed: Any, alpha: Any, dtype: Any = "float32") -> Any:
    """Gamma with shape `alpha` and scale one."""
    return jax.random.gamma(_key(seed), jnp.asarray(alpha).astype(np.dtype(dtype)), dtype=np.dtype(dtype))
