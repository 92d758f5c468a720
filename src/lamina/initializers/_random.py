"""Random initial values, drawn on the host so that a seed gives the same weights on every engine."""

import math
from typing import Any

import numpy as np

from lamina._checks import check_non_negative, check_one_of, check_positive
from lamina._public import public
from lamina.variables import deserialize_keras_object, host_generator, make_default_seed, serialize_keras_object

from ._initializer import Initializer, to_tensor

# The standard deviation of a normal distribution cut off at two standard deviations.
_TRUNCATED_STDDEV = 0.87962566103423978


class RandomInitializer(Initializer):
    """The seed of a random initializer: an int, a SeedGenerator, or None for a fresh one."""

    def __init__(self, seed: Any = None):
        if (
            seed is not None
            and not hasattr(seed, "next")
            and (isinstance(seed, bool) or not isinstance(seed, (int, np.integer)))
        ):
            if isinstance(seed, dict):
                seed = deserialize_keras_object(seed)
            else:
                raise ValueError(f"{type(self).__name__}: seed must be an int, a SeedGenerator or None; got {seed!r}.")
        self._init_seed = seed
        self.seed: Any = make_default_seed() if seed is None else seed

    def generator(self) -> np.random.Generator:
        return host_generator(self.seed)

    def get_config(self) -> dict[str, Any]:
        return {"seed": serialize_keras_object(self._init_seed)}


@public("initializers.RandomNormal", "initializers.random_normal")
class RandomNormal(RandomInitializer):
    """Normal distribution.

    Args:
        mean, stddev: its mean and standard deviation.
        seed: int, SeedGenerator or None.
    Example:
        >>> round(float(ops.std(initializers.RandomNormal(stddev=0.5, seed=1)((100, 100)))), 1)
        0.5
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None):
        super().__init__(seed)
        check_non_negative(stddev, "stddev", type(self).__name__)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: Any, dtype: Any = None, **_layout: Any) -> Any:
        return to_tensor(self.generator().normal(self.mean, self.stddev, tuple(shape)), dtype)

    def get_config(self) -> dict[str, Any]:
        return {"mean": self.mean, "stddev": self.stddev, **super().get_config()}


@public("initializers.TruncatedNormal", "initializers.truncated_normal")
class TruncatedNormal(RandomNormal):
    """Normal distribution without what lies further than two `stddev` from the mean.

    Args:
        mean, stddev: mean and standard deviation before the tails are cut.
        seed: int, SeedGenerator or None.
    Example:
        >>> values = initializers.TruncatedNormal(stddev=0.5, seed=1)((100,))
        >>> bool(ops.all(ops.abs(values) <= 1.0))  # two standard deviations
        True
    """

    def __call__(self, shape: Any, dtype: Any = None, **_layout: Any) -> Any:
        return to_tensor(self.mean + self.stddev * truncated(self.generator(), tuple(shape)), dtype)


@public("initializers.RandomUniform", "initializers.random_uniform")
class RandomUniform(RandomInitializer):
    """Uniform distribution over [minval, maxval).

    Args:
        minval, maxval: its bounds.
        seed: int, SeedGenerator or None.
    Example:
        >>> values = initializers.RandomUniform(0.0, 1.0, seed=1)((100,))
        >>> bool(ops.all(values >= 0.0) and ops.all(values < 1.0))
        True
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None):
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def __call__(self, shape: Any, dtype: Any = None, **_layout: Any) -> Any:
        return to_tensor(self.generator().uniform(self.minval, self.maxval, tuple(shape)), dtype)

    def get_config(self) -> dict[str, Any]:
        return {"minval": self.minval, "maxval": self.maxval, **super().get_config()}


