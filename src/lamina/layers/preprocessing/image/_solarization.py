from typing import Any, Unpack

from lamina import ops
from lamina._public import public

from ._base import ImageArguments, ImageLayer, bounds_of, draw, per_image, range_of, rescaled


@public("layers.Solarization")
class Solarization(ImageLayer):
    """In training adds a random part of the range to each image, then turns pixels that are not below a threshold into their
    negatives.

    Args:
        addition_factor: bounds of that part, two numbers in [0, 1] or one, the greatest.
        threshold_factor: bounds of the threshold in parts of the range, likewise.
        value_range: the least and greatest value of a pixel.
        seed: int or None.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> negative = layers.Solarization()
        >>> ops.reshape(negative(ops.array([[[10.0], [200.0]]]), training=True), (2,))
        Tensor([245.,  55.], dtype=float32)
    """

    config_names = ("addition_factor", "threshold_factor", "value_range")

    def __init__(
        self,
        addition_factor: Any = 0.0,
        threshold_factor: Any = 0.0,
        value_range: Any = (0, 255),
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.addition_factor = bounds_of(addition_factor, "addition_factor", self._owner, 0, 1)
        self.threshold_factor = bounds_of(threshold_factor, "threshold_factor", self._owner, 0, 1)
        self.value_range = range_of(value_range, self._owner)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        factors = {"additions": self.addition_factor, "thresholds": self.threshold_factor}
        return {name: draw(seed, (shape[0], 1, 1, 1), bounds) * 255 for name, bounds in factors.items()}

    def _changed(self, images: Any, transformation: Any) -> Any:
        additions, thresholds = (per_image(transformation[k]) for k in ("additions", "thresholds"))
        x = ops.clip(rescaled(images, self.value_range, (0, 255)) + additions, 0, 255)
        return rescaled(ops.where(x < thresholds, x, 255 - x), (0, 255), self.value_range)
