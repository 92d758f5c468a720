"""`PeriodicEmbedding`."""

from typing import Any, Unpack

import numpy as np

from lamina import initializers, ops
from lamina._checks import check_positive, check_positive_int
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._layer import Layer


@public("layers.PeriodicEmbedding")
class PeriodicEmbedding(Layer):
    """Each number as itself and a few learned mixtures of waves of learned frequencies.

    For the number `x` of a feature: `[x, cos(2π (f x + p)) @ kernel + bias]`, with frequencies `f`, phases `p`, kernel and
    bias of the feature's own.

    Args:
        units: length of the vector that a number becomes, with the number itself; 2 or more.
        frequencies: how many waves are mixed.
        scale: standard deviation of the first frequencies, in periods for each unit of the input.
        seed: of the first frequencies, phases and mixtures.

    Input `(batch, features)`; output `(batch, features, units)`. Raises ValueError for other shapes.
    Example:
        >>> layers.PeriodicEmbedding(4)(ops.ones((2, 3))).shape
        (2, 3, 4)

    References: Gorishniy, Rubachev, Babenko, 2022, arXiv:2203.05556; Holzmüller, Grinsztajn, Steinwart, Better by Default,
    2024, arXiv:2407.04491.
    """

    def __init__(
        self, units: int = 4, frequencies: int = 16, scale: float = 0.1, seed: Any = None,
        **kwargs: Unpack[LayerArguments],
    ):  # fmt: skip
        super().__init__(**kwargs)
        check_positive_int(units, "units", self._owner)
        check_positive_int(frequencies, "frequencies", self._owner)
        check_positive(scale, "scale", self._owner)
        if units < 2:
            raise ValueError(
                f"{self._owner}: units must be 2 or more, the number itself being one of them; got {units}."
            )
        self.units, self.frequencies, self.scale, self.seed = int(units), int(frequencies), float(scale), seed

    def build(self, input_shape: Any) -> None:
        self._check(input_shape)
        features, mixed = input_shape[1], self.units - 1
        bound = 1 / np.sqrt(self.frequencies)
        first = None if self.seed is None else int(self.seed)
        seeds = [None if first is None else first + i for i in range(3)]
        waves = (features, self.frequencies)
        self.frequency: Any = self.add_weight(
            name="frequency", shape=waves, initializer=initializers.RandomNormal(0.0, self.scale, seed=seeds[0])
        )
        self.phase: Any = self.add_weight(
            name="phase", shape=waves, initializer=initializers.RandomUniform(-0.5, 0.5, seed=seeds[1])
        )
        self.kernel: Any = self.add_weight(
            name="kernel", shape=(features, self.frequencies, mixed),
            initializer=initializers.RandomUniform(-bound, bound, seed=seeds[2]),
        )  # fmt: skip
        self.bias: Any = self.add_weight(name="bias", shape=(features, mixed), initializer="zeros")

    def call(self, inputs: TensorLike) -> Any:
        numbers = ops.expand_dims(inputs, 2)
        waves = ops.cos(ops.multiply(ops.add(ops.multiply(numbers, self.frequency), self.phase), 2 * np.pi))
        mixed = ops.add(ops.einsum("bfw,fwu->bfu", waves, self.kernel), self.bias)
        return ops.concatenate([numbers, mixed], axis=2)

    def compute_output_shape(self, input_shape: Any) -> Any:
        self._check(input_shape)
        return (*input_shape, self.units)

    def _check(self, shape: Any) -> None:
        if len(shape) != 2 or shape[1] is None:
            raise ValueError(
                f"{self._owner} takes (batch, features) with a known number of features; got {tuple(shape)}."
            )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "frequencies": self.frequencies,
            "scale": self.scale,
            "seed": self.seed,
        }
