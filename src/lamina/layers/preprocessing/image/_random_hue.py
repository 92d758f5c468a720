from typing import Any

from lamina import ops
from lamina._public import public

from ._base import draw, per_image, rescaled
from ._recolored import Recolored


@public("layers.RandomHue")
class RandomHue(Recolored):
    """In training turns the hue of each image by a random part of the circle of colours.

    Args:
        factor: bounds of twice that part, two numbers in [0, 1] or one, the greatest; it turns either way.
        value_range: the least and greatest value of a pixel.
        data_format: "channels_last", "channels_first" or None for the default.
        seed: int or None.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomHue(0.2, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        backwards = draw(seed, (shape[0],), (0.0, 1.0)) > 0.5
        part = draw(seed, (shape[0],), self.factor) * 0.5
        return {"factor": ops.where(backwards, -part, part)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        hsv = ops.image.rgb_to_hsv(rescaled(images, self.value_range, (0, 1)), data_format="channels_last")
        hue = hsv[..., :1] + per_image(ops.cast(transformation["factor"], hsv.dtype))
        hue = ops.where(hue > 1, hue - 1, ops.where(hue < 0, hue + 1, hue))
        rgb = ops.image.hsv_to_rgb(ops.concatenate([hue, hsv[..., 1:]], axis=-1), data_format="channels_last")
        return rescaled(ops.clip(rgb, 0, 1), (0, 1), self.value_range)
