"""`confusion`: which classes are taken for which."""

from typing import Any

import numpy as np

from lamina._public import public
from lamina._typing import TensorLike

from ._axes import array_of, axes_for


@public("plot.confusion")
def confusion(y_true: TensorLike, y_pred: TensorLike, names: Any = None, ax: Any = None) -> Any:
    """Draws how many rows of each class were taken for each; a row's colours are shares of its class.

    Args:
        y_true: classes `(rows,)`, or one-hot rows `(rows, classes)`.
        y_pred: the same, or probabilities: `(rows, classes)`, or of class 1, `(rows, 1)`.
        names: of the classes, in their order.
        ax: axes of matplotlib to draw on; None makes a figure.
    Returns: the axes. Raises ValueError where the two do not fit; ImportError without matplotlib.
    Example:
        >>> ax = plot.confusion([0, 1, 1, 1], [[0.2], [0.9], [0.8], [0.1]])
        >>> [text.get_text() for text in ax.texts]
        ['1', '0', '1', '2']
    """
    true, predicted = _classes(array_of(y_true)), _classes(array_of(y_pred))
    if len(true) != len(predicted):
        raise ValueError(
            f"confusion: y_true and y_pred must have the same number of rows; got {len(true)} and {len(predicted)}."
        )
    classes = max(int(true.max(initial=0)), int(predicted.max(initial=0))) + 1
    if names is not None and len(names) < classes:
        raise ValueError(f"confusion: names must hold one for each of {classes} classes; got {len(names)}.")
    names = [str(i) for i in range(classes)] if names is None else [str(name) for name in names]
    counts = np.zeros((len(names), len(names)), "int64")
    np.add.at(counts, (true, predicted), 1)
    return _draw(counts, names, axes_for("plot.confusion", ax, (1.6 + 0.6 * len(names), 1.2 + 0.6 * len(names))))


def _classes(values: np.ndarray) -> np.ndarray:
    if values.ndim == 2 and values.shape[1] > 1:
        return values.argmax(-1)
    values = values.reshape(-1)
    whole = (
        (values > 0.5) if np.issubdtype(values.dtype, np.floating) and (values != np.round(values)).any() else values
    )
    if (np.asarray(whole) < 0).any():
        raise ValueError(f"confusion: classes must be 0 or above; got {whole.min()}.")
    return whole.astype("int64")


def _draw(counts: np.ndarray, names: list[str], ax: Any) -> Any:
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for i, j in np.ndindex(*counts.shape):
        ax.text(
            j,
            i,
            str(counts[i, j]),
            ha="center",
            va="center",
            color="white" if shares[i, j] > 0.5 else "#222",
            fontsize=9,
        )
    ticks = range(len(names))
    turn = 40 if max(map(len, names)) > 3 else 0
    ax.set_xticks(ticks, names, rotation=turn, ha="right" if turn else "center")
    ax.set_yticks(ticks, names)
    ax.set(xlabel="predicted", ylabel="true")
    return ax
