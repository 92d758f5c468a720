from typing import Any

import numpy as np

from lamina._checks import check_fraction
from lamina._public import public
from lamina._typing import TensorLike

from ._images import batch_of


def palette(num_classes: int) -> list[tuple[int, ...]]:
    """A colour for each class; the first is black, and neighbours differ."""
    return [tuple(i * step % 255 for step in (2**25 - 1, 2**15 - 1, 2**21 - 1)) for i in range(num_classes)]


@public("visualization.draw_segmentation_masks")
def draw_segmentation_masks(
    images: TensorLike,
    segmentation_masks: TensorLike,
    num_classes: int | None = None,
    color_mapping: Any = None,
    alpha: float = 0.8,
    blend: bool = True,
    ignore_index: int = -1,
    data_format: str | None = None,
) -> np.ndarray:
    """Images with the classes of their pixels in colour.

    Args:
        images: `(batch, height, width, 3)`, values up to 255.
        segmentation_masks: `(batch, height, width, 1)`, integers.
        num_classes: how many; None: as many as there are in the masks.
        color_mapping: dict or list from class to three ints; None: colours of ours.
        alpha: how much of the colour is seen, in [0, 1].
        blend: whether the images shine through.
        ignore_index: class of pixels that stay as they are.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: channels last; uint8 with `blend`, else float32. Raises ValueError for other shapes, TypeError for masks that are
    not integers.
    """
    where = "draw_segmentation_masks"
    check_fraction(alpha, "alpha", where)
    x = batch_of(images, data_format, where).astype("float32")
    masks = batch_of(segmentation_masks, data_format, where, "segmentation_masks")
    if masks.dtype.kind not in "iu":
        raise TypeError(f"{where}: segmentation_masks must be integers; got dtype {masks.dtype}.")
    if masks.shape[:3] != x.shape[:3]:
        raise ValueError(f"{where}: segmentation_masks must fit images; got {masks.shape} and {x.shape}.")
    masks, counted = masks[..., 0], masks[masks != ignore_index]
    count = num_classes or max(1, int(counted.max(initial=-1)) + 1)
    colors = palette(count) if color_mapping is None else [color_mapping[i] for i in range(count)]
    drawn = x.copy()
    for number, color in enumerate(colors):
        drawn[masks == number] = color
    if not blend:
        return drawn
    seen = (masks != ignore_index)[..., None]
    return np.where(seen, x * (1 - alpha) + drawn * alpha, x).astype("uint8")
