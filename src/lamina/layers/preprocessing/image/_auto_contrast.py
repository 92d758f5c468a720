from typing import Any, Unpack

from lamina import ops
from lamina._public import public

from ._base import ImageArguments, ImageLayer, range_of


@public("layers.AutoContrast")
class AutoContrast(ImageLayer):
    """Each channel of each image stretched over the whole range, in training and outside.

    Args:
        value_range: the least and greatest value of a pixel.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype; a channel of one value stays as it is.
    Example:
        >>> ops.reshape(layers.AutoContrast()(ops.array([[[10.0], [15.0], [20.0]]])), (3,))
        Tensor([  0. , 127.5, 255. ], dtype=float32)
    """

    config_names = ("value_range",)
    is_random = False
    acts_at_rest = True

    def __init__(self, value_range: Any = (0, 255), data_format: str | None = None, **kwargs: Unpack[ImageArguments]):
        super().__init__(data_format=data_format, **kwargs)
        self.value_range = range_of(value_range, self._owner)

    def _changed(self, images: Any, transformation: Any) -> Any:
        low, high = (f(images, axis=(1, 2), keepdims=True) for f in (ops.min, ops.max))
        start, end = self.value_range
        flat = ops.equal(low, high)
        stretched = (images - low) / ops.where(flat, ops.ones_like(low), high - low) * (end - start) + start
        return ops.where(flat, images, ops.clip(stretched, start, end))
