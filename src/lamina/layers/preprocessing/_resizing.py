"""Images of one size, whatever size they came in."""

from typing import Any, Unpack

from lamina import _settings, ops
from lamina._checks import check_one_of, check_positive_int
from lamina._public import public
from lamina._typing import TensorLike
from lamina.ops._image import INTERPOLATIONS

from .._base._arguments import LayerArguments
from .._base._layer import Layer


@public("layers.Resizing")
class Resizing(Layer):
    """Images made larger or smaller, as by `ops.image.resize`.

    Args:
        height, width: of the output, positive ints.
        interpolation: "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
        crop_to_aspect_ratio: whether images are first cut, at their middle, to the aspect ratio of the output.
        pad_to_aspect_ratio: whether they are first filled up with `fill_value` to that ratio.
        fill_mode: "constant".
        fill_value: number.
        antialias: whether every pixel counts when images shrink.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch; or a dict with "images" and perhaps
    "segmentation_masks" (resized by "nearest") and "labels" (left alone). Output of the same dtype.
    Raises ValueError for other sizes, names and dicts.
    Example:
        >>> layers.Resizing(4, 6)(ops.ones((2, 8, 8, 3))).shape
        (2, 4, 6, 3)
    """

    def __init__(
        self,
        height: Any,
        width: Any,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: TensorLike = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        where = f'Resizing "{self.name}"'
        check_positive_int(height, "height", where)
        check_positive_int(width, "width", where)
        check_one_of(interpolation, INTERPOLATIONS, "interpolation", where)
        check_one_of(fill_mode, ("constant",), "fill_mode", where)
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise ValueError(f"{where}: only one of crop_to_aspect_ratio and pad_to_aspect_ratio can be true.")
        self.height = height
        self.width = width
        self.interpolation = interpolation
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.antialias: bool = bool(antialias)
        self.data_format: str = _settings.standardize_data_format(data_format)
        self._build_at_init()

    def call(self, data: TensorLike) -> Any:
        if not isinstance(data, dict):
            return self._resized(data, self.interpolation)
        unknown = set(data) - {"images", "segmentation_masks", "labels"}
        if unknown or "images" not in data:
            raise ValueError(
                f'Resizing "{self.name}": a dict must hold "images", and may hold "segmentation_masks" and "labels"; '
                f"got {sorted(data)}."
            )
        resized = {**data, "images": self._resized(data["images"], self.interpolation)}
        if "segmentation_masks" in data:
            resized["segmentation_masks"] = self._resized(data["segmentation_masks"], "nearest")
        return resized

    def _resized(self, images: TensorLike, interpolation: Any) -> Any:
        return ops.image.resize(
            images,
            (self.height, self.width),
            interpolation=interpolation,
            antialias=self.antialias,
            crop_to_aspect_ratio=self.crop_to_aspect_ratio,
            pad_to_aspect_ratio=self.pad_to_aspect_ratio,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            data_format=self.data_format,
        )

    def get_config(self) -> dict[str, Any]:
        names = (
            "height", "width", "interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "fill_mode", "fill_value",
            "antialias", "data_format",
        )  # fmt: skip
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
