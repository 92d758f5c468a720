"""`lamina evaluate`: how well a model predicts a table that has the target."""

import json
from typing import Any

from lamina.tables._figures import confusion, figures_of
from lamina.tables._frames import name_of
from lamina.tables._report import confusion_table, figures_table

from ._fitted import fitted_model


def evaluate_table(model: str, table: Any, encoding: str | None, memory: int | None, as_json: bool) -> None:
    """Prints the metrics, and for classes what was taken for what."""
    table_model = fitted_model(model)
    target = table_model.target
    truth, outputs, rows = table_model.judged(table, encoding, memory)
    figures = figures_of(target, truth, outputs)
    if as_json:
        print(
            json.dumps(
                {
                    "table": name_of(table),
                    "target": target.name,
                    "rows": rows,
                    "judged_rows": len(truth),
                    "metrics": figures,
                    "notes": table_model.notes,
                },
                indent=2,
            )
        )
        return
    from rich.console import Console

    for note in table_model.notes:
        print(f"Note: {note}")
    console = Console()
    of_these = "" if len(truth) == rows else f"; the figures are of {len(truth)} of them, drawn evenly"
    console.print(f"{name_of(table)}: {rows} rows with {target.name!r}{of_these}.", highlight=False, soft_wrap=True)
    console.print(figures_table({"the model": figures}))
    counts = confusion_table(target, confusion(target, truth, outputs)) if target.classes else None
    if counts is not None:
        console.print(counts)
