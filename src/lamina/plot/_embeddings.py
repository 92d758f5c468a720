"""`embeddings`: vectors as points in a plane."""

from typing import Any

import numpy as np

from lamina._public import public

from ._axes import COLOURS, array_of, axes_for, plain

_NAMED = 60  # points that get their names, at most


@public("plot.embeddings")
def embeddings(vectors: Any, labels: Any = None, names: Any = None, ax: Any = None) -> Any:
    """Draws vectors in the plane in which they differ most: their first two principal components.

    Args:
        vectors: `(rows, features)`, or an Embedding layer that is built.
        labels: classes `(rows,)`, which give the colours.
        names: texts `(rows,)`, written beside the points if there are at most 60.
        ax: axes of matplotlib to draw on; None makes a figure.
    Returns: the axes. Raises ValueError for other shapes; ImportError without matplotlib.
    Reference: Pearson, On lines and planes of closest fit to systems of points in space, 1901, doi:10.1080/14786440109462720
    Example:
        >>> ax = plot.embeddings([[0.0, 0.0, 0.0], [3.0, 0.0, 4.0]], names=["a", "b"])
        >>> float(np.ptp(ax.collections[0].get_offsets()[:, 0]))   # as far apart as they are
        5.0
    """
    values = array_of(getattr(vectors, "embeddings", vectors)).astype("float64")
    if values.ndim != 2 or not len(values):
        raise ValueError(f"embeddings: vectors must have shape (rows, features); got {values.shape}.")
    for what, given in (("labels", labels), ("names", names)):
        if given is not None and len(given) != len(values):
            raise ValueError(f"embeddings: {what} must hold one for each of {len(values)} vectors; got {len(given)}.")
    centred = values - values.mean(0)
    places = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
    places = np.pad(places, ((0, 0), (0, 2 - places.shape[1])))
    ax = axes_for("plot.embeddings", ax, (5.5, 4.6))
    groups = np.zeros(len(values), "int64") if labels is None else np.asarray(labels)
    for k, group in enumerate(np.unique(groups)):
        chosen = places[groups == group]
        ax.scatter(*chosen.T, s=18, alpha=0.8, color=COLOURS[k % len(COLOURS)], label=str(group))
    for place, name in zip(places, () if names is None or len(names) > _NAMED else names):
        ax.annotate(str(name), place, xytext=(3, 3), textcoords="offset points", fontsize=8)
    ax.set(xlabel="first component", ylabel="second component")
    plain(ax)
    if labels is not None:
        ax.legend(frameon=False)
    return ax
