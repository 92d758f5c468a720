"""The learning curves as a picture."""

import importlib.util
import io
import re

import numpy as np

from lamina.saving._writer import write_bytes

from ._target import NUMBER, Target
from ._training import Run

_MANY_LETTERS = re.compile("CJK|Noto Sans|Nanum|Malgun|Gothic|YaHei|PingFang|Unicode")  # names of fonts beyond Latin


def can_draw() -> bool:
    """Whether there is a library for pictures."""
    return importlib.util.find_spec("matplotlib") is not None


def draw_learning_curves(path: str, title: str, target: Target, network: Run, linear_loss: float) -> None:
    """Draws the losses of training and validation by epoch, with the best epoch and the linear model's loss."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    families = _families_for(title)
    figure = Figure(figsize=(7.5, 5), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    epochs = np.arange(1, network.epochs + 1)
    training, validation = (np.asarray(network.history[k], "float64") for k in ("loss", "val_loss"))
    best = network.best_epoch
    softened = "" if target.kind == NUMBER else ", with smoothed labels"  # which keep the loss up
    axes.plot(epochs, training, color="#1f6fb2", label=f"training rows{softened}")
    axes.plot(epochs, validation, color="#d1495b", label="validation rows")
    axes.axvline(best, color="#888888", linestyle=":", linewidth=1)
    axes.plot(
        [best], [validation[best - 1]], "o", color="#d1495b", markersize=7,
        label=f"best epoch: {best} ({validation[best - 1]:.3g}); its weights are kept",
    )  # fmt: skip
    kind = "linear" if target.kind == NUMBER else "logistic"
    axes.axhline(
        linear_loss, color="#3a7d44", linestyle="--", linewidth=1, label=f"{kind} model, validation ({linear_loss:.3g})"
    )
    losses = np.concatenate([training, validation, [linear_loss]])
    losses = losses[np.isfinite(losses)]
    if len(losses) and losses.min() > 0 and losses.max() > 20 * losses.min():
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.set_xlabel("epoch")
    axes.set_ylabel(
        f"mean squared error / variance of the target{'' if target.log is None else ', on a logarithmic scale'}"
        if target.kind == NUMBER
        else "cross-entropy (nats a row)"
    )
    axes.set_title(title if families else "Learning curves", family=families or None)
    axes.grid(alpha=0.25)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    content = io.BytesIO()
    figure.savefig(content, format="png", metadata={"Software": None})
    write_bytes(path, content.getvalue())


def _families_for(text: str) -> list[str]:
    """Fonts that are installed and together have all letters of the text; none if there are no such fonts."""
    from matplotlib.font_manager import FontProperties, findfont, get_font_names
    from matplotlib.ft2font import FT2Font

    lacking, families = {ord(letter) for letter in text if not letter.isspace()}, []
    for family in ("DejaVu Sans", *(name for name in get_font_names() if _MANY_LETTERS.search(name))):
        letters = FT2Font(findfont(FontProperties(family=family))).get_charmap()
        if lacking & letters.keys():
            families.append(family)
            lacking -= letters.keys()
        if not lacking:
            return families
    return []
