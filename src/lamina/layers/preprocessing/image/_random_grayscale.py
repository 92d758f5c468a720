from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_fraction
from lamina._public import public

from ..._base._arguments import LayerArguments
from ._base import ImageLayer


@public("layers.RandomGrayscale")
class RandomGrayscale(ImageLayer):
    """In training takes the colour from a random share of the images.

    Args:
        factor: the share, in [0, 1].
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels".
    Output of the same shape in the compute dtype.
    """

    config_names = ("factor",)

    def __init__(
        self,
        factor: float = 0.5,
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        check_fraction(factor, "factor", self._owner)
        self.factor = factor

    def _augmented(self, images: Any) -> Any:
        gray = ops.image.rgb_to_grayscale(images, data_format="channels_last")
        return ops.where(ops.less(self._draw(images, (0.0, 1.0)), self.factor), gray, images)
