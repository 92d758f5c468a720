"""Batches of images as arrays that can be drawn on."""

from typing import Any

import numpy as np

from lamina import _settings, ops


def batch_of(images: Any, data_format: str | None, where: str, name: str = "images") -> np.ndarray:
    """`(batch, height, width, channels)`. Raises ValueError for another rank."""
    x = np.array(ops.convert_to_numpy(images))
    if x.ndim != 4:
        raise ValueError(f"{where}: {name} must be a batch (batch, height, width, channels); got shape {x.shape}.")
    return np.moveaxis(x, 1, -1) if _settings.standardize_data_format(data_format) == "channels_first" else x


def as_bytes(x: np.ndarray) -> np.ndarray:
    """Pixels as uint8; floats that do not exceed one are parts of 255."""
    if x.dtype.kind == "f":
        x = np.clip(x * 255 if x.size and x.max() <= 1 else x, 0, 255)
    return x.astype("uint8")
