"""What a fit leaves behind in its folder."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lamina.saving._writer import write_text

from ._apart import check_apart
from ._errors import TableError
from ._importance import Importance
from ._model import TableModel
from ._page._page import write_page
from ._picture import can_draw, draw_learning_curves
from ._reporting import findings_of_fit
from ._run_file import run_toml

MODEL, METRICS, PICTURE, RUN = "model.keras", "metrics.json", "learning_curves.png", "run.toml"
REPORT, UNFINISHED = "report.html", "unfinished"
FILES = (MODEL, REPORT, METRICS, PICTURE, RUN)

_FIRST = 5  # columns that are named on the screen


@contextmanager
def out_folder(folder: str, force: bool, resume: bool, *read: Any) -> Iterator[str]:
    """Makes the folder before there is work to lose, and gives the path in it for trainings as they finish.

    What is kept there goes when the work is done, or fails; it stays if the fit is killed or interrupted, and is taken up with
    `resume`. The folder is removed again if the work fails and nothing is in it.

    Raises TableError if it cannot be written to, or holds files that would be overwritten: with `force` those, or lists of
    them, that are `read` alone.
    """
    for name in FILES:
        check_apart(os.path.join(folder, name), *read)
    kept = os.path.join(folder, UNFINISHED)
    there = [name for name in FILES if os.path.exists(os.path.join(folder, name))]
    if there and not force:
        what = "a model" if MODEL in there else there[0]
        raise TableError(f"--out {folder}: holds {what} already; choose another folder, or overwrite it with --force.")
    if os.path.exists(kept) and not (force or resume):
        raise TableError(f"--out {folder}: holds an unfinished fit; go on with --resume, or start anew with --force.")
    is_new = not os.path.exists(folder)
    try:
        os.makedirs(folder, exist_ok=True)
        if os.path.exists(kept) and not resume:
            shutil.rmtree(kept)
    except OSError as error:
        raise TableError(f"--out {folder}: cannot be written to ({error.strerror or error}).") from None
    if not os.access(folder, os.W_OK):
        raise TableError(f"--out {folder}: cannot be written to (no permission).")
    was_there = os.path.exists(kept)
    try:
        yield kept
    except BaseException as error:
        if not was_there and not (isinstance(error, KeyboardInterrupt) and holds_trainings(kept)):
            shutil.rmtree(kept, ignore_errors=True)
        if is_new and not os.listdir(folder):
            os.rmdir(folder)
        raise


def drop_unfinished(kept: str, interrupted: bool) -> bool:
    """Removes what was kept of a fit that is done; gives whether something stays, since it was interrupted."""
    if interrupted and holds_trainings(kept):
        return True
    shutil.rmtree(kept, ignore_errors=True)
    return False


def holds_trainings(kept: str) -> bool:
    """Whether there is something to go on from."""
    return os.path.isdir(kept) and any(name.startswith("fold-") for name in os.listdir(kept))


def check_new(path: str | None, force: bool, *read: Any) -> None:
    """Raises TableError if a file would be overwritten; `force` does not allow it of those, or lists of them, that are read."""
    if path is None:
        return
    check_apart(path, *read)
    if os.path.exists(path) and not force:
        raise TableError(f"--out {path}: is there already; choose another name, or overwrite it with --force.")


def write_fit(folder: str, model: TableModel, options: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Writes model, report, figures, curves and run file; gives their paths and what is to be said."""
    notes: list[str] = []
    paths = {name: os.path.join(folder, name) for name in FILES}
    run = model.result.rounds[0].run
    findings = findings_of_fit(model.columns, model.target, model.summary, model.result)
    found = findings.importance
    model.summary["importance"] = [
        {"name": name, "value": value, "spread": spread}
        for name, value, spread in zip(found.columns, found.values.tolist(), found.spread.tolist())
    ]
    notes.append(most_important(found))
    try:
        write_page(paths[REPORT], findings)
        model.save(paths[MODEL])
        write_text(paths[METRICS], json.dumps(model.summary, indent=2) + "\n")
        write_text(paths[RUN], run_toml(options, folder))
        written = [MODEL, REPORT, METRICS, RUN]
        if run is not None and can_draw():
            title = f"Learning curves: {model.target.name} from {os.path.basename(model.summary['table'])}"
            draw_learning_curves(paths[PICTURE], title, model.target, run, model.summary["linear_validation_loss"])
            written.append(PICTURE)
        elif run is not None:
            notes.append("Note: no picture of the learning curves without matplotlib: pip install 'lamina[plot]'")
    except OSError as error:
        raise TableError(f"--out {folder}: cannot be written to ({error.strerror or error}).") from None
    return [paths[name] for name in written], notes


def most_important(found: Importance) -> str:
    """The first columns, and by how much the error grows without them."""
    said = [f"{name} (+{value:.3g})" for name, value in zip(found.columns[:_FIRST], found.values) if value > 0]
    if not said:
        return "No column lowers the error on the test rows."
    return f"Matter most, by how much the {found.metric} grows when they are shuffled: {', '.join(said)}."
