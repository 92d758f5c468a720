"""What a fit shows on the screen."""

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from ._columns import LEFT_OUT, Column
from ._figures import Figures
from ._target import Target

_MOST_SHOWN = 40  # columns, in the table of kinds
_MOST_CONFUSED = 8  # classes, in the table of mistakes


class Speaker:
    """Prints, unless it is to be quiet, and keeps the notes, and of them the cautions."""

    def __init__(self, quiet: bool):
        from rich.console import Console

        self.notes: list[str] = []
        self.cautions: list[str] = []
        is_watched = sys.stdout.isatty()  # in files and pipes nothing moves, whatever the colours, and tables are wide
        self.console = Console(
            highlight=False,
            quiet=quiet,
            force_interactive=None if is_watched else False,
            width=None if is_watched else 160,
        )

    def line(self, text: str = "") -> None:
        """Prints a line."""
        self.console.print(text, markup=False, soft_wrap=not self.console.is_interactive)

    def note(self, text: str) -> None:
        """Prints a remark, and keeps it."""
        self.notes.append(text)
        self.line(f"Note: {text}")

    def warn(self, text: str) -> None:
        """Prints what keeps the figures from being taken for more than they are, and keeps it."""
        self.cautions.append(text)
        self.note(text)

    def working(self, text: str) -> AbstractContextManager[Any]:
        """Says on a terminal what is being done, for as long as it is."""
        return self.console.status(text) if self.console.is_interactive else nullcontext()

    def show(self, table: Any) -> None:
        """Prints a table of rich."""
        self.console.print(table)


def columns_table(columns: list[Column], rows: int) -> Any:
    """Kind, missing values and a word on each column."""
    table = rows_table("column", "kind", "missing", "")
    for column in columns[:_MOST_SHOWN]:
        missing = f"{column.missing} ({column.missing / rows:.0%})" if column.missing else ""
        style = "dim" if column.kind == LEFT_OUT else None
        table.add_row(*(plain(v) for v in (column.name, column.kind, missing, column.note)), style=style)
    if len(columns) > _MOST_SHOWN:
        table.add_row("...", f"{len(columns) - _MOST_SHOWN} more", "", "")
    return table


def missing_sentences(columns: list[Column]) -> list[str]:
    """What becomes of missing values, a sentence for each kind of column that has some."""
    kinds = {c.kind for c in columns if c.missing and c.kind != LEFT_OUT}
    said = []
    if {"numeric", "ordinal", "date"} & kinds:
        said.append(
            "Missing numbers, levels and dates are replaced by the median of the training rows; an input of 0 or 1 tells where."
        )
    if "nominal" in kinds:
        said.append("Missing categories are a category of their own.")
    return said


def figures_table(by_model: dict[str, Figures], spread: dict[str, Figures] | None = None) -> Any:
    """A row for each metric, a column for each model; with a spread as mean ± standard deviation over the folds."""
    head = "on the test rows" if not spread else "mean ± spread over the folds"
    table = rows_table(head, *by_model, right=len(by_model))
    for metric in next(iter(by_model.values())):
        cells = [
            _number(figures.get(metric)) + (f" ± {spread[name][metric]:.2g}" if spread and metric in figures else "")
            for name, figures in by_model.items()
        ]
        table.add_row(plain(metric), *cells)
    return table


def confusion_table(target: Target, counts: np.ndarray) -> Any | None:
    """How many test rows of each class were taken for which; None for many classes."""
    if len(target.classes) > _MOST_CONFUSED:
        return None
    table = rows_table("true \\ predicted", *target.classes, right=len(target.classes))
    for name, row in zip(target.classes, counts):
        table.add_row(plain(name), *(str(n) for n in row))
    return table


def rows_table(*heads: str, right: int = 0) -> Any:
    """A table of rich with these heads, of which the last `right` stand over numbers."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, head in enumerate(heads):
        table.add_column(plain(head), justify="right" if i >= len(heads) - right else "left")
    return table


def plain(text: Any) -> Any:
    """Text in which square brackets are no markup."""
    from rich.text import Text

    return Text(str(text))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
