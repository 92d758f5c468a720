from typing import Any

import numpy as np

from lamina import ops
from lamina._public import public

from .._base._layer import Layer


@public("layers.Rescaling")
class Rescaling(Layer):
    """`x · scale + offset`, such as `Rescaling(1 / 255)` for images.

    Args:
        scale: number or list of numbers for the last axis.
        offset: number or list of numbers.
    Example:
        >>> layers.Rescaling(1 / 255)([0.0, 255.0])
        Tensor([0., 1.], dtype=float32)
    """

    def __init__(self, scale, offset=0.0, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs):
        dtype = self.compute_dtype
        scale, offset = (ops.cast(np.asarray(v, "float32"), dtype) for v in (self.scale, self.offset))
        return ops.add(ops.multiply(ops.cast(inputs, dtype), scale), offset)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "scale": self.scale, "offset": self.offset}
