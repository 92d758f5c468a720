from typing import Any, Unpack

from lamina import ops
from lamina._public import public

from ._base import ImageArguments, bounds_of, draw
from ._moved import MovedImages


def _both_ways(factor: Any, name: str, where: str) -> tuple[float, float]:
    """One number stands for both signs. A pair of both signs is what configs of Keras hold for it."""
    is_pair = isinstance(factor, (tuple, list)) and len(factor) == 2
    if is_pair and factor[0] == -factor[1]:
        factor = factor[1]
    low, high = bounds_of(factor, name, where, 0, 1)
    return (low, high) if isinstance(factor, (tuple, list)) else (-high, high)


@public("layers.RandomShear")
class RandomShear(MovedImages):
    """In training shears each image by random amounts.

    Args:
        x_factor: bounds of how far a pixel moves sideways for each row, two numbers in [0, 1] or one for both signs; two
            numbers get a random sign too, the same for both axes.
        y_factor: how far up or down for each column, likewise.
        interpolation: "bilinear" or "nearest".
        fill_mode: what lies beyond the edges: "reflect", "wrap", "constant" or "nearest".
        fill_value: number for "constant".
        data_format: "channels_last", "channels_first" or None for the default.
        seed: int or None.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomShear(x_factor=0.2, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    config_names = ("x_factor", "y_factor")

    def __init__(
        self,
        x_factor: Any = 0.0,
        y_factor: Any = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: Any = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.x_factor = x_factor
        self.y_factor = y_factor
        self._across = _both_ways(x_factor, "x_factor", self._owner)
        self._down = _both_ways(y_factor, "y_factor", self._owner)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        back = draw(seed, (shape[0], 1), (0.0, 1.0)) > 0.5
        down, across = draw(seed, (shape[0], 1), self._down), draw(seed, (shape[0], 1), self._across)
        shear = ops.concatenate([across, down], axis=1)
        return {"shear_factor": ops.where(back, -shear, shear)}

    def _matrix(self, transformation: Any, size: tuple[int, int]) -> tuple[Any, ...]:
        across, down = transformation["shear_factor"][:, 0], transformation["shear_factor"][:, 1]
        return 1.0, across, 0.0, down, 1.0, 0.0
