"""`filters`: the kernel of a layer, as pictures."""

from typing import Any

import numpy as np

from lamina._checks import check_positive_int
from lamina._public import public

from ._axes import array_of, axes_for, heat_map, tiles


@public("plot.filters")
def filters(layer: Any, most: int = 32) -> Any:
    """Draws the windows that a convolution looks for (the mean over its input channels), or the matrix of a Dense layer.

    Args:
        layer: a layer that is built and has a kernel `(height, width, channels, filters)`, `(steps, channels, filters)` or
            `(features, units)`.
        most: how many filters at most.
    Returns: the axes, an array of them for windows. Raises ValueError without such a kernel; ImportError without matplotlib.
    Example:
        >>> layer = layers.Conv2D(6, 3, name="edges")
        >>> _ = layer(np.ones((1, 8, 8, 1)))
        >>> plot.filters(layer).shape
        (2, 4)
    """
    check_positive_int(most, "most", "filters")
    kernel = array_of(layer.kernel) if getattr(layer, "built", False) and hasattr(layer, "kernel") else np.zeros(())
    if kernel.ndim not in (2, 3, 4):
        raise ValueError(
            f"filters: layer must be built and have a kernel, as Conv2D, Conv1D and Dense have; got {layer!r}."
        )
    if kernel.ndim == 2:
        ax = axes_for("plot.filters")
        heat_map(ax, kernel, "unit", "feature", layer.name)
        return ax
    if kernel.ndim == 3:
        pictures = [kernel[:, :, k] for k in range(min(kernel.shape[-1], most))]  # steps down, channels to the right
    else:
        pictures = [kernel[:, :, :, k].mean(-1) for k in range(min(kernel.shape[-1], most))]
    return tiles("plot.filters", pictures, [str(k) for k in range(len(pictures))], layer.name)
