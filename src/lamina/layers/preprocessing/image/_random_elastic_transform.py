from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_one_of
from lamina._public import public
from lamina.ops._image_layout import FILL_MODES, SAMPLING
from lamina.random._elastic_transform import bent
from lamina.random._seed import draw_seed

from ._base import ImageArguments, ImageLayer, bounds_of, chosen, draw, per_image, range_of


@public("layers.RandomElasticTransform")
class RandomElasticTransform(ImageLayer):
    """In training bends some images by smooth random fields, as `ops.image.elastic_transform` does.

    Args:
        factor: bounds of the probability, two numbers in [0, 1] or one, the greatest.
        scale: bounds of the strength s, likewise, drawn once for a batch: the field has `sigma = 0.05 s` of the shorter side
            and `alpha = 0.1 s` of the longer.
        interpolation: "bilinear" or "nearest".
        fill_mode: what lies beyond the edges: "reflect", "mirror", "wrap", "constant" or "nearest".
        fill_value: number for "constant".
        value_range: the least and greatest value of a pixel.
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels" and
    "segmentation_masks". Boxes cannot follow a bent image: ValueError.
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomElasticTransform(factor=0.5, scale=0.5, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    config_names = ("factor", "scale", "interpolation", "fill_mode", "fill_value", "value_range")

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = 1.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        value_range: Any = (0, 255),
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        check_one_of(interpolation, SAMPLING, "interpolation", self._owner)
        check_one_of(fill_mode, FILL_MODES, "fill_mode", self._owner)
        self.factor = bounds_of(factor, "factor", self._owner, 0, 1)
        self.scale = bounds_of(scale, "scale", self._owner, 0, 1)
        self.interpolation = interpolation
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.value_range = range_of(value_range, self._owner)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        applied = chosen(seed, shape[0], self.factor)
        strength = draw(seed, (), self.scale)
        # One seed, so that masks bend as their images do.
        return {"apply_transform": applied, "distortion_factor": strength, "seed": draw_seed(seed)}

    def _changed(self, images: Any, transformation: Any) -> Any:
        return ops.clip(self._bent(images, transformation, self.interpolation), *self.value_range)

    def _changed_masks(self, masks: Any, transformation: Any) -> Any:
        return self._bent(masks, transformation, "nearest")

    def _bent(self, x: Any, transformation: Any, interpolation: str) -> Any:
        if not self.scale[1]:
            return x
        sides, strength = x.shape[1:3], transformation["distortion_factor"]
        sigma, alpha = min(sides) * 0.05 * strength + 1e-6, max(sides) * 0.1 * strength
        size = int(6 * min(sides) * 0.05 * self.scale[1]) | 1
        moved = bent(x, alpha, sigma, size, interpolation, self.fill_mode, self.fill_value, transformation["seed"])
        return ops.where(per_image(transformation["apply_transform"]), moved, x)

    def transform_bounding_boxes(
        self, bounding_boxes: dict[str, Any], transformation: Any = None, training: bool | None = True
    ) -> Any:
        """Raises ValueError in training."""
        self._check_boxes(bounding_boxes)
        if self._acts(transformation, training):
            raise ValueError(f"{self._owner}: boxes cannot follow a bent image; leave out bounding_boxes.")
        return bounding_boxes
