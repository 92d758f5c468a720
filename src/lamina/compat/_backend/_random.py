"""Random tensors, as `keras.backend` calls them."""

from typing import Any

from lamina import ops, random
from lamina._public import public
from lamina.variables import global_seed_generator

from ._renamed import renamed
from ._values import variable


def seed_of(seed: int | None) -> Any:
    """The seed itself, or the generator that `utils.set_random_seed` governs."""
    return global_seed_generator() if seed is None else seed


@public("backend.random_normal")
@renamed(std="stddev")
def random_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Draws from a normal distribution."""
    return random.normal(_known(shape, "random_normal"), mean, stddev, dtype=dtype, seed=seed_of(seed))


@public("backend.random_uniform")
@renamed(low="minval", high="maxval")
def random_uniform(
    shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Draws from a uniform distribution."""
    return random.uniform(_known(shape, "random_uniform"), minval, maxval, dtype=dtype, seed=seed_of(seed))


@public("backend.truncated_normal")
@renamed(std="stddev")
def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Draws from a normal distribution, none farther than two standard deviations from the mean."""
    return random.truncated_normal(_known(shape, "truncated_normal"), mean, stddev, dtype=dtype, seed=seed_of(seed))


@public("backend.random_binomial", "backend.random_bernoulli")
def random_binomial(shape: Any, p: float = 0.0, dtype: Any = None, seed: int | None = None) -> Any:
    """1 with probability `p`, else 0."""
    draws = random.uniform(_known(shape, "random_binomial"), seed=seed_of(seed))
    return ops.cast(ops.less(draws, p), ops.standardize_dtype(dtype))


@public("backend.random_normal_variable")
def random_normal_variable(
    shape: Any, mean: float, scale: float, dtype: Any = None, name: Any = None, seed: int | None = None
) -> Any:
    """A Variable of draws from a normal distribution."""
    return variable(random_normal(shape, mean, scale, dtype, seed), dtype, name)


@public("backend.random_uniform_variable")
def random_uniform_variable(
    shape: Any, low: float, high: float, dtype: Any = None, name: Any = None, seed: int | None = None
) -> Any:
    """A Variable of draws from a uniform distribution."""
    return variable(random_uniform(shape, low, high, dtype, seed), dtype, name)


def _known(shape: Any, where: str) -> tuple[Any, ...]:
    sizes = tuple(shape)
    if None in sizes:
        raise ValueError(
            f"{where}: the shape {sizes} has a size that is not known yet. Draw inside a Lambda layer or a layer's call, "
            "where the batch has a size."
        )
    return sizes
