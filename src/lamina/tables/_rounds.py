"""A round: one division of the rows into training, validation and test, and the models fitted to it."""

import copy
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ._columns import Column, fit_columns, model_inputs
from ._linear import fit_logistic, fit_ridge
from ._network import Head, build_core, feature_model
from ._settings import FitSettings
from ._table import Table
from ._target import NUMBER, TWO_CLASSES, Target, shares_of
from ._training import Core, Run, Schedule, gaps_allowed

NETWORK, LINEAR = "network", "linear"
_SEEDS_APART = 1000  # between the first weights of two rounds


@dataclass
class Part:
    """Rows of a table for one use: their encoded targets, and the features of both models once they are known."""

    table: Table
    truth: np.ndarray
    linear: np.ndarray | None = None
    network: np.ndarray | None = None


@dataclass
class Round:
    """A division of the rows and what came of it.

    Attributes:
        columns, target: fitted to the training rows.
        training, validation, test: the rows.
        test_rows: their places in the table, if they are of the same table.
        numbers: how many of the features are numbers.
        features: the model from raw columns to the features of both models.
        core, width: what trained the network, and the features it takes.
        heads: the trained models by name.
        validated, tested: what they give for the validation and the test rows, in the table's units.
        run: the training of the network, if there is one.
    """

    columns: list[Column]
    target: Target
    training: Part
    validation: Part
    test: Part
    test_rows: np.ndarray | None = None
    numbers: int = 0
    features: Any = None
    core: Core | None = None
    width: int = 0
    heads: dict[str, Head] = field(default_factory=dict)
    validated: dict[str, np.ndarray] = field(default_factory=dict)
    tested: dict[str, np.ndarray] = field(default_factory=dict)
    run: Run | None = None


def prepare(
    columns: list[Column], target: Target, tables: tuple[Table, Table, Table], rows: np.ndarray | None
) -> Round:
    """Learns the preprocessing from the training rows and applies it to all three parts."""
    columns, target = copy.deepcopy(columns), copy.deepcopy(target)
    fit_columns(columns, tables[0])
    if target.kind == NUMBER:
        known = tables[0].columns[target.name]
        target.mean, target.variance = float(known.mean()), float(known.var()) or 1.0
    parts = [Part(table, target.encode(table.columns[target.name])) for table in tables]
    model, numbers = feature_model(columns)
    for part in parts:
        part.linear, part.network = _features(model, model_inputs(columns, part.table))
    return Round(columns, target, *parts, rows, numbers, model)


