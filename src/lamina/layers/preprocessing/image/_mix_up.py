from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_positive
from lamina._public import public
from lamina.random import _same as same

from ._base import ImageArguments, ImageLayer
from ._blended import blended


@public("layers.MixUp")
class MixUp(ImageLayer):
    """In training mixes each image with another of its batch: `w x + (1 - w) y`, labels and masks likewise.

    Args:
        alpha: both parameters of the Beta distribution of w, a positive number.
        data_format: "channels_last", "channels_first" or None for the default.
        seed: int or None.

    Input `(batch, height, width, channels)`, or a dict with "images" and perhaps "labels" (one-hot, `(batch, classes)`),
    "segmentation_masks" and "bounding_boxes", which both images give.
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.MixUp(seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)

    Reference: Zhang et al., mixup: Beyond Empirical Risk Minimization, 2018, https://arxiv.org/abs/1710.09412.
    """

    config_names = ("alpha",)

    def __init__(
        self,
        alpha: float = 0.2,
        data_format: str | None = None,
        seed: Any = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        check_positive(alpha, "alpha", self._owner)
        self.alpha = alpha

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        order = same.order(shape[0], seed)
        return {"mix_weight": same.beta((shape[0],), self.alpha, self.alpha, seed), "permutation_order": order}

    def _changed(self, images: Any, transformation: Any) -> Any:
        return blended(images, transformation, images.dtype)

    def _changed_labels(self, labels: Any, transformation: Any) -> Any:
        return blended(labels, transformation, self.compute_dtype)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any = None, training: bool | None = True
    ) -> Any:
        """Masks mixed as the images, in the compute dtype."""
        if not self._acts(transformation, training):
            return segmentation_masks
        return blended(segmentation_masks, transformation, self.compute_dtype)

    def transform_bounding_boxes(
        self, bounding_boxes: dict[str, Any], transformation: Any = None, training: bool | None = True
    ) -> Any:
        """The boxes of both images, one after the other."""
        self._check_boxes(bounding_boxes)
        if not self._acts(transformation, training):
            return bounding_boxes
        order = transformation["permutation_order"]
        both = {k: ops.convert_to_tensor(bounding_boxes[k]) for k in ("boxes", "labels")}
        return {**bounding_boxes, **{k: ops.concatenate([v, ops.take(v, order, axis=0)], 1) for k, v in both.items()}}
