from typing import Any

from lamina import ops
from lamina._public import public

from ._base import per_image
from ._recolored import Recolored


@public("layers.RandomColorDegeneration")
class RandomColorDegeneration(Recolored):
    """In training mixes each image with its shades of gray: `x + f (gray - x)`.

    Args:
        factor: bounds of f, two numbers in [-1, 1] or one for both signs: 0 changes nothing, 1 takes all colour, and below 0
            colours grow stronger.
        value_range: the least and greatest value of a pixel.
        data_format: "channels_last", "channels_first" or None for the default.
        seed: int or None.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Raises ValueError for images of other than three channels.
    Example:
        >>> layers.RandomColorDegeneration(0.5, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    limits = (-1, 1)

    def _changed(self, images: Any, transformation: Any) -> Any:
        gray = ops.image.rgb_to_grayscale(images, data_format="channels_last")
        factor = per_image(ops.cast(transformation["factor"], images.dtype))
        return ops.clip(images + factor * (gray - images), *self.value_range)
