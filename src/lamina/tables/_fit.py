"""`lamina fit`: from a table to a model, told step by step."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from lamina import __version__, utils
from lamina.tables._errors import TableError
from lamina.tables._read import read_table
from lamina.tables._table import Table

from ._columns import LEFT_OUT, Column, describe_columns, fit_columns, model_inputs
from ._figures import confusion, constant_outputs, figures_of
from ._model_file import TableModel, save_table_model
from ._network import build_network
from ._report import (
    can_draw,
    columns_table,
    confusion_table,
    draw_learning_curves,
    figures_table,
    missing_sentences,
    write_metrics,
)
from ._split import split_rows
from ._suspicions import leaks, rows_that_repeat
from ._target import NUMBER, Target, class_counts, describe_target
from ._training import Run, outputs_of, train


@dataclass
class FitSettings:
    """The options of `lamina fit`."""

    table: str
    target: str
    ordinal: dict[str, list[str]]
    drop: list[str]
    missing: tuple[str, ...]
    encoding: str | None
    task: str
    epochs: int
    batch_size: int
    hidden: tuple[int, ...]
    learning_rate: float
    weight_decay: float | None
    patience: int
    test_size: float
    val_size: float
    seed: int
    out: str
    quiet: bool


def fit_table(settings: FitSettings) -> dict[str, Any]:
    """Reads, describes, splits, builds, trains, tests and writes; returns what stands in metrics.json."""
    say = _Speaker(settings.quiet)
    table = read_table(settings.table, settings.missing, settings.encoding)
    target, table, notes = describe_target(table, settings.target, settings.task)
    columns = describe_columns(table, settings.target, settings.ordinal, settings.drop)
    if all(c.kind == LEFT_OUT for c in columns):
        raise TableError(
            f"{settings.table}: no column is left to predict {settings.target!r} from: "
            + ("; ".join(f"{c.name!r} {c.note}" for c in columns[:5]) if columns else "it is the only one")
            + "."
        )
    _describe(say, table, target, columns, [*table.notes, *notes, *leaks(table, target, columns)])

    values = table.columns[target.name]
    classes = None if target.kind == NUMBER else target.indices(values)
    groups, repeated = rows_that_repeat(table)
    if repeated:
        say.line(
            f"Note: {repeated} rows are repetitions of others; a row and its repetitions stay on one side of the split."
        )
    rows = split_rows(
        len(table), settings.test_size, settings.val_size, settings.seed, classes, groups if repeated else None
    )
    training, validation, test = (table.take(part) for part in rows)
    say.line(
        f"Split: {len(training)} rows for training, {len(validation)} for validation (when to stop), {len(test)} for the "
        f"test{'' if classes is None else ', each class in the same proportion'}; seed {settings.seed}."
    )
    fit_columns(columns, training)
    if target.kind == NUMBER:
        known = training.columns[target.name]
        target.mean, target.variance = float(known.mean()), float(known.var()) or 1.0
    network, linear = _train_both(settings, say, columns, target, training, validation)
    return _conclude(settings, say, columns, target, {"network": network, "linear": linear}, training, validation, test)


class _Speaker:
    """Prints, unless it is to be quiet."""

    def __init__(self, quiet: bool):
        from rich.console import Console

        self.quiet = quiet
        self.console = Console(highlight=False, quiet=quiet)
        if not self.console.is_terminal:  # in files and pipes the tables are as wide as they need
            self.console = Console(highlight=False, quiet=quiet, width=160)

    def line(self, text: str = "") -> None:
        self.console.print(text, markup=False, soft_wrap=not self.console.is_terminal)

    def show(self, table: Any) -> None:
        self.console.print(table)


def _describe(say: _Speaker, table: Table, target: Target, columns: list[Column], notes: list[str]) -> None:
    say.line(f"{table.path}: {len(table)} rows, {len(table.columns)} columns.")
    say.show(columns_table(columns, len(table)))
    for note in (*notes, *missing_sentences(columns)):
        say.line(f"Note: {note}")
    say.line(f"Target {target.name!r}: {_describe_target(table, target)}.")
    for reason in target.reasons():
        say.line(f"  - {reason}")


def _describe_target(table: Table, target: Target) -> str:
    values = table.columns[target.name]
    if target.kind == NUMBER:
        return f"a number, {values.min():g} to {values.max():g}, mean {values.mean():.4g}"
    counts = [f"{name} ({n})" for name, n in class_counts(target, values).items()]
    shown = ", ".join(counts[:10]) + (", ..." if len(counts) > 10 else "")
    return f"{len(counts)} classes: {shown}"


def _train_both(
    settings: FitSettings, say: _Speaker, columns: list[Column], target: Target, training: Table, validation: Table
) -> tuple[Run, Run]:
    """The network, and the linear or logistic model that it must beat."""
    data = [(model_inputs(columns, part), target.encode(part.columns[target.name])) for part in (training, validation)]
    batch_size = settings.batch_size or _batch_size(len(training))
    weight_decay = settings.weight_decay
    if weight_decay is None:  # few rows are learned by heart unless the weights are held back
        weight_decay = min(1.0, 100 / len(training))
    runs = []
    for hidden, title in ((settings.hidden, "network"), ((), _linear_name(target))):
        utils.set_random_seed(settings.seed)
        model = build_network(columns, target, hidden, "table_network" if hidden else "table_linear")
        if title == "network":
            features = model.get_layer("hidden_1" if hidden else "output").input.shape[-1]
            parts = [f"{features} inputs", *(f"{n} (relu)" for n in hidden), f"{target.units} ({target.activation})"]
            say.line(f"Network: {' -> '.join(parts)}; {model.count_params()} weights.")
        runs.append(
            train(
                model,
                target,
                *data,
                epochs=settings.epochs,
                batch_size=batch_size,
                patience=settings.patience,
                learning_rate=settings.learning_rate if hidden else max(settings.learning_rate, 0.01),
                weight_decay=weight_decay if hidden else 0.0,
                halve_after=max(settings.patience // 3, 1) if hidden else None,
                title=None if settings.quiet else title,
            )
        )
    return runs[0], runs[1]


def _linear_name(target: Target) -> str:
    return "linear model" if target.kind == NUMBER else "logistic model"


def _batch_size(rows: int) -> int:
    """Small enough for some tens of steps an epoch, large enough to be quick."""
    return int(np.clip(2 ** round(np.log2(max(rows / 20, 1))), 16, 256))


def _conclude(
    settings: FitSettings, say: _Speaker, columns: list[Column], target: Target, runs: dict[str, Run], training: Table,
    validation: Table, test: Table,
) -> dict[str, Any]:  # fmt: skip
    truth = target.encode(test.columns[target.name])
    inputs = model_inputs(columns, test)
    chosen = min(runs, key=lambda name: min(runs[name].history["val_loss"]))
    outputs = {name: outputs_of(run.model, inputs) for name, run in runs.items()}
    constant = constant_outputs(target, target.encode(training.columns[target.name]), len(test))
    by_model = {
        "network": figures_of(target, truth, outputs["network"]),
        _linear_name(target): figures_of(target, truth, outputs["linear"]),
        "mean" if target.kind == NUMBER else "majority class": figures_of(target, truth, constant),
    }
    network = runs["network"]
    say.line(f"Stopped after {network.epochs} epochs ({network.seconds:.1f} s); best epoch {network.best_epoch}.")
    say.line(_choice(target, by_model, chosen))
    say.show(figures_table(by_model))
    if target.kind != NUMBER:
        counts = confusion(target, truth, outputs[chosen])
        table = confusion_table(target, counts)
        if table is not None:
            say.show(table)
    for caution in _cautions(target, len(test)):
        say.line(f"Note: {caution}")
    summary = {
        "lamina": __version__,
        "table": settings.table,
        "target": target.to_json(),
        "loss": target.loss,
        "output": {"units": target.units, "activation": target.activation, "why": target.reasons()},
        "rows": {"training": len(training), "validation": len(validation), "test": len(test)},
        "columns": [{"name": c.name, "kind": c.kind, "missing": c.missing, "note": c.note} for c in columns],
        "hidden": list(settings.hidden),
        "seed": settings.seed,
        "epochs": network.epochs,
        "best_epoch": network.best_epoch,
        "written": "network" if chosen == "network" else _linear_name(target),
        "test": by_model,
        "history": {k: [float(v) if np.isfinite(v) else None for v in values] for k, values in network.history.items()},
    }
    if target.kind != NUMBER:
        summary["confusion"] = counts.tolist()
    _write(settings, say, columns, target, runs, chosen, summary)
    return summary


def _choice(target: Target, by_model: dict[str, Any], chosen: str) -> str:
    """The first line of the result: which model is written, and whether it is worth anything."""
    network, linear, constant = by_model.values()
    name, own = ("network", network) if chosen == "network" else (_linear_name(target), linear)
    metric = "root mean squared error" if target.kind == NUMBER else "cross-entropy"
    if own[metric] >= constant[metric]:
        return f"No better than the answer that is always the same: the columns tell the {name} nothing of {target.name!r}."
    return f"Written is the {name}, which is the better one on the validation rows."


def _cautions(target: Target, rows: int) -> list[str]:
    """What keeps the figures from being taken for more than they are."""
    said = []
    if rows < 100 and target.kind != NUMBER:
        said.append(f"With {rows} test rows, one row is {100 / rows:.1f} percentage points of accuracy.")
    elif rows < 50:
        said.append(f"{rows} test rows are few: another --seed will give other figures.")
    return said


def _write(
    settings: FitSettings,
    say: _Speaker,
    columns: list[Column],
    target: Target,
    runs: dict[str, Run],
    chosen: str,
    summary: Any,
) -> None:
    try:
        os.makedirs(settings.out, exist_ok=True)
        model_path, json_path, picture_path = (
            os.path.join(settings.out, name) for name in ("model.keras", "metrics.json", "learning_curves.png")
        )
        save_table_model(model_path, TableModel(runs[chosen].model, columns, target, settings.missing))
        write_metrics(json_path, summary)
        written = [model_path, json_path]
        if can_draw():
            title = f"Learning curves: {target.name} from {os.path.basename(settings.table)}"
            draw_learning_curves(picture_path, title, target, runs["network"], runs["linear"])
            written.append(picture_path)
        else:
            say.line("Note: no picture of the learning curves without matplotlib: pip install 'lamina[plot]'")
    except OSError as error:
        raise TableError(f"--out {settings.out}: cannot be written to ({error.strerror or error}).") from None
    say.line("Wrote " + ", ".join(written) + ".")
    say.line(f"Next: lamina predict {model_path} {settings.table} -o predictions.csv")
