from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_fraction
from lamina._public import public
from lamina.ops._image_sampling import homography

from ._base import ImageArguments, bounds_of, chosen, draw, per_image
from ._moved import MovedImages


@public("layers.RandomPerspective")
class RandomPerspective(MovedImages):
    """In training shows some images as seen from elsewhere.

    The corners of the image move by random parts of their coordinates; the corner at zero stays.

    Args:
        factor: bounds of the probability, two numbers in [0, 1] or one, the greatest.
        scale: the greatest such part is half of it; a number in [0, 1].
        interpolation: "bilinear" or "nearest".
        fill_value: number for what lies outside the image.
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomPerspective(factor=0.5, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    config_names = ("factor", "scale")

    def __init__(
        self,
        factor: Any = 1.0,
        scale: float = 1.0,
        interpolation: str = "bilinear",
        fill_value: float = 0.0,
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__("constant", interpolation, seed, fill_value, data_format, **kwargs)
        check_fraction(scale, "scale", self._owner)
        self.factor = bounds_of(factor, "factor", self._owner, 0, 1)
        self.scale = scale

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        batch, height, width, _ = shape
        applied = chosen(seed, batch, self.factor)
        move = draw(seed, (batch, 4, 2), (-0.5 * self.scale, 0.5 * self.scale))
        right, bottom = width - 1.0, height - 1.0
        corners = ops.array([[[0.0, 0.0], [right, 0.0], [0.0, bottom], [right, bottom]]], "float32")
        start = ops.broadcast_to(corners, (batch, 4, 2))
        return {"apply_perspective": applied, "start_points": start, "end_points": start + start * move}

    def _projection(self, transformation: Any, size: tuple[int, int]) -> Any:
        start, end = transformation["start_points"], transformation["end_points"]
        return homography(start, ops.where(ops.reshape(transformation["apply_perspective"], (-1, 1, 1)), end, start))

    def _read(self, x: Any, transformation: Any, interpolation: str) -> Any:
        points = transformation["start_points"], transformation["end_points"]
        moved = ops.image.perspective_transform(x, *points, interpolation, self.fill_value, data_format="channels_last")
        return ops.where(per_image(transformation["apply_perspective"]), moved, x)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["fill_mode"]
        return config
