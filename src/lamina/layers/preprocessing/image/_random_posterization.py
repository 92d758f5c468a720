from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_each, check_positive_int
from lamina._public import public
from lamina.random import _same as same

from ._base import ImageArguments, per_image, rescaled
from ._recolored import Recolored


@public("layers.RandomPosterization")
class RandomPosterization(Recolored):
    """In training keeps only the first bits of the eight of each pixel.

    Args:
        factor: how many: two ints from 1 to 8, from which a number below the second is drawn, or one, the second.
        value_range: the least and greatest value of a pixel.
        data_format: "channels_last", "channels_first" or None for the default.
        seed: int or None.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomPosterization(4, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    limits = (1, 8)

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: Any = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(factor, value_range, data_format, seed, **kwargs)
        for bits in self.factor:
            check_each(check_positive_int, self._owner, factor=bits)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        low, high = (int(bits) for bits in self.factor)
        if low == high:
            return {"shift_factor": ops.full((shape[0],), 8 - low, "int32")}
        return {"shift_factor": 8 - same.integers((shape[0],), low, high, seed)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        x = ops.cast(images, "float32")
        pixels = ops.floor(ops.clip(rescaled(x, self.value_range, (0, 255)), 0, 255))
        # Shifted right, then left: a power of two is exact.
        step = per_image(ops.power(2.0, ops.cast(transformation["shift_factor"], "float32")))
        return rescaled(ops.floor(pixels / step) * step, (0, 255), self.value_range)
