from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_one_of
from lamina._public import public

from ..boxes._formats import joined, parts
from ._base import ImageArguments, ImageLayer, draw, per_image

_AXES = {"horizontal": (2,), "vertical": (1,), "horizontal_and_vertical": (2, 1)}


@public("layers.RandomFlip")
class RandomFlip(ImageLayer):
    """In training flips half of the images.

    Args:
        mode: "horizontal" (left and right change sides), "vertical" or "horizontal_and_vertical" (an image is flipped both
            ways or none).
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomFlip("horizontal", seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    config_names = ("mode",)
    moves = True

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        check_one_of(mode, tuple(_AXES), "mode", self._owner)
        self.mode = mode

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        return {"flips": ops.less_equal(draw(seed, (shape[0], 1, 1, 1), (0.0, 1.0)), 0.5)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        return ops.where(per_image(transformation["flips"]), ops.flip(images, axis=_AXES[self.mode]), images)

    _changed_masks = _changed

    def _changed_boxes(self, boxes: Any, transformation: Any, size: tuple[int, int]) -> Any:
        height, width = size
        left, top, right, bottom = parts(boxes)
        if 2 in _AXES[self.mode]:
            left, right = width - right, width - left
        if 1 in _AXES[self.mode]:
            top, bottom = height - bottom, height - top
        flips = ops.reshape(transformation["flips"], (-1, 1, 1))
        return ops.where(flips, joined([left, top, right, bottom]), boxes)
