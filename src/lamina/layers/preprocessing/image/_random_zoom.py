from typing import Any, Unpack

from lamina._public import public

from ._base import ImageArguments, bounds_of, draw
from ._moved import MovedImages


@public("layers.RandomZoom")
class RandomZoom(MovedImages):
    """In training shows a random share of each image, larger or smaller, about its middle.

    Args:
        height_factor, width_factor: bounds of how much more of the image is seen, two numbers above -1, 1 at most, or one
            for both signs: -0.5 shows half of it, twice as large. With `width_factor` None, the aspect ratio stays.
        fill_mode: what lies beyond the edges: "reflect", "wrap", "constant" or "nearest".
        interpolation: "bilinear" or "nearest".
        fill_value: number for "constant".
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomZoom(0.2, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    config_names = ("height_factor", "width_factor")

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: Any = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor = height_factor
        self.width_factor = width_factor
        self._tall = bounds_of(height_factor, "height_factor", self._owner, -1, 1)
        self._wide = None if width_factor is None else bounds_of(width_factor, "width_factor", self._owner, -1, 1)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        tall = draw(seed, (shape[0], 1), self._tall) + 1.0
        wide = tall if self._wide is None else draw(seed, (shape[0], 1), self._wide) + 1.0
        return {"height_zoom": tall, "width_zoom": wide}

    def _matrix(self, transformation: Any, size: tuple[int, int]) -> tuple[Any, ...]:
        wide, tall = transformation["width_zoom"], transformation["height_zoom"]
        y, x = (size[0] - 1) / 2, (size[1] - 1) / 2
        return wide, 0.0, x - x * wide, 0.0, tall, y - y * tall
