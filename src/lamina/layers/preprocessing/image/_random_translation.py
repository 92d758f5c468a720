from typing import Any, Unpack

from lamina import ops
from lamina._public import public

from ._base import ImageArguments, bounds_of, draw
from ._moved import MovedImages


@public("layers.RandomTranslation")
class RandomTranslation(MovedImages):
    """In training moves each image down and to the right by random parts of its size.

    Args:
        height_factor, width_factor: the parts, two bounds in [-1, 1] or one number for both signs.
        fill_mode: what lies beyond the edges: "reflect", "wrap", "constant" or "nearest".
        interpolation: "bilinear" or "nearest".
        fill_value: number for "constant".
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomTranslation(0.1, 0.1, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    config_names = ("height_factor", "width_factor")

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any,
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
        self._down = bounds_of(height_factor, "height_factor", self._owner, -1, 1)
        self._right = bounds_of(width_factor, "width_factor", self._owner, -1, 1)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        down = draw(seed, (shape[0], 1), self._down) * shape[1]
        right = draw(seed, (shape[0], 1), self._right) * shape[2]
        return {"translations": ops.concatenate([right, down], axis=1)}

    def _matrix(self, transformation: Any, size: tuple[int, int]) -> tuple[Any, ...]:
        right, down = transformation["translations"][:, 0], transformation["translations"][:, 1]
        return 1.0, 0.0, -right, 0.0, 1.0, -down
