"""`fit_table`: from a table to a model, told step by step."""

import copy
import random as python_random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from lamina import __version__, optimizers, utils
from lamina._public import public

from ._choice import Result, choose, decision_of, first_line
from ._columns import LEFT_OUT, Column, describe_columns
from ._command import command_of
from ._division import divide
from ._errors import TableError, close_names
from ._frames import as_table, name_of
from ._large._blocks import Blocks
from ._large._budget import is_large
from ._large._cache import Cache
from ._large._prepared import correct, divide_large, leave_numberings_out, notes_of, open_stream
from ._memory import give_back
from ._missing_words import unseen_notes
from ._model import TableModel
from ._network import build_model
from ._networks import described, fit_networks, schedule_for, ways_of_numbers
from ._profile import profile_of
from ._report import Speaker, columns_table, confusion_table, figures_table, missing_sentences
from ._rounds import LINEAR, Round, trained_losses_of
from ._scales import fit_linears
from ._settings import FitSettings
from ._soundness import network_findings, soundness_lines
from ._suspicions import leaks, totals
from ._table import Table
from ._target import NUMBER, Target, class_counts, describe_target


@public("fit_table")
def fit_table(
    data: Any, target: str, *, ordinal: dict[str, Sequence[str]] | None = None, drop: Sequence[str] = (),
    missing: Sequence[str] = (), encoding: str | None = None, task: str = "auto", group: str | None = None,
    time: str | None = None, test: Any = None, folds: int | None = None, test_size: float | None = None,
    val_size: float | None = None, split_seed: int = 0, seed: int = 0, effort: str = "normal", budget: float | None = None,
    hidden: Sequence[int] | None = None, epochs: int | None = None, batch_size: int = 0, learning_rate: float = 0.008,
    weight_decay: float = 0.2, patience: int = 30, verbose: bool = True,
    resume: Any = None, memory: int | None = None,
) -> TableModel:  # fmt: skip
    """Fits a network and a linear model to a table, tests both, and gives what the validation rows prefer.

    What `lamina fit` does; see docs/cli.md. The model takes raw rows: text, gaps and dates included.

    Args:
        data: a path or an address (http, https), or a list of them; a DataFrame of pandas or polars, a pyarrow Table, or a
            dict of columns.
        target: the column to predict.
        ordinal: columns whose values have an order, with their values from the lowest to the highest.
        drop: columns to leave out. Columns whose labels are numbers are called by them, or by these as texts.
        missing: values that stand for missing ones, besides those that are known.
        encoding: of a text file; found out by default.
        task: "auto", "regression" or "classification".
        group: a column; rows of one value stay on one side of each split, and it is not used to predict.
        time: a column of dates or numbers; the latest rows are tested.
        test: a second table, as `data`, on which the model is tested.
        folds: how many parts are tested in turn, so that every row is tested once; 0 for one split. By default 8 for a table of
            2,500 rows or fewer, down to 3 for one of 10,000, unless `time`, `test` or `test_size` is given.
        test_size, val_size: shares of the rows that are tested (a fifth, of one split), and of the others that decide when to
            stop (by default a tenth with folds, a fifth of one split).
        split_seed, seed: fix which rows are tested; the first weights and the order of training.
        effort: "quick", "normal" or "best".
        budget: most seconds of training.
        hidden: units of the hidden layers; empty for the linear model alone.
        epochs, batch_size, learning_rate, weight_decay, patience: of the training; 0 rows an update and None epochs choose
            by the size of the table.
        verbose: whether the steps are printed.
        resume: path of a folder for this fit alone, in which the training of each fold is kept when it is finished (and of
            5000 rows and more, each epoch). Killed and started again, the fit goes on there, and ends in the same bits.
        memory: most bytes that the table may take; half of the machine's memory by default. A larger file (CSV, JSON lines,
            Parquet, Feather) is read in pieces, and the network is trained from an encoded copy in the folder of temporary files.

    Returns: a `tables.TableModel`. Raises TableError (a ValueError) for what is wrong with the table, or with an argument;
    TypeError for data that is no table.
    Example:
        >>> sizes = [7 * n % 40 for n in range(40)]
        >>> rows = {"size": sizes, "price": [3.0 * n + 1 for n in sizes]}
        >>> model = lamina.fit_table(rows, target="price", folds=2, hidden=(), verbose=False)
        >>> model.predict({"size": [10.0]}).round()
        array([31.], dtype=float32)
    """
    settings = FitSettings(
        target, {} if ordinal is None else ordinal, drop, missing, encoding, task, group, time, test, folds, test_size, val_size,
        split_seed, seed, effort, budget, hidden, epochs, batch_size, learning_rate, weight_decay, patience, verbose, resume,
        memory,
    )  # fmt: skip
    with _own_randomness(settings.seed):
        return run_fit(data, settings, Speaker(not verbose))