def _features(model: Any, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
    with gaps_allowed():
        return [np.asarray(f) for f in model.predict(inputs, batch_size=4096, verbose=0)]


def fit_linear(one: Round) -> None:
    """Solves the linear or logistic model of a round."""
    x, y = one.training.linear, one.training.truth
    if one.target.kind == NUMBER:
        kernel, bias = fit_ridge(x, _standardised(one.target, y)[:, 0])
    else:
        truth, held = (shares_of(one.target, part.truth) for part in (one.training, one.validation))
        kernel, bias = fit_logistic(x, truth, one.validation.linear, held)
        if one.target.kind == TWO_CLASSES:
            kernel, bias = kernel[:, 1:] - kernel[:, :1], bias[1:] - bias[:1]
    one.heads[LINEAR] = Head(one.columns, one.target, [kernel.astype("float32"), bias.astype("float32")])
    for part, kept in ((one.validation, one.validated), (one.test, one.tested)):
        kept[LINEAR] = _linear_answers(one, part.linear)


def _linear_answers(one: Round, features: np.ndarray) -> np.ndarray:
    kernel, bias = one.heads[LINEAR].weights
    return _in_units(one.target, _activated(one.target, np.asarray(features, "float64") @ kernel + bias))


def fit_networks(rounds: list[Round], settings: FitSettings, say: Any) -> list[Round]:
    """Trains the network of each round; gives the rounds that were finished before Ctrl-C or the end of the time."""
    shape, began = settings.shape, time.monotonic()
    width = max(one.training.network.shape[1] for one in rounds)
    units, numbers = rounds[0].target.units, rounds[0].numbers
    schedule = schedule_for(settings, min(len(one.training.table) for one in rounds))
    core: Core | None = None
    for i, one in enumerate(rounds):
        model = build_core(width, numbers, units, shape, settings.seed + _SEEDS_APART * i)
        start = model.get_weights()
        core = core or Core(model, one.target, shape.members, schedule)
        deadline = None
        if settings.budget is not None:
            now = time.monotonic()
            deadline = now + max(began + settings.budget - now, 0) / (len(rounds) - i)
        x = [_padded(part.network, width) for part in (one.training, one.validation, one.test)]
        y = [_standardised(one.target, part.truth) for part in (one.training, one.validation)]
        title = None if settings.verbose is False else "network" if len(rounds) == 1 else f"fold {i + 1}/{len(rounds)}"
        try:
            one.run = core.train(start, (x[0], y[0]), (x[1], y[1]), deadline, title, len(rounds) == 1)
        except KeyboardInterrupt:
            if i == 0:
                raise
            say.warn(f"interrupted; what follows is of the {i} folds that were finished.")
            return rounds[:i]
        one.core, one.width = core, width
        for features, kept in ((x[1], one.validated), (x[2], one.tested)):
            kept[NETWORK] = _in_units(one.target, core.answers(one.run.weights, features))
        own = build_core(one.training.network.shape[1], numbers, units, shape, 0)
        one.heads[NETWORK] = Head(one.columns, one.target, _trimmed(one.run.weights, own.get_weights()), shape)
        if len(rounds) > 1:
            say.line(f"  fold {i + 1} of {len(rounds)}: {_told(one)}")
        if one.run.cut == "interrupted":
            done = f"of the {i + 1} folds begun" if len(rounds) > 1 else "the best epoch so far"
            say.warn(f"interrupted; what follows is {done}.")
            return rounds[: i + 1]
    return rounds


def answers_of(one: Round, names: tuple[str, ...], inputs: dict[str, np.ndarray]) -> np.ndarray:
    """What the mean of some models of a round gives for raw columns (`model_inputs`), `(rows, units)` in the table's units."""
    linear, network = _features(one.features, inputs)
    given = []
    if LINEAR in names:
        given.append(_linear_answers(one, linear))
    if NETWORK in names:
        given.append(_in_units(one.target, one.core.answers(one.run.weights, _padded(network, one.width))))
    return np.mean(given, axis=0)


def _told(one: Round) -> str:
    best = one.run.history["val_loss"][one.run.best_epoch - 1]
    other = losses_of(one.target, one.validated[LINEAR], one.validation.truth).mean()
    kind = "linear" if one.target.kind == NUMBER else "logistic"
    ended = ", stopped by the time" if one.run.cut == "time" else ""
    return (
        f"validation loss {best:.4f} (epoch {one.run.best_epoch} of {one.run.epochs}{ended}), {kind} model {other:.4f}"
    )


def schedule_for(settings: FitSettings, rows: int) -> Schedule:
    """Rows an update: small enough for some tens of steps an epoch, large enough to be quick. Epochs: by the effort's steps."""
    batch = settings.batch_size or int(np.clip(2 ** round(np.log2(max(rows / 20, 1))), 16, 256))
    effort = settings.spent
    epochs = settings.epochs or int(np.clip(effort.steps // -(-rows // batch), effort.least, effort.most))
    return Schedule(epochs, batch, settings.learning_rate, settings.weight_decay, settings.patience)


def losses_of(target: Target, outputs: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The loss of each row: squared error over the target's variance, or cross-entropy."""
    if target.kind == NUMBER:
        return np.square(outputs - truth)[:, 0] / target.variance
    given = (shares_of(target, outputs) * shares_of(target, truth)).sum(axis=1)
    return -np.log(np.clip(given, 1e-7, 1))


def _standardised(target: Target, truth: np.ndarray) -> np.ndarray:
    return (truth - target.mean) / np.sqrt(target.variance) if target.kind == NUMBER else truth


def _in_units(target: Target, outputs: np.ndarray) -> np.ndarray:
    return outputs * np.sqrt(target.variance) + target.mean if target.kind == NUMBER else outputs


def _activated(target: Target, logits: np.ndarray) -> np.ndarray:
    if target.kind == NUMBER:
        return logits
    if target.kind == TWO_CLASSES:
        return 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _padded(features: np.ndarray, width: int) -> np.ndarray:
    """Categories that a round does not know are columns of 0, so that one network serves all rounds."""
    return np.pad(features, [(0, 0), (0, width - features.shape[1])])


def _trimmed(weights: list[np.ndarray], like: list[np.ndarray]) -> list[np.ndarray]:
    return [w[tuple(slice(n) for n in other.shape)] for w, other in zip(weights, like, strict=True)]
