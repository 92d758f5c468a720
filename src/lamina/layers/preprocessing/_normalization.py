from typing import Any, Unpack

import numpy as np

from lamina import _settings, ops
from lamina._public import public
from lamina._typing import Axis, TensorLike

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from ._adapt import batches_of
from ._converts_weight import ConvertsWeight


@public("layers.Normalization")
class Normalization(ConvertsWeight, Layer):
    """Shifts and scales features to mean 0 and variance 1: `(x - mean) / sqrt(variance)`.

    Mean and variance are given, or learned from data by `adapt`.

    Args:
        axis: int, tuple of ints or None: the axes that have statistics of their own; None for one mean over all.
        mean, variance: numbers or arrays; both or neither.
        invert: whether the layer undoes the normalisation.

    Input `(batch, ..., features)`, output of the same shape, floating.

    Example:
        >>> layer = layers.Normalization()
        >>> layer.adapt(np.array([[1.0], [3.0]]))
        >>> layer([[3.0]])
        Tensor([[1.]], dtype=float32)
    """

    def __init__(
        self,
        axis: Axis = -1,
        mean: TensorLike = None,
        variance: TensorLike = None,
        invert: bool = False,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        self.axis: Any = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        if (mean is None) != (variance is None):
            raise ValueError(f"{self._owner}: give both mean and variance, or neither; got {mean!r} and {variance!r}.")
        self.input_mean = mean
        self.input_variance = variance
        self.invert = invert
        self.supports_masking = True
        self._axis_was = axis
        self.adapt_mean = None

    def build(self, input_shape: Any) -> None:
        rank = len(input_shape)
        if any(not -rank <= a < rank for a in self.axis):
            raise ValueError(f"{self._owner}: axis {self._axis_was} is outside an input of shape {input_shape}.")
        self._keep_axis = tuple(sorted(a % rank for a in self.axis))
        for a in self._keep_axis:
            if input_shape[a] is None:
                raise ValueError(f"{self._owner}: the size of axis {a} must be known; got the shape {input_shape}.")
        self._reduce_axis = tuple(i for i in range(rank) if i not in self._keep_axis)
        self._broadcast_shape = tuple(input_shape[i] if i in self._keep_axis else 1 for i in range(rank))
        shape = tuple(input_shape[a] for a in self._keep_axis)
        if self.input_mean is None:
            self.adapt_mean: Any = self.add_weight(name="mean", shape=shape, initializer="zeros", trainable=False)
            self.adapt_variance: Any = self.add_weight(
                name="variance", shape=shape, initializer="ones", trainable=False
            )
            self.count: Any = self.add_weight(
                name="count", shape=(), dtype="int32", initializer="zeros", trainable=False
            )
        else:
            self._constants = [
                np.broadcast_to(np.asarray(value, "float32"), self._broadcast_shape)
                if np.ndim(value) == rank
                else np.broadcast_to(np.asarray(value, "float32"), shape).reshape(self._broadcast_shape)
                for value in (self.input_mean, self.input_variance)
            ]

    @property
    def mean(self) -> Any:
        """The mean, of a shape that broadcasts with inputs; known once the layer is built."""
        return self._statistics()[0]

    @property
    def variance(self) -> Any:
        """The variance, of a shape that broadcasts with inputs; known once the layer is built."""
        return self._statistics()[1]

    def _statistics(self) -> Any:
        if not self.built:
            raise AttributeError(f"{self._owner} has no mean and variance before it is built: call adapt(data) first.")
        if self.adapt_mean is None:
            return self._constants
        return [ops.reshape(value, self._broadcast_shape) for value in (self.adapt_mean, self.adapt_variance)]

    def adapt(self, data: TensorLike) -> Any:
        """Learns mean and variance from data: an array, or an iterable of batches (targets are left out)."""
        if self.input_mean is not None:
            raise ValueError(f"{self._owner}: mean and variance were given; there is nothing to adapt.")
        total, mean, variance = 0, 0.0, 0.0
        for batch in batches_of(data):
            batch = np.asarray(batch, "float64")
            if not batch.ndim:
                raise TypeError(f"{self._owner}.adapt: a batch must be an array with a .shape; got the number {batch}.")
            if not self.built:
                self.build((None, *batch.shape[1:]))
            count = batch.size // max(int(np.prod([batch.shape[a] for a in self._keep_axis])), 1)
            new_mean, new_variance = batch.mean(axis=self._reduce_axis), batch.var(axis=self._reduce_axis)
            share = count / (total + count)
            shift = new_mean - mean
            # The parallel form of the variance, Chan et al. 1979.
            variance = variance * (1 - share) + new_variance * share + shift**2 * share * (1 - share)
            mean = mean + shift * share
            total += count
        if not total:
            raise ValueError(f"{self._owner}.adapt: there are no data.")
        self.adapt_mean.assign(np.asarray(mean, "float32"))
        self.adapt_variance.assign(np.asarray(variance, "float32"))
        self.count.assign(min(total, 2**31 - 1))

    def finalize_state(self) -> Any:
        """Nothing to do: the statistics are read where they are used."""

    def call(self, inputs: TensorLike) -> Any:
        dtype = self.compute_dtype
        inputs = ops.cast(inputs, dtype)
        mean, variance = self._statistics()
        mean = ops.cast(mean, dtype)
        scale = ops.maximum(ops.sqrt(ops.cast(variance, dtype)), _settings.epsilon())
        if self.invert:
            return ops.add(mean, ops.multiply(inputs, scale))
        return ops.divide(ops.subtract(inputs, mean), scale)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        def plain(value: Any) -> Any:
            return value if value is None or isinstance(value, (int, float)) else np.asarray(value).tolist()

        return {
            **super().get_config(),
            "axis": self._axis_was,
            "invert": self.invert,
            "mean": plain(self.input_mean),
            "variance": plain(self.input_variance),
        }
