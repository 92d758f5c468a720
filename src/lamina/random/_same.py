"""Draws that are the same on every engine, up to rounding: for what is drawn once an image, where speed is not the subject.

`by_sample`: the first axis is that of the images; not so for what is drawn once for all of them.
"""

from typing import Any

import numpy as np

from lamina import ops
from lamina._typing import Shape
from lamina.engines import engine

from ._seed import draw_seed

_TRIES = 24  # the chance that none of so many proposals for a gamma number is accepted is below 1e-30


def words(shape: Shape, seed: Any, by_sample: bool = True) -> Any:
    """Integers from 0 to 2**31 - 1, int32."""
    return engine.random.bits(draw_seed(seed), tuple(shape), by_sample)


def uniform(shape: Shape, low: float = 0.0, high: float = 1.0, seed: Any = None, by_sample: bool = True) -> Any:
    """float32, spread evenly over [low, high)."""
    steps = ops.cast(ops.right_shift(words(shape, seed, by_sample), 7), "float32")
    return ops.add(low, ops.multiply(steps, (high - low) * 2.0**-24))


def integers(shape: Shape, low: Any, high: Any, seed: Any = None, by_sample: bool = True) -> Any:
    """int32 in [low, high), both ints, or tensors of fewer than 2**24 values between them."""
    if isinstance(low, int) and isinstance(high, int):
        return ops.add(ops.mod(words(shape, seed, by_sample), high - low), low)
    span = ops.subtract(high, low)
    picked = ops.floor(ops.multiply(uniform(shape, seed=seed, by_sample=by_sample), ops.cast(span, "float32")))
    return ops.add(ops.minimum(ops.cast(picked, "int32"), ops.subtract(span, 1)), low)


def normal(shape: Shape, seed: Any = None, by_sample: bool = True) -> Any:
    """float32, standard normal, by the transform of Box and Muller (1958)."""
    numbers = uniform((*shape, 2), seed=seed, by_sample=by_sample)
    radius = ops.sqrt(ops.multiply(-2.0, ops.log(ops.subtract(1.0, numbers[..., 0]))))
    return ops.multiply(radius, ops.cos(ops.multiply(2 * np.pi, numbers[..., 1])))


def gamma(shape: Shape, alpha: Any, seed: Any = None, by_sample: bool = True) -> Any:
    """float32, gamma of that shape parameter (a number or a scalar tensor) and scale one.

    Marsaglia and Tsang, A simple method for generating gamma variables, 2000, with a fixed number of proposals, of which the
    first that is accepted counts.
    """
    alpha = ops.cast(alpha, "float32")
    is_small = ops.less(alpha, 1.0)
    d = ops.subtract(ops.where(is_small, ops.add(alpha, 1.0), alpha), 1 / 3)
    seed = draw_seed(seed)
    z = normal((*shape, _TRIES), _apart(seed, 1), by_sample)
    u = uniform((*shape, _TRIES + 1), seed=_apart(seed, 2), by_sample=by_sample)
    v = ops.power(ops.add(1.0, ops.divide(z, ops.sqrt(ops.multiply(9.0, d)))), 3.0)
    logs = ops.log(ops.maximum(v, 1e-30))
    bound = ops.add(ops.multiply(0.5, ops.square(z)), ops.multiply(d, ops.add(ops.subtract(1.0, v), logs)))
    accepted = ops.logical_and(ops.greater(v, 0.0), ops.less(ops.log(ops.maximum(u[..., 1:], 1e-30)), bound))
    first = ops.argmax(ops.cast(accepted, "int32"), axis=-1)
    found = ops.multiply(d, ops.take_along_axis(v, ops.expand_dims(first, -1), axis=-1)[..., 0])
    lowered = ops.power(ops.subtract(1.0, u[..., 0]), ops.divide(1.0, ops.maximum(alpha, 1e-6)))
    return ops.multiply(found, ops.where(is_small, lowered, 1.0))


def beta(shape: Shape, a: Any, b: Any, seed: Any = None, by_sample: bool = True) -> Any:
    """float32, beta of these parameters (numbers or scalar tensors), from two gamma numbers."""
    seed = draw_seed(seed)
    one, other = gamma(shape, a, seed, by_sample), gamma(shape, b, _apart(seed, 3), by_sample)
    return ops.divide(one, ops.maximum(ops.add(one, other), 1e-30))


def _apart(pair: Any, way: int) -> Any:
    """A key for one more stream of a draw: the counters of draws do not come that far."""
    return ops.add(pair, np.array([0, way << 28], "uint32"))


def order(count: int, seed: Any = None) -> Any:
    """The integers 0 ... count - 1 in random order, int32."""
    return ops.cast(ops.argsort(words((count,), seed)), "int32")