@public("initializers.VarianceScaling", "initializers.variance_scaling")
class VarianceScaling(RandomInitializer):
    """A variance that follows the number of inputs or outputs, so that signals keep their size from layer to layer.

    Variance scale / n, with n the fan-in, the fan-out or their mean; fan-in is the product of the sizes of the input
    axes and the receptive field.

    Args:
        scale: positive number.
        mode: "fan_in", "fan_out" or "fan_avg".
        distribution: "truncated_normal" (or "normal"), "untruncated_normal" or "uniform".
        seed: int, SeedGenerator or None.
        input_axes, output_axes: the axes (int or tuple) that count as inputs and outputs; by default the last two axes,
            the others being the receptive field. Both or neither.
    Raises ValueError for other values.
    Example:
        >>> initializers.VarianceScaling(2.0, "fan_in", seed=1)((3, 2)).shape
        (3, 2)
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        input_axes: Any = None,
        output_axes: Any = None,
    ):
        super().__init__(seed)
        where = type(self).__name__
        check_positive(scale, "scale", where)
        check_one_of(mode, ("fan_in", "fan_out", "fan_avg"), "mode", where)
        distribution = distribution.lower() if isinstance(distribution, str) else distribution
        distribution = "truncated_normal" if distribution == "normal" else distribution
        check_one_of(distribution, ("uniform", "truncated_normal", "untruncated_normal"), "distribution", where)
        if (input_axes is None) != (output_axes is None):
            raise ValueError(f"{where}: give both input_axes and output_axes, or neither.")
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.input_axes = input_axes
        self.output_axes = output_axes

    def __call__(self, shape: Any, dtype: Any = None, **_layout: Any) -> Any:
        shape = tuple(shape)
        fan_in, fan_out = fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        rng = self.generator()
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            values = rng.uniform(-limit, limit, shape)
        elif self.distribution == "untruncated_normal":
            values = rng.normal(0.0, math.sqrt(variance), shape)
        else:
            values = math.sqrt(variance) / _TRUNCATED_STDDEV * truncated(rng, shape)
        return to_tensor(values, dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            **super().get_config(),
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


class _Preset(VarianceScaling):
    """A VarianceScaling whose scale, mode and distribution are fixed by the class."""

    preset: tuple[float, str, str]

    def __init__(self, seed: Any = None, input_axes: Any = None, output_axes: Any = None):
        super().__init__(*self.preset, seed=seed, input_axes=input_axes, output_axes=output_axes)

    def get_config(self) -> dict[str, Any]:
        return {
            "seed": serialize_keras_object(self._init_seed),
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


@public("initializers.GlorotUniform", "initializers.glorot_uniform")
class GlorotUniform(_Preset):
    """Uniform within ± sqrt(6 / (fan_in + fan_out)); the default of most layers.

    Example:
        >>> initializers.GlorotUniform(seed=1)((3, 2)).shape
        (3, 2)

    Reference: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.
    """

    preset: tuple[float, str, str] = (1.0, "fan_avg", "uniform")


@public("initializers.GlorotNormal", "initializers.glorot_normal")
class GlorotNormal(_Preset):
    """Truncated normal with variance 2 / (fan_in + fan_out).

    Example:
        >>> initializers.GlorotNormal(seed=1)((3, 2)).shape
        (3, 2)

    Reference: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.
    """

    preset: tuple[float, str, str] = (1.0, "fan_avg", "truncated_normal")


@public("initializers.HeNormal", "initializers.he_normal")
class HeNormal(_Preset):
    """Truncated normal with variance 2 / fan_in; suits layers followed by ReLU.

    Example:
        >>> initializers.HeNormal(seed=1)((3, 2)).shape
        (3, 2)

    Reference: He et al., Delving Deep into Rectifiers, 2015, arXiv:1502.01852.
    """

    preset: tuple[float, str, str] = (2.0, "fan_in", "truncated_normal")


@public("initializers.HeUniform", "initializers.he_uniform")
class HeUniform(_Preset):
    """Uniform within ± sqrt(6 / fan_in).

    Example:
        >>> initializers.HeUniform(seed=1)((3, 2)).shape
        (3, 2)

    Reference: He et al., Delving Deep into Rectifiers, 2015, arXiv:1502.01852.
    """

    preset: tuple[float, str, str] = (2.0, "fan_in", "uniform")


@public("initializers.LecunNormal", "initializers.lecun_normal")
class LecunNormal(_Preset):
    """Truncated normal with variance 1 / fan_in; suits SELU.

    Example:
        >>> initializers.LecunNormal(seed=1)((3, 2)).shape
        (3, 2)

    Reference: Klambauer et al., Self-Normalizing Neural Networks, 2017, arXiv:1706.02515.
    """

    preset: tuple[float, str, str] = (1.0, "fan_in", "truncated_normal")


@public("initializers.LecunUniform", "initializers.lecun_uniform")
class LecunUniform(_Preset):
    """Uniform within ± sqrt(3 / fan_in).

    Example:
        >>> initializers.LecunUniform(seed=1)((3, 2)).shape
        (3, 2)

    Reference: LeCun et al., Efficient BackProp, 1998.
    """

    preset: tuple[float, str, str] = (1.0, "fan_in", "uniform")


@public("initializers.Orthogonal", "initializers.OrthogonalInitializer", "initializers.orthogonal")
class Orthogonal(RandomInitializer):
    """A random matrix with orthonormal rows or columns, whichever are fewer: the Q of the QR of normal draws.

    Args:
        gain: number that multiplies the matrix.
        seed: int, SeedGenerator or None.
    Raises ValueError when called for a shape of fewer than two axes; the axes before the last are taken together.
    Example:
        >>> q = initializers.Orthogonal(seed=1)((4, 2))
        >>> ops.round(q.T @ q, 4) + 0.0
        Tensor([[1., 0.],
                [0., 1.]], dtype=float32)

    Reference: Saxe et al., Exact solutions to the nonlinear dynamics of learning, 2014, arXiv:1312.6120.
    """

    def __init__(self, gain: float = 1.0, seed: Any = None):
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: Any, dtype: Any = None, **_layout: Any) -> Any:
        shape = tuple(shape)
        if len(shape) < 2:
            raise ValueError(f"Orthogonal: expected a shape with two axes or more; got {shape}.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        draws = self.generator().standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(draws)
        q = q * np.sign(np.diag(r))  # the decomposition is unique, and q uniform, once the diagonal of r is positive
        return to_tensor(self.gain * (q.T if rows < columns else q).reshape(shape), dtype)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, **super().get_config()}


def truncated(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Standard normal draws within ±2; those outside are drawn again."""
    values = rng.standard_normal(shape)
    outside = np.abs(values) > 2
    while outside.any():
        values[outside] = rng.standard_normal(int(outside.sum()))
        outside = np.abs(values) > 2
    return values


def fans(shape: tuple[int, ...], input_axes: Any = None, output_axes: Any = None) -> tuple[int, int]:
    """Fan-in and fan-out of a weight: sizes of its input and output axes times its receptive field."""
    if input_axes is not None:
        inputs = {axis % len(shape) for axis in _as_tuple(input_axes)}
        outputs = {axis % len(shape) for axis in _as_tuple(output_axes)}
        field = math.prod(size for axis, size in enumerate(shape) if axis not in inputs | outputs)
        return (
            field * math.prod(shape[axis] for axis in inputs),
            field * math.prod(shape[axis] for axis in outputs),
        )
    if len(shape) < 2:
        size = shape[0] if shape else 1
        return size, size
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


def _as_tuple(axes: Any) -> tuple[int, ...]:
    return (axes,) if isinstance(axes, int) else tuple(axes)
