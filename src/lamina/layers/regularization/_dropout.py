from typing import Any, Unpack

from lamina import ops, random
from lamina._checks import check_fraction
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from ._random_layer import RandomLayer


@public("layers.Dropout")
class Dropout(RandomLayer):
    """In training, sets a random part of the inputs to zero and scales the rest by `1 / (1 - rate)`.

    Args:
        rate: fraction that is dropped, `0 <= rate <= 1`.
        noise_shape: shape of the mask, with 1 along axes that share it; None entries are the input's sizes.
        seed: int or None.

    Input `(batch, ...)`, output of the same shape.

    Example:
        >>> layers.Dropout(0.5)([1.0, 2.0])  # off outside training
        Tensor([1., 2.], dtype=float32)

    Reference: Srivastava et al., Dropout, JMLR 15, 2014
    """

    def __init__(self, rate: Any, noise_shape: Any = None, seed: Any = None, **kwargs: Unpack[LayerArguments]):
        check_fraction(rate, "rate", type(self).__name__)
        self.rate = rate
        super().__init__(seed=seed, **kwargs)
        if noise_shape is not None:
            self._check_noise_shape(noise_shape)
        self.noise_shape = noise_shape if noise_shape is None else tuple(noise_shape)

    def _draws(self) -> bool:
        return self.rate > 0

    def _check_noise_shape(self, noise_shape: Any) -> None:
        ok = isinstance(noise_shape, (list, tuple)) and all(
            s is None or (isinstance(s, int) and s > 0) for s in noise_shape
        )
        if not ok:
            raise ValueError(
                f"{self._owner}: noise_shape must be a tuple of positive sizes and None; got {noise_shape!r}."
            )

    def _noise_shape(self, inputs: Any) -> Any:
        if self.noise_shape is None:
            return None
        if len(self.noise_shape) != len(inputs.shape):
            raise ValueError(
                f"{self._owner}: noise_shape {self.noise_shape} must have as many axes as the input, {inputs.shape}."
            )
        return tuple(n if s is None else s for s, n in zip(self.noise_shape, ops.shape(inputs)))

    def call(self, inputs: TensorLike, training: bool | None = False) -> Any:
        if not training or self.rate == 0:
            return inputs
        return random.dropout(inputs, self.rate, noise_shape=self._noise_shape(inputs), seed=self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed, "noise_shape": self.noise_shape}
