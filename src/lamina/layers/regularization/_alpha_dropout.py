from typing import Any

from lamina import ops, random
from lamina._public import public
from lamina._typing import TensorLike

from ._dropout import Dropout

# The value that SELU tends to at minus infinity: -scale · alpha.
_SATURATION = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946


@public("layers.AlphaDropout")
class AlphaDropout(Dropout):
    """Dropout that keeps mean and variance of inputs that went through SELU.

    Dropped entries take SELU's lower limit a'; then `a · x + b`, with
    `a = ((1 - rate)(1 + rate · a'²))^-½` and `b = -a · a' · rate`.

    Args:
        rate: fraction that is dropped.
        noise_shape: as in Dropout.
        seed: int or None.

    Input `(batch, ...)`, output of the same shape.

    Example:
        >>> layers.AlphaDropout(0.5)([1.0, 2.0])
        Tensor([1., 2.], dtype=float32)

    Reference: Klambauer et al., Self-Normalizing Neural Networks, 2017, arXiv:1706.02515
    """

    def call(self, inputs: TensorLike, training: bool | None = False) -> Any:
        if not training or self.rate == 0:
            return inputs
        shape = self._noise_shape(inputs) or ops.shape(inputs)
        kept = ops.greater_equal(random.uniform(shape, seed=self.seed_generator), self.rate)
        kept = ops.cast(kept, inputs.dtype)
        a = ((1 - self.rate) * (1 + self.rate * _SATURATION**2)) ** -0.5 if self.rate < 1 else 0.0
        b = -a * _SATURATION * self.rate
        mixed = ops.add(ops.multiply(inputs, kept), ops.multiply(ops.subtract(1.0, kept), _SATURATION))
        return ops.add(ops.multiply(mixed, a), b)
