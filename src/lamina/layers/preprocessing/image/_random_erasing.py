from typing import Any, Unpack

from lamina import ops
from lamina._checks import is_number
from lamina._public import public
from lamina.random._noise import noise

from ._base import ImageArguments, ImageLayer, bounds_of, chosen, draw, per_image, range_of
from ._boxed import inside, side


@public("layers.RandomErasing")
class RandomErasing(ImageLayer):
    """In training fills a random rectangle of some images.

    Args:
        factor: bounds of the probability, two numbers in [0, 1] or one, the greatest.
        scale: bounds of the rectangle's area in parts of the image's, likewise.
        fill_value: what fills it: a number, one for each of three channels, or None for noise.
        value_range: the least and greatest value of a pixel.
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks", which stay.
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomErasing(factor=0.5, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)

    Reference: Zhong et al., Random Erasing Data Augmentation, 2017, https://arxiv.org/abs/1708.04896.
    """

    config_names = ("factor", "scale", "fill_value", "value_range")

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = (0.02, 0.33),
        fill_value: Any = None,
        value_range: Any = (0, 255),
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = bounds_of(factor, "factor", self._owner, 0, 1)
        self.scale = bounds_of(scale, "scale", self._owner, 0, 1)
        self.value_range = range_of(value_range, self._owner)
        values = fill_value if isinstance(fill_value, (tuple, list)) else [fill_value] * 3
        if fill_value is not None and (len(values) != 3 or not all(map(is_number, values))):
            raise ValueError(f"{self._owner}: fill_value must be a number, three of them or None; got {fill_value!r}.")
        self.fill_value = fill_value

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        batch, height, width, _ = shape
        shares = ops.sqrt(draw(seed, (batch, 2), self.scale))
        across = side(seed, batch, width, shares[:, 0])
        down = side(seed, batch, height, shares[:, 1])
        return {
            "batch_masks": inside(shape, across, down),
            "apply_erasing": chosen(seed, batch, self.factor),
            "fill_value": ops.clip(self._filling(shape, seed), *self.value_range),
        }

    def _filling(self, shape: tuple[int, ...], seed: Any) -> Any:
        if self.fill_value is None:
            return noise(shape, seed) * self.value_range[1]
        return ops.cast(ops.array(self.fill_value), "float32")

    def _changed(self, images: Any, transformation: Any) -> Any:
        erased = ops.logical_and(transformation["batch_masks"], per_image(transformation["apply_erasing"]))
        return ops.where(erased, ops.cast(transformation["fill_value"], images.dtype), images)
