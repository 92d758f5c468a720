"""`decision_regions`: what a model answers everywhere in a plane."""

from typing import Any

import numpy as np

from lamina._checks import check_positive_int
from lamina._public import public
from lamina._typing import TensorLike

from ._axes import COLOURS, array_of, axes_for


@public("plot.decision_regions")
def decision_regions(
    model: Any, x: TensorLike, y: Any = None, threshold: float = 0.5, resolution: int = 160, ax: Any = None
) -> Any:
    """Draws the regions of a plane in which a model of two features answers with each class, and the rows on them.

    Args:
        model: has `predict`; from `(rows, 2)` to `(rows, 1)` or `(rows, classes)`.
        x: `(rows, 2)`; the plane reaches a little further than they do.
        y: classes `(rows,)`, which give the colours of the points.
        threshold: of a model with one output: where class 1 begins (0 for logits).
        resolution: points along each side.
        ax: axes of matplotlib to draw on; None makes a figure.
    Returns: the axes. Raises ValueError for other shapes; ImportError without matplotlib.
    Example:
        >>> model = Sequential([Input((2,)), layers.Dense(1, activation="sigmoid")])
        >>> plot.decision_regions(model, [[0.0, 0.0], [1.0, 1.0]], [0, 1]).get_xlim() == (-0.15, 1.15)
        True
    """
    check_positive_int(resolution, "resolution", "decision_regions")
    rows = array_of(x).astype("float64")
    if rows.ndim != 2 or rows.shape[1] != 2 or not len(rows):
        raise ValueError(f"decision_regions: x must have shape (rows, 2); got {rows.shape}.")
    low, high = rows.min(0), rows.max(0)
    room = np.where(high > low, 0.15 * (high - low), 1.0)
    across, down = (np.linspace(a, b, resolution) for a, b in zip(low - room, high + room))
    grid = np.stack(np.meshgrid(across, down), -1).reshape(-1, 2).astype("float32")
    answers = array_of(model.predict(grid, verbose=0)).reshape(len(grid), -1)
    classes = (answers[:, 0] > threshold).astype("int64") if answers.shape[1] == 1 else answers.argmax(-1)
    count = max(answers.shape[1], 2)
    ax = axes_for("plot.decision_regions", ax, (5.0, 4.4))
    colours = [COLOURS[k % len(COLOURS)] for k in range(count)]
    levels = np.arange(count + 1) - 0.5
    ax.contourf(across, down, classes.reshape(resolution, resolution), levels=levels, colors=colours, alpha=0.25)
    groups = np.full(len(rows), -1) if y is None else array_of(y).reshape(len(rows)).astype("int64")
    for group in np.unique(groups):
        colour = "#555" if group < 0 else colours[group % count]
        ax.scatter(*rows[groups == group].T, s=20, color=colour, edgecolors="white", linewidths=0.5, label=str(group))
    ax.set(xlim=(across[0], across[-1]), ylim=(down[0], down[-1]), xlabel="first feature", ylabel="second feature")
    if y is not None:
        ax.legend(frameon=True, framealpha=0.8, fontsize=8)
    return ax
