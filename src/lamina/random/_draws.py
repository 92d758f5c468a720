"""Random tensors. Each draw is a function of its seed: the same seed gives the same numbers."""

import math
from typing import Any

import numpy as np

from lamina import _settings, ops
from lamina._checks import check_non_negative_int
from lamina._public import public
from lamina._typing import DType, Shape, Tensor, TensorLike
from lamina.engines import engine
from lamina.ops._creation import whole_shape
from lamina.ops._dtypes import is_float_dtype, is_int_dtype, standardize_dtype

from ._seed import draw_seed


def _float_dtype(dtype: Any, where: str) -> str:
    name = _settings.floatx() if dtype is None else standardize_dtype(dtype)
    if not is_float_dtype(name):
        raise ValueError(f"random.{where}: dtype must be a floating one; got {dtype!r}.")
    return name


def _uniform(seed: Any, shape: tuple[Any, ...], dtype: str) -> Any:
    """Uniform in [0, 1), drawn at least in float32 and cast."""
    return ops.cast(
        engine.random.uniform(draw_seed(seed), shape, "float64" if dtype == "float64" else "float32"), dtype
    )


def _normal(seed: Any, shape: tuple[Any, ...], dtype: str) -> Any:
    return ops.cast(engine.random.normal(draw_seed(seed), shape, "float64" if dtype == "float64" else "float32"), dtype)


@public("random.uniform")
def uniform(shape: Shape, minval: float = 0.0, maxval: float = 1.0, dtype: DType = None, seed: Any = None) -> Tensor:
    """Numbers spread evenly over [minval, maxval).

    Args:
        shape: tuple[Any, ...] of ints.
        minval, maxval: bounds, numbers or tensors.
        dtype: name of a floating dtype; None: the default float type. An integer dtype draws integers.
        seed: int, SeedGenerator or None.

    Returns: `shape`, `dtype`.

    Example:
        >>> random.uniform((2, 3), seed=1).shape
        (2, 3)
    """
    if dtype is not None and is_int_dtype(dtype):
        return randint(shape, int(minval), int(maxval), dtype, seed)
    dtype = _float_dtype(dtype, "uniform")
    draw = _uniform(seed, whole_shape(shape), dtype)
    low, high = (ops.cast(v, dtype) for v in (minval, maxval))
    # In low precision the product may round up to the bound itself, which is to be left out only in name.
    return ops.add(ops.multiply(draw, ops.subtract(high, low)), low)


@public("random.normal")
def normal(shape: Shape, mean: TensorLike = 0.0, stddev: float = 1.0, dtype: DType = None, seed: Any = None) -> Tensor:
    """Numbers from the normal distribution.

    Args:
        shape: tuple[Any, ...] of ints.
        mean, stddev: numbers or tensors.
        dtype: name of a floating dtype; None: the default float type.
        seed: int, SeedGenerator or None.

    Returns: `shape`, `dtype`.

    Example:
        >>> random.normal((2, 3), seed=1).shape
        (2, 3)
    """
    dtype = _float_dtype(dtype, "normal")
    return ops.add(
        ops.multiply(_normal(seed, whole_shape(shape), dtype), ops.cast(stddev, dtype)), ops.cast(mean, dtype)
    )


@public("random.truncated_normal")
def truncated_normal(
    shape: Shape, mean: TensorLike = 0.0, stddev: float = 1.0, dtype: DType = None, seed: Any = None
) -> Tensor:
    """Numbers from the normal distribution without those more than two standard deviations from the mean.

    Args:
        shape: tuple[Any, ...] of ints.
        mean, stddev: of the distribution before it is cut.
        dtype: name of a floating dtype; None: the default float type.
        seed: int, SeedGenerator or None.

    Returns: `shape`, `dtype`.

    Example:
        >>> random.truncated_normal((2, 3), seed=1).shape
        (2, 3)
    """
    dtype = _float_dtype(dtype, "truncated_normal")
    work = "float64" if dtype == "float64" else "float32"
    # Φ(±2) bounds the share of the distribution that is kept; its inverse spreads a uniform draw over that share.
    bound = math.erf(2 / math.sqrt(2))
    spread = ops.subtract(ops.multiply(_uniform(seed, whole_shape(shape), work), 2 * bound), bound)
    draw = ops.clip(ops.multiply(ops.erfinv(spread), math.sqrt(2)), -2.0, 2.0)
    return ops.add(ops.multiply(ops.cast(draw, dtype), ops.cast(stddev, dtype)), ops.cast(mean, dtype))


