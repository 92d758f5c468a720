from typing import Any, Unpack

from lamina import ops, random
from lamina._checks import check_positive_int
from lamina._public import public

from ..._base._arguments import LayerArguments
from ._base import ImageLayer


@public("layers.RandomCrop")
class RandomCrop(ImageLayer):
    """In training a window of images at a random place, the same for the whole batch.

    Outside training, and where images are no larger than the window, the largest part at the middle with the window's
    aspect ratio, resized.

    Args:
        height, width: of the window, positive ints.
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels".
    Output of the size given, in the compute dtype.
    """

    config_names = ("height", "width")

    def __init__(
        self,
        height: int,
        width: int,
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        check_positive_int(height, "height", self._owner)
        check_positive_int(width, "width", self._owner)
        self.height = height
        self.width = width

    def _augmented(self, images: Any) -> Any:
        batch, height, width, channels = images.shape
        if height <= self.height or width <= self.width:
            return self._at_rest(images)
        top, left = (
            random.randint((), 0, room + 1, seed=self.seed_generator)
            for room in (height - self.height, width - self.width)
        )
        start = ops.stack([ops.zeros_like(top), top, left, ops.zeros_like(top)])
        return ops.slice(images, start, (batch, self.height, self.width, channels))

    def _at_rest(self, images: Any) -> Any:
        size = (self.height, self.width)
        return ops.image.resize(images, size, crop_to_aspect_ratio=True, data_format="channels_last")
