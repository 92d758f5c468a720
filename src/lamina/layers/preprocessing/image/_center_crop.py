from typing import Any, Unpack

from lamina._public import public

from ._base import ImageArguments
from ._window import WindowLayer


@public("layers.CenterCrop")
class CenterCrop(WindowLayer):
    """The middle of images, in training and outside; images too small for it are resized at that aspect ratio.

    Args:
        height, width: of the output, positive ints.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the size given, in the compute dtype.
    Example:
        >>> layers.CenterCrop(2, 3)(ops.ones((4, 8, 8, 3))).shape
        (4, 2, 3, 3)
    """

    config_names = ("height", "width")
    is_random = False

    def __init__(self, height: int, width: int, data_format: str | None = None, **kwargs: Unpack[ImageArguments]):
        super().__init__(height, width, data_format=data_format, **kwargs)

    def get_random_transformation(self, data: Any, training: bool | None = True, seed: Any = None) -> Any:
        given = super().get_random_transformation(data, training, seed)
        _, height, width, _ = self._last(given["input_shape"])
        top, left = (height - self.height) // 2, (width - self.width) // 2
        return {**given, **({"top": top, "left": left} if top >= 0 and left >= 0 else {"top": None, "left": None})}
