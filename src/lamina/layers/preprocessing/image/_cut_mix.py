from typing import Any, Unpack

from lamina import ops
from lamina._public import public
from lamina.random import _same as same

from ._base import ImageArguments, ImageLayer, bounds_of, draw
from ._blended import blended
from ._boxed import inside, side


@public("layers.CutMix")
class CutMix(ImageLayer):
    """In training pastes a random rectangle of another image of the batch into each; labels are mixed by area.

    Args:
        factor: bounds of both parameters of the Beta distribution of the area that stays, two numbers in [0, 1] or one, the
            greatest.
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)`, or a dict with "images" and perhaps "labels" (one-hot, `(batch, classes)`) and
    "segmentation_masks". It takes no boxes: ValueError.
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.CutMix(seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)

    Reference: Yun et al., CutMix, 2019, https://arxiv.org/abs/1905.04899.
    """

    config_names = ("factor",)

    def __init__(
        self,
        factor: Any = 1.0,
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = bounds_of(factor, "factor", self._owner, 0, 1)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        batch, height, width, _ = shape
        alpha = draw(seed, (), self.factor) + 1e-6
        share = ops.sqrt(1.0 - same.beta((batch,), alpha, alpha, seed))
        across, down = side(seed, batch, width, share), side(seed, batch, height, share)
        area = (across[1] - across[0]) * (down[1] - down[0]) / (height * width)
        return {
            "permutation_order": same.order(batch, seed),
            "batch_masks": inside(shape, across, down),
            "mix_weight": 1.0 - area,
        }

    def _changed(self, images: Any, transformation: Any) -> Any:
        other = ops.take(images, transformation["permutation_order"], axis=0)
        return ops.where(transformation["batch_masks"], other, images)

    _changed_masks = _changed

    def _changed_labels(self, labels: Any, transformation: Any) -> Any:
        return blended(labels, transformation, self.compute_dtype)

    def transform_bounding_boxes(
        self, bounding_boxes: dict[str, Any], transformation: Any = None, training: bool | None = True
    ) -> Any:
        """Raises ValueError in training."""
        self._check_boxes(bounding_boxes)
        if self._acts(transformation, training):
            raise ValueError(f"{self._owner}: boxes cannot be cut and mixed; leave out bounding_boxes.")
        return bounding_boxes
