from typing import Any, Unpack

from lamina import ops
from lamina._public import public

from ._base import ImageArguments, ImageLayer, bounds_of, draw, per_image, range_of


@public("layers.RandomBrightness")
class RandomBrightness(ImageLayer):
    """In training adds a random part of the range to each image, clipped to the range.

    Args:
        factor: bounds of that part, two numbers in [-1, 1] or one for both signs.
        value_range: the least and greatest value of a pixel.
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomBrightness(0.2, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    config_names = ("factor", "value_range")

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = bounds_of(factor, "factor", self._owner, -1, 1)
        self.value_range = range_of(value_range, self._owner)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        low, high = self.value_range
        return {"rgb_delta": draw(seed, (shape[0], 1, 1, 1), self.factor) * (high - low)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        return ops.clip(images + per_image(transformation["rgb_delta"]), *self.value_range)
