"""`network`: the layers of a model and how they are joined."""

from typing import Any

from lamina._public import public
from lamina.viewing._layered import place
from lamina.viewing._model_picture import Box, Shown, picture_of

from ._axes import axes_for

_LETTER, _LINE = 7.2, 15.0  # points
_INK, _HEAD = "#37474f", "#eceff1"


@public("plot.network")
def network(model: Any, shapes: bool = False, ax: Any = None) -> Any:
    """Draws a model as boxes and arrows.

    Args:
        model: of any kind; one without a graph is a single box.
        shapes: whether the shapes of inputs and outputs are told.
        ax: axes of matplotlib to draw on; None makes a figure.
    Returns: the axes. Raises ImportError without matplotlib.
    Example:
        >>> model = Sequential([Input((4,)), layers.Dense(3, name="hidden"), layers.Dense(1, name="out")])
        >>> len(plot.network(model).texts)
        3
    """
    picture = picture_of(model, Shown(shapes=shapes, names=True, activations=True))
    texts = [_text(box) for box in picture.boxes]
    sizes = [(max(map(len, t.split("\n"))) * _LETTER + 12, (t.count("\n") + 1) * _LINE + 10) for t in texts]
    middles, bends, (width, height) = place(sizes, picture.arrows)  # type: ignore[arg-type]
    ax = axes_for("plot.network", ax, (max(width / 72, 2.0), max(height / 72, 1.0)))
    for source, target in picture.arrows:
        start = (middles[source][0], middles[source][1] + sizes[source][1] / 2)
        end = (middles[target][0], middles[target][1] - sizes[target][1] / 2)
        points = [start, *(p for p in bends[source, target] if p not in (start, end)), end]
        ax.plot(*zip(*points[:-1], strict=True), color=_INK, linewidth=1.1)
        ax.annotate(
            "", points[-1], points[-2], arrowprops={"arrowstyle": "-|>", "color": _INK, "shrinkA": 0, "shrinkB": 0}
        )
    for text, middle in zip(texts, middles):
        frame = {"boxstyle": "round,pad=0.4", "facecolor": _HEAD, "edgecolor": _INK}
        ax.text(*middle, text, ha="center", va="center", fontsize=8.5, bbox=frame, color="#1b1f24", zorder=3)
    ax.set(xlim=(-8, width + 8), ylim=(height + 8, -8))
    ax.axis("off")
    return ax


def _text(box: Box) -> str:
    return "\n".join([box.title, *("  ".join(line) for line in box.lines)])
