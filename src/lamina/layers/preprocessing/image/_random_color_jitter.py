from typing import Any, Unpack

from lamina._public import public

from ._base import ImageArguments, ImageLayer, range_of
from ._random_brightness import RandomBrightness
from ._random_contrast import RandomContrast
from ._random_hue import RandomHue
from ._random_saturation import RandomSaturation

# In the order in which they are applied.
_STEPS = {
    "brightness_factor": RandomBrightness,
    "contrast_factor": RandomContrast,
    "saturation_factor": RandomSaturation,
    "hue_factor": RandomHue,
}


@public("layers.RandomColorJitter")
class RandomColorJitter(ImageLayer):
    """In training changes brightness, then contrast, saturation and hue of each image at random.

    Args:
        value_range: the least and greatest value of a pixel.
        brightness_factor, contrast_factor, saturation_factor, hue_factor: the factors of `RandomBrightness`,
            `RandomContrast`, `RandomSaturation` and `RandomHue`; None leaves one out.
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.RandomColorJitter(brightness_factor=0.2, hue_factor=0.1, seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    config_names = ("value_range", *_STEPS)

    def __init__(
        self,
        value_range: Any = (0, 255),
        brightness_factor: Any = None,
        contrast_factor: Any = None,
        saturation_factor: Any = None,
        hue_factor: Any = None,
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.value_range = range_of(value_range, self._owner)
        self.brightness_factor = brightness_factor
        self.contrast_factor = contrast_factor
        self.saturation_factor = saturation_factor
        self.hue_factor = hue_factor
        self._steps: dict[str, Any] = {
            name: layer(
                getattr(self, name), self.value_range, seed=seed, data_format="channels_last", dtype=self.dtype_policy
            )
            for name, layer in _STEPS.items()
            if getattr(self, name) is not None
        }

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        return {name: step._drawn(shape, seed) for name, step in self._steps.items()}

    def _changed(self, images: Any, transformation: Any) -> Any:
        for name, step in self._steps.items():
            images = step.transform_images(images, transformation[name])
        return images
