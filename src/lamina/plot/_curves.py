"""`curves`: what a training logged, over its epochs."""

from typing import Any

import numpy as np

from lamina._hints import did_you_mean
from lamina._public import public

from ._axes import COLOURS, axes_for, plain


@public("plot.curves")
def curves(history: Any, names: Any = None, ax: Any = None) -> Any:
    """Draws logs of a training over its epochs; those of the validation rows are dashed.

    Args:
        history: what `fit` returned, or a dict from the name of a log to its values by epoch.
        names: a name, or a list of them; "loss" stands for "val_loss" too. By default "loss".
        ax: axes of matplotlib to draw on; None makes a figure.
    Returns: the axes. Raises ValueError for a name that was not logged; ImportError without matplotlib.
    Example:
        >>> plot.curves({"loss": [3.0, 2.0, 1.5], "val_loss": [3.0, 2.5, 2.4]}).get_ylabel()
        'loss'
    """
    logs = getattr(history, "history", history)
    names = [names or "loss"] if names is None or isinstance(names, str) else list(names)
    for name in names:
        if name not in logs:
            raise ValueError(
                f"curves: nothing was logged as {name!r}; there are {', '.join(logs)}.{did_you_mean(name, logs)}"
            )
    ax = axes_for("plot.curves", ax)
    for colour, name in zip(COLOURS, names):
        for key, style in ((name, "-"), (f"val_{name}", "--")):
            if key in logs:
                values = np.asarray(logs[key], "float64")
                mark = "o" if len(values) == 1 else ""
                ax.plot(np.arange(1, len(values) + 1), values, style, color=colour, label=key, marker=mark)
    ax.set(xlabel="epoch", ylabel=names[0] if len(names) == 1 else "")
    ax.xaxis.get_major_locator().set_params(integer=True)
    plain(ax)
    ax.legend(frameon=False)
    return ax
