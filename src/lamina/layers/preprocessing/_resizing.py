"""Images of one size, whatever size they came in."""

from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_one_of, check_positive_int
from lamina._public import public
from lamina._typing import TensorLike
from lamina.ops._image import INTERPOLATIONS

from .boxes._formats import joined, parts
from .image._base import ImageArguments, ImageLayer


@public("layers.Resizing")
class Resizing(ImageLayer):
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
    "segmentation_masks" (resized by "nearest"), "bounding_boxes" (with `bounding_box_format=`) and "labels" (left alone).
    Output of the same dtype. Boxes of four zeros or minus ones, which fill up, become zeros.
    Raises ValueError for other sizes, names and dicts.
    Example:
        >>> layers.Resizing(4, 6)(ops.ones((2, 8, 8, 3))).shape
        (2, 4, 6, 3)
    """

    config_names = (
        "height", "width", "interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "fill_mode", "fill_value",
        "antialias",
    )  # fmt: skip
    is_random = False
    moves = True
    acts_at_rest = True

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
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(data_format=data_format, **kwargs)
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

    def call(self, data: TensorLike, training: bool | None = True) -> Any:
        return super().call(data, training)

    def _as_floats(self, images: TensorLike) -> Any:
        return ops.convert_to_tensor(images)

    def _changed(self, images: Any, transformation: Any) -> Any:
        return self._resized(images, self.interpolation)

    def _changed_masks(self, masks: Any, transformation: Any) -> Any:
        return self._resized(masks, "nearest")

    def _resized(self, images: Any, interpolation: str) -> Any:
        return ops.image.resize(
            images,
            (self.height, self.width),
            interpolation=interpolation,
            antialias=self.antialias,
            crop_to_aspect_ratio=self.crop_to_aspect_ratio,
            pad_to_aspect_ratio=self.pad_to_aspect_ratio,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            data_format="channels_last",
        )

    def _size_after(self, size: tuple[int, int]) -> tuple[int, int]:
        return self.height, self.width

    def _changed_boxes(self, boxes: Any, transformation: Any, size: tuple[int, int]) -> Any:
        down, across = self.height / size[0], self.width / size[1]
        top = left = 0.0
        if self.pad_to_aspect_ratio or self.crop_to_aspect_ratio:
            down = across = min(down, across) if self.pad_to_aspect_ratio else max(down, across)
            top, left = ((side - old * down) // 2 for side, old in zip((self.height, self.width), size))
        moved = joined(p * s + o for p, s, o in zip(parts(boxes), (across, down) * 2, (left, top) * 2))
        fills = ops.logical_or(ops.all(boxes == -1, -1, keepdims=True), ops.all(boxes == 0, -1, keepdims=True))
        return ops.where(fills, ops.zeros_like(moved), moved)
