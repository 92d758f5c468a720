from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_non_negative_int, check_one_of
from lamina._public import public
from lamina.ops._image_layout import SAMPLING

from ._alternatives import Alternatives
from ._base import ImageArguments, bounds_of, range_of


@public("layers.RandAugment")
class RandAugment(Alternatives):
    """In training applies a few layers of eleven, chosen at random for the whole batch.

    They are those of shear, translation, rotation, brightness, colour, contrast, sharpness, posterization and solarization,
    `AutoContrast` and `Equalization`.

    Args:
        value_range: the least and greatest value of a pixel.
        num_ops: how many, one after the other; an int, 0 for none.
        factor: bounds of the strength of each, two numbers in [0, 1] or one, the greatest.
        interpolation: "bilinear" or "nearest".
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandAugment(seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)

    Reference: Cubuk et al., RandAugment, 2019, https://arxiv.org/abs/1909.13719.
    """

    config_names = ("value_range", "num_ops", "factor", "interpolation")

    def __init__(
        self,
        value_range: Any = (0, 255),
        num_ops: int = 2,
        factor: Any = 0.5,
        interpolation: str = "bilinear",
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        check_non_negative_int(num_ops, "num_ops", self._owner)
        check_one_of(interpolation, SAMPLING, "interpolation", self._owner)
        self.value_range = range_of(value_range, self._owner)
        self.num_ops = num_ops
        self.factor = bounds_of(factor, "factor", self._owner, 0, 1)
        self.interpolation = interpolation
        self._layers_by_name = self._made(bounding_box_format=self.bounding_box_format)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        return self._choices(seed, (self.num_ops,), len(self._layers_by_name))

    def _all(self, part: str, x: Any, transformation: Any, shape: tuple[int, ...]) -> Any:
        layers = list(self._layers_by_name.values())
        for i in range(self.num_ops):
            which, pair = transformation["layer_idxes"][i], transformation["seeds"][i]
            x = self._one_of(layers, which, pair, part, x, shape)
        return x

    def _changed(self, images: Any, transformation: Any) -> Any:
        return self._all("images", images, transformation, self._last(transformation["input_shape"]))

    def _changed_masks(self, masks: Any, transformation: Any) -> Any:
        return self._all("segmentation_masks", masks, transformation, self._last(transformation["input_shape"]))

    def transform_bounding_boxes(
        self, bounding_boxes: dict[str, Any], transformation: Any = None, training: bool | None = True
    ) -> Any:
        """Boxes moved as the images."""
        self._check_boxes(bounding_boxes)
        if not self._acts(transformation, training):
            return bounding_boxes
        known = {"boxes": ops.cast(bounding_boxes["boxes"], "float32"), "labels": bounding_boxes["labels"]}
        known["labels"] = ops.convert_to_tensor(known["labels"])
        shape = self._last(transformation["input_shape"])
        return {**bounding_boxes, **self._all("bounding_boxes", known, transformation, shape)}
