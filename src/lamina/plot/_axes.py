"""Axes to draw on, and what all plots share."""

import importlib
import math
from typing import Any

import numpy as np

from lamina import ops
from lamina._extras import require

COLOURS = ("#2f86d1", "#d9553f", "#3f9a66", "#8a5fb0", "#d29a1e", "#5bb5c2", "#b5577d", "#7f8790", "#9aa83a", "#4a5a9a")
_SIDE = 1.3  # inches, of a small picture


def axes_for(what: str, ax: Any = None, size: tuple[float, float] = (5.5, 3.8)) -> Any:
    """`ax`, or axes of a new figure. Raises ImportError that names the extra without matplotlib."""
    require("matplotlib", "plot", what)
    if ax is not None:
        return ax
    return importlib.import_module("matplotlib.pyplot").subplots(figsize=size, layout="constrained")[1]


def tiles(what: str, pictures: list[np.ndarray], names: list[str], title: str) -> Any:
    """Small pictures side by side, all on one scale of colours: an array of axes."""
    require("matplotlib", "plot", what)
    plt = importlib.import_module("matplotlib.pyplot")
    columns = math.ceil(math.sqrt(len(pictures) * 1.6))
    rows = math.ceil(len(pictures) / columns)
    size = (max(columns * _SIDE, 3.0), rows * _SIDE + 0.5)
    figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    figure.suptitle(title, fontsize=10)
    low, high = min(float(p.min()) for p in pictures), max(float(p.max()) for p in pictures)
    for axis in axes.ravel():
        axis.axis("off")
    for axis, picture, name in zip(axes.ravel(), pictures, names):
        axis.imshow(picture, cmap="viridis", vmin=low, vmax=high if high > low else low + 1)
        axis.set_title(name, fontsize=7, pad=2)
    return axes


def array_of(value: Any) -> np.ndarray:
    """A tensor, variable or array-like as an array of NumPy."""
    return np.asarray(ops.convert_to_numpy(value))


def plain(ax: Any) -> None:
    """Takes away what is no data."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.2)


def heat_map(ax: Any, values: np.ndarray, x_label: str, y_label: str, title: str) -> None:
    """A matrix as colours, with their scale."""
    ax.figure.colorbar(ax.imshow(values, cmap="viridis", aspect="auto", interpolation="nearest"), ax=ax)
    ax.set(xlabel=x_label, ylabel=y_label, title=title)
    for axis in (ax.xaxis, ax.yaxis):
        axis.get_major_locator().set_params(integer=True)
