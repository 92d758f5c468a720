from typing import Any, Unpack

import numpy as np

from lamina import _settings, ops
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from ._converts_weight import ConvertsWeight


@public("layers.Rescaling")
class Rescaling(ConvertsWeight, Layer):
    """`x · scale + offset`, such as `Rescaling(1 / 255)` for images.

    Args:
        scale: number or list of numbers for the channels.
        offset: number or list of numbers.

    Input `(batch, ...)` of numbers, output of the same shape in the compute dtype.

    Example:
        >>> layers.Rescaling(1 / 255)([0.0, 255.0])
        Tensor([0., 1.], dtype=float32)
    """

    def __init__(self, scale: TensorLike, offset: TensorLike = 0.0, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        dtype = self.compute_dtype
        scale, offset = (ops.cast(self._along_channels(v), dtype) for v in (self.scale, self.offset))
        return ops.add(ops.multiply(ops.cast(inputs, dtype), scale), offset)

    def _along_channels(self, value: TensorLike) -> np.ndarray:
        """A vector belongs to the channels: the last axis, or the first of three after the batch with "channels_first"."""
        value = np.asarray(value, "float32")
        is_first = value.ndim > 0 and _settings.image_data_format() == "channels_first"
        return value.reshape(value.shape + (1,) * (3 - value.ndim)) if is_first else value

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "scale": _plain(self.scale), "offset": _plain(self.offset)}


def _plain(value: TensorLike) -> Any:
    return np.asarray(value).tolist() if hasattr(value, "__array__") else value
