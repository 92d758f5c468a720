from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_positive_int
from lamina._public import public

from ..._base._arguments import LayerArguments
from ._base import ImageLayer


@public("layers.CenterCrop")
class CenterCrop(ImageLayer):
    """The middle of images, in training and outside; images too small for it are resized at that aspect ratio.

    Args:
        height, width: of the output, positive ints.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels".
    Output of the size given, in the compute dtype.
    Example:
        >>> layers.CenterCrop(2, 3)(ops.ones((4, 8, 8, 3))).shape
        (4, 2, 3, 3)
    """

    def __init__(self, height: int, width: int, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(data_format=data_format, **kwargs)
        check_positive_int(height, "height", self._owner)
        check_positive_int(width, "width", self._owner)
        self.height = height
        self.width = width

    def _augmented(self, images: Any) -> Any:
        top, left = (images.shape[1] - self.height) // 2, (images.shape[2] - self.width) // 2
        if top >= 0 and left >= 0:
            return images[:, top : top + self.height, left : left + self.width]
        size = (self.height, self.width)
        return ops.image.resize(images, size, crop_to_aspect_ratio=True, data_format="channels_last")

    _at_rest = _augmented

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["seed"]
        return {**config, "height": self.height, "width": self.width}
