from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_positive_int
from lamina._public import public

from ._base import ImageArguments, ImageLayer, bounds_of, chosen, draw, per_image, range_of


def _odd_pair(kernel_size: Any, where: str) -> tuple[int, int]:
    pair = tuple(kernel_size) if isinstance(kernel_size, (tuple, list)) else (kernel_size, kernel_size)
    if len(pair) != 2:
        raise ValueError(f"{where}: kernel_size must be an odd integer or two; got {kernel_size!r}.")
    for size in pair:
        check_positive_int(size, "kernel_size", where)
        if size % 2 == 0:
            raise ValueError(f"{where}: kernel_size must be odd; got {kernel_size!r}.")
    return pair


@public("layers.RandomGaussianBlur")
class RandomGaussianBlur(ImageLayer):
    """In training smooths some images by a Gaussian of random width, the same for the whole batch.

    Args:
        factor: bounds of the probability, two numbers in [0, 1] or one, the greatest.
        kernel_size: how many pixels count, an odd int or two (along the width, and the height).
        sigma: bounds of the width, two numbers in [0, 1] or one, the greatest.
        value_range: the least and greatest value of a pixel.
        data_format: "channels_last", "channels_first" or None for the default.
        seed: int or None.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomGaussianBlur(factor=0.5, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    config_names = ("factor", "kernel_size", "sigma", "value_range")

    def __init__(
        self,
        factor: Any = 1.0,
        kernel_size: Any = 3,
        sigma: Any = 1.0,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: Any = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = bounds_of(factor, "factor", self._owner, 0, 1)
        self.kernel_size = _odd_pair(kernel_size, self._owner)
        self.sigma = bounds_of(sigma, "sigma", self._owner, 0, 1)
        self.value_range = range_of(value_range, self._owner)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        chance = chosen(seed, shape[0], self.factor)
        return {"should_apply_blur": chance, "blur_factor": draw(seed, (2,), self.sigma) + 1e-6}

    def _changed(self, images: Any, transformation: Any) -> Any:
        sigma = transformation["blur_factor"]
        blurred = ops.image.gaussian_blur(images, self.kernel_size, sigma, data_format="channels_last")
        images = ops.where(per_image(transformation["should_apply_blur"]), blurred, images)
        return ops.clip(images, *self.value_range)
