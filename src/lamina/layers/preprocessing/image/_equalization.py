from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_positive_int
from lamina._public import public

from ._base import ImageArguments, ImageLayer, range_of, rescaled


@public("layers.Equalization")
class Equalization(ImageLayer):
    """In training spreads the values of each channel so that all are about as frequent.

    As in Keras the values of all images of a call are counted together; give one image at a time, or map the layer over a data
    set before it is batched, for images by themselves.

    Args:
        value_range: the least and greatest value of a pixel.
        bins: how many values are told apart, a positive int.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype; a channel of one value stays as it is.
    Example:
        >>> layers.Equalization()(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    config_names = ("value_range", "bins")
    is_random = False

    def __init__(
        self,
        value_range: Any = (0, 255),
        bins: int = 256,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(data_format=data_format, **kwargs)
        check_positive_int(bins, "bins", self._owner)
        self.value_range = range_of(value_range, self._owner)
        self.bins = bins

    def _changed(self, images: Any, transformation: Any) -> Any:
        x = rescaled(ops.cast(images, "float32"), self.value_range, (0, 255))
        channels = x.shape[-1]
        places = ops.cast(ops.clip(x * ((self.bins - 1) / 255), 0, self.bins - 1), "int32")
        places = places + ops.arange(channels) * self.bins
        flat = ops.reshape(places, (-1,))
        counts = ops.segment_sum(ops.ones_like(flat), flat, num_segments=channels * self.bins)
        counts = ops.reshape(counts, (channels, self.bins))
        equal = ops.take(ops.reshape(self._table(counts), (-1,)), places)
        single = ops.sum(ops.cast(counts > 0, "int32"), axis=-1) <= 1
        return rescaled(ops.where(single, x, equal), (0, 255), self.value_range)

    def _table(self, counts: Any) -> Any:
        """The value of each bin, `(channels, bins)`: how many pixels lie no higher, without those of the lowest bin."""
        total = ops.cumsum(ops.cast(counts, "int64"), axis=-1)
        least = ops.min(ops.where(total > 0, total, total[:, -1:]), axis=-1, keepdims=True)
        rest = ops.maximum(total[:, -1:] - least, 1)
        # In whole numbers, where a half is a half on every engine; it is rounded up.
        values = (2 * 255 * (total - least) + rest) // (2 * rest)
        return ops.cast(ops.clip(values, 0, 255), "float32")
