"""Upright rectangles at random places of images."""

from typing import Any

import numpy as np

from lamina import ops

from ._base import draw


def side(seed: Any, batch: int, length: int, share: Any) -> tuple[Any, Any]:
    """Where parts `share` `(batch,)` of a side begin and end."""
    part = share * length
    start = draw(seed, (batch,), (0.0, 1.0)) * (length - part)
    return start, start + part


def inside(shape: tuple[int, ...], sides: tuple[Any, Any], other: tuple[Any, Any]) -> Any:
    """Which pixels lie in the rectangle between `sides` (left, right) and `other` (top, bottom), `(batch, h, w, 1)`."""
    ys, xs = np.mgrid[: shape[1], : shape[2]].astype("float32")[:, None, :, :, None]
    (left, right), (top, bottom) = ([ops.reshape(v, (-1, 1, 1, 1)) for v in pair] for pair in (sides, other))
    across = ops.logical_and(ops.greater_equal(xs, left), ops.less(xs, right))
    down = ops.logical_and(ops.greater_equal(ys, top), ops.less(ys, bottom))
    return ops.logical_and(across, down)
