import math
from typing import Any, Unpack

from lamina import ops
from lamina._public import public

from ._base import ImageArguments, bounds_of, draw
from ._moved import MovedImages


@public("layers.RandomRotation")
class RandomRotation(MovedImages):
    """In training turns each image about its middle by a random angle.

    Args:
        factor: bounds of the angle in parts of a full turn, two numbers in [-1, 1] or one for both signs. Positive angles
            turn counterclockwise.
        fill_mode: what lies beyond the edges: "reflect", "wrap", "constant" or "nearest".
        interpolation: "bilinear" or "nearest".
        fill_value: number for "constant".
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomRotation(0.1, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    config_names = ("factor",)

    def __init__(
        self,
        factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: Any = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.factor = bounds_of(factor, "factor", self._owner, -1, 1)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        return {"angle": draw(seed, (shape[0],), self.factor) * 360.0}

    def _matrix(self, transformation: Any, size: tuple[int, int]) -> tuple[Any, ...]:
        angle = transformation["angle"] * (math.pi / 180)
        y, x = (size[0] - 1) / 2, (size[1] - 1) / 2
        cos, sin = ops.cos(angle), ops.sin(angle)
        return cos, -sin, x - x * cos + y * sin, sin, cos, y - x * sin - y * cos