@contextmanager
def _own_randomness(seed: int) -> Iterator[None]:
    """Seeds what training draws from, and leaves Python's and NumPy's random numbers as they were."""
    kept = python_random.getstate(), np.random.get_state()
    utils.set_random_seed(seed)
    try:
        yield
    finally:
        python_random.setstate(kept[0])
        np.random.set_state(kept[1])


def run_fit(data: Any, settings: FitSettings, say: Speaker) -> TableModel:
    """Reads, describes, splits, fits, tests and chooses."""
    if is_large(data, settings.memory):
        return _run_large(data, settings, say)
    table = as_table(data, settings.missing, settings.encoding)
    table.notes += unseen_notes(table, settings.missing, "the table")
    target, table, notes, columns = _looked_at(table, settings)
    _describe(say, table, len(table), target, columns, table.notes, notes)
    rounds, split = divide(say, table, target, columns, settings)
    return _fitted(say, _told(data, settings, len(table)), columns, target, settings, rounds, split)


def _run_large(data: Any, settings: FitSettings, say: Speaker) -> TableModel:
    """The same for a table that is read in pieces."""
    with say.working("Reading the table in pieces"):
        stream = open_stream(data, settings)
    target, sample, notes, columns = _looked_at(stream.sample, settings)
    leave_numberings_out(columns, sample)
    notes += unseen_notes(sample, settings.missing, f"the {len(sample)} rows that were looked at")
    with tempfile.TemporaryDirectory(prefix="lamina-") as folder:
        with say.working("Encoding it"):
            cache = Cache(folder, stream, columns, target, settings.group, settings.time, settings.split_seed)
        correct(columns, cache)
        known = cache.rows - cache.unknown
        _describe(say, sample, cache.rows, target, columns, notes_of(stream, cache), notes)
        rounds, split, blocks = divide_large(say, stream, sample, cache, columns, target, settings)
        return _fitted(say, _told(data, settings, known), columns, target, settings, rounds, split, blocks)


def _told(data: Any, settings: FitSettings, rows: int) -> dict[str, Any]:
    return {"table": name_of(data), "command": command_of(data, settings), "rows_read": rows}


def _looked_at(table: Table, settings: FitSettings) -> tuple[Target, Table, list[str], list[Column]]:
    """The target, the rows that have it, notes on it, and what the columns hold."""
    target, table, notes = describe_target(table, settings.target, settings.task)
    columns = describe_columns(table, settings.target, settings.ordinal, list(settings.drop))
    _leave_group_out(table, columns, settings)
    if all(c.kind == LEFT_OUT for c in columns):
        raise TableError(
            f"{table.path}: no column is left to predict {settings.target!r} from: "
            + ("; ".join(f"{c.name!r} {c.note}" for c in columns[:5]) if columns else "it is the only one")
            + "."
        )
    return target, table, notes, columns


def _fitted(
    say: Speaker, told: dict[str, Any], columns: list[Column], target: Target, settings: FitSettings, rounds: list[Round],
    split: str, blocks: Blocks | None = None,
) -> TableModel:  # fmt: skip
    """The models of all rounds, and what is chosen among them; `blocks` are the training rows of a large table."""
    say.line(f"Split: {split}")
    give_back()
    for said in fit_linears(rounds):
        say.note(said)
    give_back()
    network = None
    if settings.candidates:
        network = _network_sentence(rounds, settings, blocks)
        say.line(network)
        finished, was_cut = fit_networks(rounds, settings, say, blocks)
    else:
        finished, was_cut = rounds, False
    result = choose(finished)
    result.was_cut = was_cut
    if blocks is not None:
        told["trained_rows"] = blocks.rows  # "rows" are those of the sample
    return _conclude(say, {**told, "split": split, "network": network}, columns, target, settings, result)


def _leave_group_out(table: Table, columns: list[Column], settings: FitSettings) -> None:
    for option, name in (("--group", settings.group), ("--time", settings.time)):
        if name is not None and (name not in table.columns or name == settings.target):
            what = "the target itself" if name == settings.target else f"no column {name!r}"
            raise TableError(f"{table.path}: {option} {name}: that is {what}.{close_names(name, table.names)}")
    for column in columns:
        if column.name == settings.group:
            column.kind, column.note = LEFT_OUT, "tells which rows belong together (--group)"


def _describe(
    say: Speaker, table: Table, rows: int, target: Target, columns: list[Column], read: list[str], notes: list[str]
) -> None:
    """Tells what the table, or one of so many rows of which it is a sample, holds; `notes` are of the target."""
    say.line(f"{table.path}: {rows} rows, {len(table.columns)} columns.")
    say.show(columns_table(columns, rows))
    for note in (*read, *missing_sentences(columns)):
        say.note(note)
    for caution in (*notes, *totals(table), *leaks(table, target, columns)):
        say.warn(caution)
    of_sample = "" if rows == len(table) else ", in the sample"
    say.line(f"Target {target.name!r}{of_sample}: {describe_values(table, target)}.")
    for reason in target.reasons():
        say.line(f"  - {reason}")


