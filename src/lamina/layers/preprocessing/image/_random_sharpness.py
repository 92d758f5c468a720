from typing import Any

import numpy as np

from lamina import ops
from lamina._public import public

from ._base import per_image
from ._recolored import Recolored

_SMOOTH = (np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]], "float32") / 13).reshape(3, 3, 1, 1)


@public("layers.RandomSharpness")
class RandomSharpness(Recolored):
    """In training sharpens or blurs each image: `x + (1 - 2 f)(smooth - x)`, `smooth` being a mean of neighbours.

    Args:
        factor: bounds of f, two numbers in [0, 1] or one, the greatest: 0 smooths, 0.5 changes nothing, 1 sharpens.
        value_range: the least and greatest value of a pixel.
        data_format: "channels_last", "channels_first" or None for the default.
        seed: int or None.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomSharpness(0.5, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def _changed(self, images: Any, transformation: Any) -> Any:
        kernel = ops.tile(ops.convert_to_tensor(_SMOOTH, images.dtype), (1, 1, images.shape[-1], 1))
        smooth = ops.depthwise_conv(images, kernel, strides=1, padding="same", data_format="channels_last")
        part = 1 - 2 * per_image(ops.cast(transformation["factor"], images.dtype))
        return ops.clip(images + part * (smooth - images), *self.value_range)