@public("random.randint")
def randint(shape: Shape, minval: Any, maxval: Any, dtype: DType = "int32", seed: Any = None) -> Tensor:
    """Integers spread evenly over minval, ..., maxval - 1.

    Args:
        shape: tuple[Any, ...] of ints.
        minval, maxval: ints or integer tensors.
        dtype: name of an integer dtype.
        seed: int, SeedGenerator or None.

    Returns: `shape`, `dtype`.

    Example:
        >>> random.randint((2, 3), 0, 10, seed=1).shape
        (2, 3)
    """
    if not is_int_dtype(dtype):
        raise ValueError(f"random.randint: dtype must be an integer one; got {dtype!r}.")
    if isinstance(minval, (int, float)) and isinstance(maxval, (int, float)) and not minval < maxval:
        raise ValueError(f"random.randint: minval must be below maxval; got {minval} and {maxval}.")
    return ops.cast(engine.random.randint(draw_seed(seed), whole_shape(shape), minval, maxval, "int64"), dtype)


@public("random.categorical")
def categorical(logits: TensorLike, num_samples: int, dtype: DType = "int32", seed: Any = None) -> Tensor:
    """Class numbers drawn with probabilities softmax(logits).

    Args:
        logits: `(batch, classes)`, unnormalised log-probabilities.
        num_samples: int, draws for each row.
        dtype: name of an integer dtype.
        seed: int, SeedGenerator or None.

    Returns: `(batch, num_samples)`, `dtype`.

    Example:
        >>> random.categorical([[0.0, 1.0, 2.0]], num_samples=4, seed=1).shape
        (1, 4)
    """
    check_non_negative_int(num_samples, "num_samples", "random.categorical")
    logits = ops.convert_to_tensor(logits)
    if len(logits.shape) != 2:
        raise ValueError(f"random.categorical: logits must have shape (batch, classes); got {tuple(logits.shape)}.")
    batch, classes = logits.shape
    logits = ops.cast(logits, ops.result_type(logits.dtype, float))
    draw = _uniform(seed, (batch, int(num_samples), classes), "float32")
    # The largest of logits plus Gumbel noise is distributed as the softmax says.
    noise = ops.negative(ops.log(ops.negative(ops.log(ops.clip(draw, 1e-20, 1.0 - 2.0**-24)))))
    return ops.cast(ops.argmax(ops.add(ops.expand_dims(logits, 1), noise), axis=-1), dtype)


@public("random.dropout")
def dropout(inputs: TensorLike, rate: Any, noise_shape: Shape = None, seed: Any = None) -> Tensor:
    """`inputs` with a random share of the elements set to 0 and the rest divided by 1 - rate.

    Args:
        inputs: tensor of any shape, floating.
        rate: share to drop, in [0, 1).
        noise_shape: tuple[Any, ...] that broadcasts to the shape of `inputs` (None: as there): axes of size 1 are dropped whole.
        seed: int, SeedGenerator or None.

    Returns: shape and dtype of `inputs`.

    Example:
        >>> values = random.dropout(ops.ones(100), rate=0.5, seed=1)
        >>> sorted({float(x) for x in values})
        [0.0, 2.0]

    Reference: Srivastava et al., Dropout, 2014.
    """
    inputs = ops.convert_to_tensor(inputs)
    if not 0 <= rate <= 1:
        raise ValueError(f"random.dropout: rate must be between 0 and 1; got {rate!r}.")
    if rate == 0:
        return inputs
    if rate == 1:
        return ops.zeros_like(inputs)
    shape = tuple(inputs.shape)
    if noise_shape is not None:
        if len(noise_shape) != len(shape):
            raise ValueError(
                f"random.dropout: noise_shape {tuple(noise_shape)} must have as many axes as inputs {shape}."
            )
        shape = tuple(n if m is None else int(m) for n, m in zip(shape, noise_shape))
    kept = engine.random.bernoulli(draw_seed(seed), shape, 1 - rate)
    return ops.multiply(inputs, ops.multiply(ops.cast(kept, inputs.dtype), 1.0 / (1.0 - rate)))


