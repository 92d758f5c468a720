from typing import Any

from lamina._public import public
from lamina.random import _same as same

from ._window import WindowLayer


@public("layers.RandomCrop")
class RandomCrop(WindowLayer):
    """In training a window of images at a random place, the same for the whole batch.

    Outside training, and where images are no larger than the window, the largest part at the middle with the window's
    aspect ratio, resized.

    Args:
        height, width: of the window, positive ints.
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.
        name: of the layer.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the size given, in the compute dtype.
    Example:
        >>> layers.RandomCrop(4, 6, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 4, 6, 3)
    """

    config_names = ("height", "width")

    def __init__(
        self,
        height: int,
        width: int,
        seed: Any = None,
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(height, width, seed=seed, data_format=data_format, name=name, **kwargs)

    def get_random_transformation(self, data: Any, training: bool | None = True, seed: Any = None) -> Any:
        given = super().get_random_transformation(data, training, seed)
        return given if training else {**given, "top": None, "left": None}

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        rooms = (shape[1] - self.height, shape[2] - self.width)
        if min(rooms) <= 0:
            return {"top": None, "left": None}
        top, left = (same.integers((), 0, room + 1, seed) for room in rooms)
        return {"top": top, "left": left}
