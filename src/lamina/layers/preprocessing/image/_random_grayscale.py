from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_fraction
from lamina._public import public

from ._base import ImageArguments, ImageLayer, draw, per_image


@public("layers.RandomGrayscale")
class RandomGrayscale(ImageLayer):
    """In training takes the colour from a random share of the images.

    Args:
        factor: the share, in [0, 1].
        data_format: "channels_last", "channels_first" or None for the default.
        seed: int or None.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomGrayscale(0.5, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    config_names = ("factor",)

    def __init__(
        self,
        factor: float = 0.5,
        data_format: str | None = None,
        seed: Any = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        check_fraction(factor, "factor", self._owner)
        self.factor = factor

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        return {"should_apply": ops.less(draw(seed, (shape[0], 1, 1, 1), (0.0, 1.0)), self.factor)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        gray = ops.image.rgb_to_grayscale(images, data_format="channels_last")
        return ops.where(per_image(transformation["should_apply"]), gray, images)
