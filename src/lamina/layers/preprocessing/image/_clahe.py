from typing import Any, Unpack

import numpy as np

from lamina import ops
from lamina._checks import check_non_negative, check_positive_int
from lamina._public import public

from ._base import ImageArguments, ImageLayer, range_of, rescaled

_VALUES = 256


@public("layers.ContrastLimitedAdaptiveHistogramEqualization")
class ContrastLimitedAdaptiveHistogramEqualization(ImageLayer):
    """Values of each channel spread so that all are about as frequent nearby, in training and outside.

    The image is cut into tiles; each has a table from old values to new, and a pixel gets what the tables of the four nearest
    tiles say, by distance. Counts above a limit are spread over all values, so that noise is not blown up.

    Args:
        value_range: the least and greatest value of a pixel.
        clip_limit: the limit in parts of the mean count, zero for none.
        tile_grid_size: how many tiles below and beside each other, two positive ints.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" (with `bounding_box_format=`) and "segmentation_masks".
    Output of the same shape in the compute dtype.
    Example:
        >>> layer = layers.ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=(2, 2))
        >>> layer(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)

    Reference: Zuiderveld, Contrast Limited Adaptive Histogram Equalization, Graphics Gems IV, 1994.
    """

    config_names = ("value_range", "clip_limit", "tile_grid_size")
    is_random = False
    acts_at_rest = True

    def __init__(
        self,
        value_range: Any = (0, 255),
        clip_limit: float = 4.0,
        tile_grid_size: Any = (8, 8),
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(data_format=data_format, **kwargs)
        check_non_negative(clip_limit, "clip_limit", self._owner)
        if not isinstance(tile_grid_size, (tuple, list)) or len(tile_grid_size) != 2:
            raise ValueError(f"{self._owner}: tile_grid_size must be two positive integers; got {tile_grid_size!r}.")
        for count in tile_grid_size:
            check_positive_int(count, "tile_grid_size", self._owner)
        self.value_range = range_of(value_range, self._owner)
        self.clip_limit = clip_limit
        self.tile_grid_size = tuple(tile_grid_size)

    def _changed(self, images: Any, transformation: Any) -> Any:
        batch, height, width, channels = images.shape
        x = rescaled(ops.cast(images, "float32"), self.value_range, (0, 255))
        tile = tuple(-(-side // count) for side, count in zip((height, width), self.tile_grid_size))
        rows, columns = (_mirrored(side, t * n) for side, t, n in zip((height, width), tile, self.tile_grid_size))
        values = ops.cast(ops.clip(ops.take(ops.take(x, rows, axis=1), columns, axis=2), 0, 255), "int32")
        tables = ops.reshape(self._tables(values, tile), (-1,))
        down, across = (_nearest(s, t, n) for s, t, n in zip((height, width), tile, self.tile_grid_size))
        # Tables lie by image, tile row, tile column and channel.
        places = values[:, :height, :width] + ops.arange(channels) * _VALUES
        image = np.arange(batch).reshape(-1, 1, 1, 1) * self.tile_grid_size[0]
        result = 0.0
        for row, far_down in down:
            for column, far_across in across:
                tiles = (image + row.reshape(-1, 1, 1)) * self.tile_grid_size[1] + column.reshape(-1, 1)
                found = ops.take(tables, places + ops.array(tiles * channels * _VALUES, "int32"))
                result = result + ops.multiply(found, far_down.reshape(-1, 1, 1) * far_across.reshape(-1, 1))
        return rescaled(result, (0, 255), self.value_range)

    def _tables(self, values: Any, tile: tuple[int, ...]) -> Any:
        """New values by tile and channel, `(batch · rows · columns · channels, 256)`."""
        batch, _, _, channels = values.shape
        (rows, columns), pixels = self.tile_grid_size, tile[0] * tile[1]
        tiles = ops.reshape(values, (batch, rows, tile[0], columns, tile[1], channels))
        tiles = ops.reshape(ops.transpose(tiles, (0, 1, 3, 5, 2, 4)), (-1, pixels))
        count = tiles.shape[0]
        flat = ops.reshape(tiles + ops.expand_dims(ops.arange(count) * _VALUES, -1), (-1,))
        counts = ops.segment_sum(ops.ones_like(flat, dtype="float32"), flat, num_segments=count * _VALUES)
        counts = ops.reshape(counts, (count, _VALUES))
        if self.clip_limit > 0:
            kept = ops.minimum(counts, self.clip_limit * pixels / _VALUES)
            counts = kept + ops.sum(counts - kept, axis=-1, keepdims=True) / _VALUES
        total = ops.cumsum(counts, axis=-1)
        least = total[:, :1]
        rest = pixels - least
        return ops.clip((total - least) * 255 / ops.where(rest == 0, ops.ones_like(rest), rest), 0, 255)


def _mirrored(size: int, target: int) -> np.ndarray:
    """Places of pixels of a side that is filled up to `target` by its mirror image."""
    places = np.arange(target) % (2 * size)
    return np.minimum(places, 2 * size - 1 - places)


def _nearest(size: int, tile: int, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each pixel of a side the tile before and the one after, with their weights."""
    place = (np.arange(size, dtype="float32") - tile / 2.0) / tile
    before = np.floor(place)
    far = (place - before).astype("float32")
    ends = [np.clip(before + i, 0, count - 1).astype(int) for i in (0, 1)]
    return [(ends[0], 1 - far), (ends[1], far)]
