from typing import Any

from lamina._typing import TensorLike
from lamina.variables import SeedGenerator

from .._base._layer import Layer
from .._base._specs import keep_dtype


class RandomLayer(Layer):
    """The base of layers that add noise in training and do nothing otherwise."""

    def __init__(self, seed: Any = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.seed = seed
        self.supports_masking = True
        self.seed_generator = None
        if self._draws():
            self.seed_generator: Any = SeedGenerator(seed)
        self._build_at_init()

    def _draws(self) -> bool:
        """Whether the options given ever need random numbers."""
        return True

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def compute_output_spec(self, inputs: TensorLike, training: bool | None = None) -> Any:
        return keep_dtype(self, inputs)
