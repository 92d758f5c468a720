from typing import Any, Unpack

from lamina import ops, random
from lamina._checks import check_fraction, check_non_negative
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from ._random_layer import RandomLayer


@public("layers.GaussianNoise")
class GaussianNoise(RandomLayer):
    """In training, adds normal noise of mean 0.

    Args:
        stddev: standard deviation of the noise.
        seed: int or None.

    Input `(batch, ...)`, output of the same shape.

    Example:
        >>> layers.GaussianNoise(0.5)([1.0, 2.0])
        Tensor([1., 2.], dtype=float32)
    """

    def __init__(self, stddev: Any, seed: Any = None, **kwargs: Unpack[LayerArguments]):
        check_non_negative(stddev, "stddev", "GaussianNoise")
        self.stddev = stddev
        super().__init__(seed=seed, **kwargs)

    def _draws(self) -> bool:
        return self.stddev > 0

    def call(self, inputs: TensorLike, training: bool | None = False) -> Any:
        if not training or self.stddev == 0:
            return inputs
        noise = random.normal(ops.shape(inputs), 0.0, self.stddev, dtype=self.compute_dtype, seed=self.seed_generator)
        return ops.add(inputs, noise)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


@public("layers.GaussianDropout")
class GaussianDropout(RandomLayer):
    """In training, multiplies by normal noise of mean 1 and standard deviation `sqrt(rate / (1 - rate))`.

    Args:
        rate: as in Dropout, `0 <= rate < 1`.
        seed: int or None.

    Input `(batch, ...)`, output of the same shape.

    Example:
        >>> layers.GaussianDropout(0.5)([1.0, 2.0])
        Tensor([1., 2.], dtype=float32)

    Reference: Srivastava et al., Dropout, JMLR 15, 2014
    """

    def __init__(self, rate: Any, seed: Any = None, **kwargs: Unpack[LayerArguments]):
        check_fraction(rate, "rate", "GaussianDropout", closed=False)
        self.rate = rate
        super().__init__(seed=seed, **kwargs)

    def _draws(self) -> bool:
        return self.rate > 0

    def call(self, inputs: TensorLike, training: bool | None = False) -> Any:
        if not training or self.rate == 0:
            return inputs
        stddev = (self.rate / (1.0 - self.rate)) ** 0.5
        noise = random.normal(ops.shape(inputs), 1.0, stddev, dtype=self.compute_dtype, seed=self.seed_generator)
        return ops.multiply(inputs, noise)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