@public("random.shuffle")
def shuffle(x: TensorLike, axis: int = 0, seed: Any = None) -> Tensor:
    """`x` with its slices along an axis in random order.

    Args:
        x: tensor of any shape.
        axis: int.
        seed: int, SeedGenerator or None.

    Returns: shape and dtype of `x`.

    Example:
        >>> sorted(random.shuffle(ops.arange(4), seed=1).tolist())
        [0, 1, 2, 3]
    """
    x = ops.convert_to_tensor(x)
    return ops.take(x, engine.random.permutation(draw_seed(seed), x.shape[axis]), axis=axis)


@public("random.gamma")
def gamma(shape: Shape, alpha: Any, dtype: DType = None, seed: Any = None) -> Tensor:
    """Numbers from the gamma distribution of scale 1.

    Args:
        shape: tuple[Any, ...] of ints; `alpha` broadcasts to it.
        alpha: positive numbers, the shape parameter.
        dtype: name of a floating dtype; None: the default float type.
        seed: int, SeedGenerator or None.

    Returns: `shape`, `dtype`.

    Example:
        >>> random.gamma((2, 3), alpha=2.0, seed=1).shape
        (2, 3)
    """
    dtype = _float_dtype(dtype, "gamma")
    return _gamma(draw_seed(seed), shape, alpha, dtype)


def _gamma(pair: Any, shape: Any, alpha: Any, dtype: str) -> Any:
    alpha = ops.broadcast_to(ops.cast(alpha, "float64"), whole_shape(shape))
    return ops.cast(engine.random.gamma(pair, alpha, "float64"), dtype)


@public("random.beta")
def beta(shape: Shape, alpha: Any, beta: TensorLike, dtype: DType = None, seed: Any = None) -> Tensor:
    """Numbers from the beta distribution.

    Args:
        shape: tuple[Any, ...] of ints; `alpha` and `beta` broadcast to it.
        alpha, beta: positive numbers.
        dtype: name of a floating dtype; None: the default float type.
        seed: int, SeedGenerator or None.

    Returns: `shape`, `dtype`, in (0, 1).

    Example:
        >>> random.beta((2, 3), alpha=1.0, beta=2.0, seed=1).shape
        (2, 3)
    """
    dtype = _float_dtype(dtype, "beta")
    pair = draw_seed(seed)
    a = _gamma(pair, shape, alpha, "float64")
    # A second stream, made from the same seed: the counter's highest bit turned over.
    other = ops.bitwise_xor(pair, ops.convert_to_tensor(np.array([0, 2**31], np.uint32)))
    b = _gamma(other, shape, beta, "float64")
    return ops.cast(ops.divide(a, ops.add(a, b)), dtype)


@public("random.binomial")
def binomial(
    shape: Shape, counts: TensorLike, probabilities: TensorLike, dtype: DType = None, seed: Any = None
) -> Tensor:
    """How many of `counts` trials succeed, each with some probability.

    Args:
        shape: tuple[Any, ...] of ints; the others broadcast to it.
        counts: numbers of trials, known when the program is traced.
        probabilities: in [0, 1].
        dtype: name of a floating dtype; None: the default float type.
        seed: int, SeedGenerator or None.

    Returns: `shape`, `dtype`, whole numbers.

    Example:
        >>> random.binomial((2, 3), counts=10, probabilities=0.5, seed=1).shape
        (2, 3)
    """
    dtype = _float_dtype(dtype, "binomial")
    shape = whole_shape(shape)
    counts = ops.broadcast_to(ops.cast(counts, "float32"), shape)
    chance = ops.expand_dims(ops.broadcast_to(ops.cast(probabilities, "float32"), shape), -1)
    most = int(np.max(ops.convert_to_numpy(counts), initial=0))
    trials = ops.less(_uniform(seed, (*shape, most), "float32"), chance)
    held = ops.less(ops.arange(most, dtype="float32"), ops.expand_dims(counts, -1))
    return ops.cast(ops.sum(ops.cast(ops.logical_and(trials, held), "float32"), axis=-1), dtype)
