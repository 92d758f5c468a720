"""What `lamina fit` shows and leaves behind: tables on the screen, metrics.json, learning_curves.png."""

import importlib.util
import io
import json
from typing import Any

import numpy as np

from lamina.saving._writer import write_bytes, write_text

from ._columns import LEFT_OUT, Column
from ._figures import Figures
from ._target import NUMBER, Target
from ._training import Run

_MOST_SHOWN = 40  # columns, in the table of kinds
_MOST_CONFUSED = 8  # classes, in the table of mistakes


def columns_table(columns: list[Column], rows: int) -> Any:
    """Kind, missing values and a word on each column."""
    table = _table("column", "kind", "missing", "")
    for column in columns[:_MOST_SHOWN]:
        missing = f"{column.missing} ({column.missing / rows:.0%})" if column.missing else ""
        style = "dim" if column.kind == LEFT_OUT else None
        table.add_row(*(_plain(v) for v in (column.name, column.kind, missing, column.note)), style=style)
    if len(columns) > _MOST_SHOWN:
        table.add_row("...", f"{len(columns) - _MOST_SHOWN} more", "", "")
    return table


def missing_sentences(columns: list[Column]) -> list[str]:
    """What becomes of missing values, a sentence for each kind of column that has some."""
    kinds = {c.kind for c in columns if c.missing and c.kind != LEFT_OUT}
    said = []
    if {"numeric", "ordinal"} & kinds:
        said.append(
            "Missing numbers and levels are replaced by the median of the training rows; an input of 0 or 1 tells where."
        )
    if "nominal" in kinds:
        said.append("Missing categories are a category of their own.")
    return said


def figures_table(by_model: dict[str, Figures]) -> Any:
    """A row for each metric, a column for each model."""
    table = _table("on the test rows", *by_model, right=len(by_model))
    for metric in next(iter(by_model.values())):
        table.add_row(_plain(metric), *(_number(figures.get(metric)) for figures in by_model.values()))
    return table


def confusion_table(target: Target, counts: np.ndarray) -> Any | None:
    """How many test rows of each class were taken for which; None for many classes."""
    if len(target.classes) > _MOST_CONFUSED:
        return None
    table = _table("true \\ predicted", *target.classes, right=len(target.classes))
    for name, row in zip(target.classes, counts):
        table.add_row(_plain(name), *(str(n) for n in row))
    return table


def _table(*heads: str, right: int = 0) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, head in enumerate(heads):
        table.add_column(_plain(head), justify="right" if i >= len(heads) - right else "left")
    return table


def _plain(text: Any) -> Any:
    """Text in which square brackets are no markup."""
    from rich.text import Text

    return Text(str(text))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def write_metrics(path: str, metrics: dict[str, Any]) -> None:
    """Writes metrics.json."""
    write_text(path, json.dumps(metrics, indent=2) + "\n")


def can_draw() -> bool:
    """Whether there is a library for pictures."""
    return importlib.util.find_spec("matplotlib") is not None


def draw_learning_curves(path: str, title: str, target: Target, network: Run, linear: Run) -> None:
    """Draws the losses of training and validation by epoch, with the best epoch and the linear model's loss."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 5), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    epochs = np.arange(1, network.epochs + 1)
    training, validation = (np.asarray(network.history[k], "float64") for k in ("loss", "val_loss"))
    best = network.best_epoch
    axes.plot(epochs, training, color="#1f6fb2", label="training rows")
    axes.plot(epochs, validation, color="#d1495b", label="validation rows")
    axes.axvline(best, color="#888888", linestyle=":", linewidth=1)
    axes.plot(
        [best], [validation[best - 1]], "o", color="#d1495b", markersize=7,
        label=f"best epoch: {best} ({validation[best - 1]:.3g}); its weights are kept",
    )  # fmt: skip
    linear_best = linear.history["val_loss"][linear.best_epoch - 1]
    kind = "linear" if target.kind == NUMBER else "logistic"
    axes.axhline(
        linear_best, color="#3a7d44", linestyle="--", linewidth=1, label=f"{kind} model, validation ({linear_best:.3g})"
    )
    losses = np.concatenate([training, validation, [linear_best]])
    losses = losses[np.isfinite(losses)]
    if len(losses) and losses.min() > 0 and losses.max() > 20 * losses.min():
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.set_xlabel("epoch")
    axes.set_ylabel(
        "mean squared error / variance of the target" if target.kind == NUMBER else "cross-entropy (nats a row)"
    )
    axes.set_title(title)
    axes.grid(alpha=0.25)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    content = io.BytesIO()
    figure.savefig(content, format="png", metadata={"Software": None})
    write_bytes(path, content.getvalue())
