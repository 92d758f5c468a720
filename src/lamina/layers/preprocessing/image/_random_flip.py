from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_one_of
from lamina._public import public

from ..._base._arguments import LayerArguments
from ._base import ImageLayer

_AXES = {"horizontal": (2,), "vertical": (1,), "horizontal_and_vertical": (2, 1)}


@public("layers.RandomFlip")
class RandomFlip(ImageLayer):
    """In training flips half of the images.

    Args:
        mode: "horizontal" (left and right change sides), "vertical" or "horizontal_and_vertical" (an image is flipped both
            ways or none).
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels".
    Output of the same shape in the compute dtype.
    """

    config_names = ("mode",)

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        check_one_of(mode, tuple(_AXES), "mode", self._owner)
        self.mode = mode

    def _augmented(self, images: Any) -> Any:
        flips = ops.less_equal(self._draw(images, (0.0, 1.0)), 0.5)
        return ops.where(flips, ops.flip(images, axis=_AXES[self.mode]), images)