def describe_values(table: Table, target: Target) -> str:
    """The range of a number, or the classes with their rows."""
    values = table.columns[target.name]
    if target.kind == NUMBER:
        return f"a number, {values.min():g} to {values.max():g}, mean {values.mean():.4g}"
    counts = [f"{name} ({n})" for name, n in class_counts(target, values).items()]
    shown = ", ".join(counts[:10]) + (", ..." if len(counts) > 10 else "")
    return f"{len(counts)} classes: {shown}"


def _network_sentence(rounds: list[Round], settings: FitSettings, blocks: Blocks | None) -> str:
    one = rounds[0]
    shape, width = settings.candidates[0].shape, one.training.network.shape[1]
    schedule = schedule_for(settings, rounds, blocks)
    parts = [
        f"{width} features",
        *(f"{n} (relu)" for n in shape.hidden),
        f"{one.target.units} ({one.target.activation})",
    ]
    numbers = f", {ways_of_numbers(shape)} a number" if one.numbers else ""
    part = (
        ""
        if blocks is None or blocks.epoch_rows == blocks.rows
        else f", {blocks.epoch_rows} rows of the table an epoch"
    )
    others = [described(candidate) for candidate in settings.candidates[1:] if blocks is None]
    beside = f" Beside it are trained: {'; '.join(others)}." if others else ""
    return (
        f"Network: {shape.members} members with shared kernels, each {' -> '.join(parts)}{numbers}; at most "
        f"{schedule.epochs} epochs of {schedule.batch_size} rows an update{part}; seed {settings.seed}."
        f"{beside}"
    )


def _conclude(
    say: Speaker, told: dict[str, Any], columns: list[Column], target: Target, settings: FitSettings, result: Result
) -> TableModel:
    """The written model; shows its figures beside those of the others. `told` goes into its summary."""
    model = build_model(result.heads)
    model.compile(
        optimizer=optimizers.AdamW(settings.learning_rate), loss=target.loss,
        metrics=["mae" if target.kind == NUMBER else "accuracy"],
    )  # fmt: skip
    fitted = result.rounds[0]
    run = fitted.run
    if run is not None and len(result.rounds) == 1:
        say.line(f"Stopped after {run.epochs} epochs ({run.seconds:.1f} s); best epoch {run.best_epoch}.")
    headline = first_line(result)
    say.line(headline)
    say.show(figures_table(result.by_model, result.spread))
    if target.kind != NUMBER:
        shown = confusion_table(target, result.confusion)
        if shown is not None:
            say.show(shown)
    decision = decision_of(result)
    if decision is not None:
        say.line(decision)
    for caution in result.cautions():
        say.warn(caution)
    soundness = network_findings(result)
    for line in [] if soundness is None else soundness_lines(soundness):
        say.line(line)
    used = _union(columns, result.rounds)
    summary = {
        "lamina": __version__,
        **told,
        "target": result.target.to_json(),
        "loss": target.loss,
        "output": {"units": target.units, "activation": target.activation, "why": result.target.reasons()},
        "rows": {
            "training": len(fitted.training.table), "validation": len(fitted.validation.table),
            "test": len(result.truth), "folds": len(result.rounds) if len(result.rounds) > 1 else 0,
        },
        "columns": [{"name": c.name, "kind": c.kind, "missing": c.missing, "note": c.note} for c in columns],
        "hidden": list(settings.candidates[0].shape.hidden) if settings.candidates else [],
        "effort": settings.effort,
        "seed": settings.seed,
        "split_seed": settings.split_seed,
        "written": result.written_name,
        "result": headline,
        "decision": decision,
        "notes": say.notes,
        "cautions": say.cautions,
        "soundness": None if soundness is None else soundness.to_dict()["findings"],
        "test": result.by_model,
        "spread": result.spread,
    }  # fmt: skip
    if run is not None:
        summary |= {"epochs": run.epochs, "best_epoch": run.best_epoch}
        linear = trained_losses_of(fitted.target, fitted.validated[LINEAR], fitted.validation.truth)
        summary["linear_validation_loss"] = float(linear.mean())
        summary["history"] = {k: [v if np.isfinite(v) else None for v in values] for k, values in run.history.items()}
    if target.kind != NUMBER:
        summary["confusion"] = result.confusion.tolist()
    profile = profile_of(used, result.target, fitted.training.table)
    return TableModel(model, used, result.target, settings.missing, summary, result, profile)


def _union(columns: list[Column], rounds: list[Round]) -> list[Column]:
    """The columns as the written model knows them: what any round saw counts as seen."""
    used = []
    for i, column in enumerate(columns):
        fitted = [one.columns[i] for one in rounds]
        first = copy.copy(fitted[0])
        if column.kind == "nominal":
            first.levels = list(dict.fromkeys(level for c in fitted for level in c.levels))
        first.has_missing = any(c.has_missing for c in fitted)
        used.append(first)
    return used
