from typing import Any, Unpack

from lamina import ops
from lamina._public import public

from ._base import ImageArguments, ImageLayer, bounds_of, draw, per_image, range_of


@public("layers.RandomContrast")
class RandomContrast(ImageLayer):
    """In training scales the contrast of each image: `(x - mean) · c + mean` for each channel, clipped to the range.

    Args:
        factor: bounds (a, b) in [0, 1], or one number for both: c lies in [1 - a, 1 + b).
        value_range: the least and greatest value of a pixel.
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomContrast(0.2, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
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
        pair = tuple(factor) if isinstance(factor, (tuple, list)) else (factor, factor)
        self.factor = bounds_of(pair, "factor", self._owner, 0, 1)
        self.value_range = range_of(value_range, self._owner)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        bounds = (1.0 - self.factor[0], 1.0 + self.factor[1])
        return {"contrast_factor": draw(seed, (shape[0], 1, 1, 1), bounds)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        x = ops.cast(images, "float32")
        mean = ops.mean(x, axis=(1, 2), keepdims=True)
        return ops.clip((x - mean) * per_image(transformation["contrast_factor"]) + mean, *self.value_range)
