"""The base of layers that show a window of images in a size of its own."""

from typing import Any

from lamina import ops
from lamina._checks import check_positive_int
from lamina.ops._image import aspect_window

from ..boxes._moves import crop
from ._base import ImageLayer


class WindowLayer(ImageLayer):
    """A window at "top" and "left" of the transformation; where these are None, the largest part at the middle of the
    window's aspect ratio, resized."""

    moves = True
    acts_at_rest = True

    def __init__(self, height: int, width: int, **kwargs: Any):
        super().__init__(**kwargs)
        check_positive_int(height, "height", self._owner)
        check_positive_int(width, "width", self._owner)
        self.height = height
        self.width = width

    def _size_after(self, size: tuple[int, int]) -> tuple[int, int]:
        return self.height, self.width

    def _shown(self, x: Any, transformation: Any, interpolation: str) -> Any:
        if transformation["top"] is None:
            size = (self.height, self.width)
            return ops.image.resize(x, size, interpolation, crop_to_aspect_ratio=True, data_format="channels_last")
        top, left = (ops.cast(transformation[k], "int32") for k in ("top", "left"))
        none = ops.zeros_like(top)
        return ops.slice(x, ops.stack([none, top, left, none]), (x.shape[0], self.height, self.width, x.shape[-1]))

    def _changed(self, images: Any, transformation: Any) -> Any:
        return self._shown(images, transformation, "bilinear")

    def _changed_masks(self, masks: Any, transformation: Any) -> Any:
        return self._shown(masks, transformation, "nearest")

    def _changed_boxes(self, boxes: Any, transformation: Any, size: tuple[int, int]) -> Any:
        if transformation["top"] is not None:
            return crop(boxes, transformation["top"], transformation["left"], self.height, self.width)
        tall, wide = aspect_window(*size, (self.height, self.width), inside=True)
        cut = crop(boxes, (size[0] - tall) // 2, (size[1] - wide) // 2, tall, wide)
        return cut * ops.array([self.width / wide, self.height / tall] * 2, "float32")
