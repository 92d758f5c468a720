"""What a fit leaves behind in its folder."""

import json
import os
from typing import Any

from lamina.saving._writer import write_text

from ._errors import TableError
from ._model import TableModel
from ._picture import can_draw, draw_learning_curves
from ._run_file import run_toml

MODEL, METRICS, PICTURE, RUN = "model.keras", "metrics.json", "learning_curves.png", "run.toml"
REPORT = "report.html"


def check_out(folder: str, force: bool) -> None:
    """Raises TableError if the folder cannot be written to, or holds a model that would be overwritten."""
    if os.path.exists(os.path.join(folder, MODEL)) and not force:
        raise TableError(f"--out {folder}: holds a model already; choose another folder, or overwrite it with --force.")
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise TableError(f"--out {folder}: cannot be written to ({error.strerror or error}).") from None
    if not os.access(folder, os.W_OK):
        raise TableError(f"--out {folder}: cannot be written to (no permission).")


def write_fit(folder: str, model: TableModel, options: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Writes model, report, figures, curves and run file; gives their paths and what is to be said."""
    notes: list[str] = []
    paths = {name: os.path.join(folder, name) for name in (MODEL, METRICS, REPORT, PICTURE, RUN)}
    run = model.result.rounds[0].run
    try:
        model.save(paths[MODEL])
        write_text(paths[METRICS], json.dumps(model.summary, indent=2) + "\n")
        write_text(paths[RUN], run_toml(options))
        model.report(paths[REPORT])
        written = [MODEL, REPORT, METRICS, RUN]
        if run is not None and can_draw():
            title = f"Learning curves: {model.target.name} from {os.path.basename(model.summary['table'])}"
            draw_learning_curves(paths[PICTURE], title, model.target, run, model.summary["linear_validation_loss"])
            written.append(PICTURE)
        elif run is not None:
            notes.append("no picture of the learning curves without matplotlib: pip install 'lamina[plot]'")
    except OSError as error:
        raise TableError(f"--out {folder}: cannot be written to ({error.strerror or error}).") from None
    return [paths[name] for name in written], notes
