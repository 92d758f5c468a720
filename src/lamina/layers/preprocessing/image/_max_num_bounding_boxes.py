from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_positive_int
from lamina._public import public
from lamina._typing import TensorLike

from ._base import ImageArguments, ImageLayer


@public("layers.MaxNumBoundingBoxes")
class MaxNumBoundingBoxes(ImageLayer):
    """As many boxes for every image: those above the number are left out, missing ones filled in.

    Args:
        max_number: how many, a positive int.
        fill_value: what fills boxes and labels that are missing, an int.

    Input a dict with "images" and "bounding_boxes" (with `bounding_box_format=`). Images, labels and masks stay.

    Output: the dict with boxes `(batch, max_number, 4)` and labels `(batch, max_number)`.
    Example:
        >>> boxes = {"boxes": ops.array([[[0, 0, 2, 2], [1, 1, 3, 3]]]), "labels": ops.array([[1, 2]])}
        >>> fit = layers.MaxNumBoundingBoxes(3, bounding_box_format="xyxy")
        >>> fit({"images": ops.ones((1, 8, 8, 3)), "bounding_boxes": boxes})["bounding_boxes"]["boxes"].shape
        (1, 3, 4)
    """

    config_names = ("max_number", "fill_value")
    is_random = False
    acts_at_rest = True

    def __init__(self, max_number: int, fill_value: int = -1, **kwargs: Unpack[ImageArguments]):
        super().__init__(**kwargs)
        check_positive_int(max_number, "max_number", self._owner)
        self.max_number = int(max_number)
        self.fill_value = int(fill_value)

    def _changed(self, images: Any, transformation: Any) -> Any:
        return images

    def _as_floats(self, images: TensorLike) -> Any:
        return ops.convert_to_tensor(images)

    def transform_bounding_boxes(
        self, bounding_boxes: dict[str, Any], transformation: Any = None, training: bool | None = True
    ) -> Any:
        """Boxes `(batch, max_number, 4)` and labels `(batch, max_number)`."""
        self._check_boxes(bounding_boxes)
        full = dict(bounding_boxes)
        for part in ("boxes", "labels"):
            x = ops.convert_to_tensor(bounding_boxes[part])[:, : self.max_number]
            missing = [(0, 0), (0, self.max_number - x.shape[1]), *[(0, 0)] * (x.ndim - 2)]
            full[part] = ops.pad(x, missing, constant_values=self.fill_value)
        return full
