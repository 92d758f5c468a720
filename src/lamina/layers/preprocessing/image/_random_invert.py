from typing import Any, Unpack

from lamina import ops
from lamina._public import public

from ._base import ImageArguments, chosen, per_image
from ._recolored import Recolored


@public("layers.RandomInvert")
class RandomInvert(Recolored):
    """In training turns some images into their negatives.

    Args:
        factor: bounds of the probability, two numbers in [0, 1] or one, the greatest.
        value_range: the least and greatest value of a pixel.
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomInvert(factor=0.5, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        factor: Any = 1.0,
        value_range: Any = (0, 255),
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(factor, value_range, data_format, seed, **kwargs)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        return {"apply_inversion": chosen(seed, shape[0], self.factor)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        return ops.where(per_image(transformation["apply_inversion"]), sum(self.value_range) - images, images)
