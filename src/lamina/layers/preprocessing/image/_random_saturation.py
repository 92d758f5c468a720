from typing import Any

from lamina import _settings, ops
from lamina._public import public

from ._base import draw, per_image
from ._recolored import Recolored


@public("layers.RandomSaturation")
class RandomSaturation(Recolored):
    """In training makes the colours of each image paler or stronger.

    The saturation is multiplied by `f / (1 - f)`, and is one at most.

    Args:
        factor: bounds of f, two numbers in [-1, 1] or one for both signs: 0 and below give shades of gray, 0.5 changes
            nothing, 1 gives colours as strong as they can be.
        value_range: the least and greatest value of a pixel.
        data_format: "channels_last", "channels_first" or None for the default.
        seed: int or None.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomSaturation(0.5, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    limits = (-1, 1)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        factor = draw(seed, (shape[0],), self.factor)
        return {"factor": factor / (1 - factor + _settings.epsilon())}

    def _changed(self, images: Any, transformation: Any) -> Any:
        hsv = ops.image.rgb_to_hsv(images, data_format="channels_last")
        factor = per_image(ops.cast(transformation["factor"], hsv.dtype))
        strength = ops.clip(hsv[..., 1:2] * factor, 0, 1)
        hsv = ops.concatenate([hsv[..., :1], strength, hsv[..., 2:]], axis=-1)
        return ops.image.hsv_to_rgb(hsv, data_format="channels_last")
