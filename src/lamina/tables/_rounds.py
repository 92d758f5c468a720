"""A round: one division of the rows into training, validation and test, and the models fitted to it."""

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ._columns import Column, Seen, fit_columns, model_inputs
from ._linear import fit_logistic, fit_ridge, times
from ._network import Head, embedded_sizes, feature_model
from ._signed_log import SignedLog
from ._table import Table
from ._target import NUMBER, TWO_CLASSES, Target, shares_of
from ._training import Core, Run, gaps_allowed

NETWORK, LINEAR = "network", "linear"
_AT_ONCE = 1 << 22  # features that are made at once


def network_name(place: int) -> str:
    """Of the networks that are tried, the one at this place, from 0."""
    return NETWORK if place == 0 else f"{NETWORK} {place + 1}"


@dataclass
class Part:
    """Rows of a table for one use: their encoded targets, and the features of both models.

    Attributes: `table`; `truth`, `(rows, units)`; `features`: `width` of the network, then those of the linear model that are not
    among the last `shared` of these.
    """

    table: Table
    truth: np.ndarray
    features: np.ndarray
    width: int
    shared: int

    @property
    def network(self) -> np.ndarray:
        return self.features[:, : self.width]

    @property
    def linear(self) -> np.ndarray:
        return self.features[:, self.width - self.shared :]


@dataclass
class Network:
    """A trained network of a round: what trained it, and how that went."""

    core: Core
    run: Run


@dataclass
class Round:
    """A division of the rows and what came of it.

    Attributes:
        columns, target: fitted to the training rows; the target's scale is that of the network.
        log: the logarithmic scale that is tried beside the number's own, if it has a long tail.
        training, validation, test: the rows.
        test_rows: their places in the table, if they are of the same table.
        numbers: how many of the features are numbers.
        features: the model from raw columns to the features of both models.
        at_once: how many rows it takes at once.
        networks: those that are trained, by name, NETWORK the first of them.
        width: the features that they take.
        heads: the trained models by name, LINEAR among them.
        validated, tested: what they give for the validation and the test rows, in the table's units.
    """

    columns: list[Column]
    target: Target
    training: Part
    validation: Part
    test: Part
    test_rows: np.ndarray | None = None
    numbers: int = 0
    features: Any = None
    at_once: int = 4096
    networks: dict[str, Network] = field(default_factory=dict)
    width: int = 0
    heads: dict[str, Head] = field(default_factory=dict)
    validated: dict[str, np.ndarray] = field(default_factory=dict)
    tested: dict[str, np.ndarray] = field(default_factory=dict)
    log: SignedLog | None = None

    @property
    def run(self) -> Run | None:
        """The training of the first network, if there is one."""
        return self.networks[NETWORK].run if NETWORK in self.networks else None


def prepare(
    columns: list[Column], target: Target, tables: tuple[Table, Table, Table], rows: np.ndarray | None,
    seen: dict[str, Seen] | None = None, at_once: int = 4096,
) -> Round:  # fmt: skip
    """Learns the preprocessing from the training rows and applies it to all three parts.

    Of a table of which these rows are a sample, `seen` tells by column what its other training rows hold. `at_once` rows are
    preprocessed at once, which decides how much memory that takes.
    """
    columns, target = copy.deepcopy(columns), copy.deepcopy(target)
    fit_columns(columns, tables[0], seen)
    if target.kind == NUMBER:
        known = tables[0].columns[target.name]
        target.mean, target.variance = float(known.mean()), float(known.var()) or 1.0
    model, numbers = feature_model(columns)
    wide = sum(output.shape[1] for output in model.outputs)
    at_once = min(at_once, 1 << (max(_AT_ONCE // wide, 1).bit_length() - 1))
    own = numbers + len(embedded_sizes(columns))  # features that the network alone has
    parts = [
        Part(
            table, target.encode(table.columns[target.name]), *_both(model, model_inputs(columns, table), at_once, own)
        )
        for table in tables
    ]
    return Round(columns, target, *parts, rows, numbers, model, at_once)


def _both(model: Any, inputs: dict[str, np.ndarray], at_once: int, own: int) -> tuple[np.ndarray, int, int]:
    """The features of both models, of which most are the same, as a `Part` holds them."""
    rows = len(next(iter(inputs.values())))
    linear, network = (output.shape[1] for output in model.outputs)
    shared = network - own
    features = np.empty((rows, own + linear), "float32")
    for some in _parts(rows, at_once):
        of_linear, of_network = _features(model, {name: values[some] for name, values in inputs.items()}, at_once)
        features[some, :network], features[some, network:] = of_network, of_linear[:, shared:]
    return features, network, shared


def _parts(rows: int, at_once: int) -> list[slice]:
    return [slice(start, start + at_once) for start in range(0, rows, at_once)]


def _features(model: Any, inputs: dict[str, np.ndarray], at_once: int) -> list[np.ndarray]:
    with gaps_allowed():
        return [np.asarray(f) for f in model.predict(inputs, batch_size=at_once, verbose=0)]


def features_of_inputs(one: Round, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """The network's features of raw columns (`model_inputs`), `(rows, n)` float32.

    No program is made for them: how far one has come would decide their last bits, and a resumed training begins anew with it.
    """
    with gaps_allowed():
        return np.asarray(one.features(inputs)[1])


def fit_linear(one: Round) -> None:
    """Solves the linear or logistic model of a round."""
    x, y = one.training.linear, one.training.truth
    if one.target.kind == NUMBER:
        kernel, bias = fit_ridge(x, standardised(one.target, y)[:, 0])
    else:
        truth, held = (shares_of(one.target, part.truth) for part in (one.training, one.validation))
        kernel, bias = fit_logistic(x, truth, one.validation.linear, held)
        if one.target.kind == TWO_CLASSES:
            kernel, bias = kernel[:, 1:] - kernel[:, :1], bias[1:] - bias[:1]
    head = one.heads[LINEAR] = Head(one.columns, one.target, [kernel.astype("float32"), bias.astype("float32")])
    head.factor = factor_of(one, _linear_logits(head, one.validation.linear))
    for part, kept in ((one.validation, one.validated), (one.test, one.tested)):
        kept[LINEAR] = _linear_answers(one, part.linear)


def _linear_answers(one: Round, features: np.ndarray) -> np.ndarray:
    head = one.heads[LINEAR]
    return in_units(head.target, _linear_logits(head, features), head.factor)


def _linear_logits(head: Head, features: np.ndarray) -> np.ndarray:
    """Standardised numbers, or probabilities."""
    kernel, bias = head.weights
    return _activated(head.target, times(features, kernel) + bias)


def answers_of(one: Round, names: tuple[str, ...], inputs: dict[str, np.ndarray]) -> np.ndarray:
    """What the mean of some models of a round gives for raw columns (`model_inputs`), `(rows, units)` in the table's units."""
    rows = len(next(iter(inputs.values())))
    parts = _parts(rows, one.at_once)  # features are wide
    return np.concatenate([_answers(one, names, {name: v[some] for name, v in inputs.items()}) for some in parts])


def _answers(one: Round, names: tuple[str, ...], inputs: dict[str, np.ndarray]) -> np.ndarray:
    linear, network = _features(one.features, inputs, one.at_once)
    given = []
    for name in names:
        if name == LINEAR:
            given.append(_linear_answers(one, linear))
        else:
            trained, head = one.networks[name], one.heads[name]
            answers = trained.core.answers(trained.run.weights, padded(network, one.width))
            given.append(in_units(head.target, answers, head.factor))
    return np.mean(given, axis=0)


def losses_of(target: Target, outputs: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The loss of each row: squared error over the target's variance, or cross-entropy."""
    if target.kind == NUMBER:
        return np.square(outputs - truth)[:, 0] / target.variance
    given = (shares_of(target, outputs) * shares_of(target, truth)).sum(axis=1)
    return -np.log(np.clip(given, 1e-7, 1))


def trained_losses_of(target: Target, outputs: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The loss of each row as in training: with a logarithmic scale, the squared error on it."""
    if target.log is None:
        return losses_of(target, outputs, truth)
    return np.square(standardised(target, outputs) - standardised(target, truth))[:, 0]


def factor_of(one: Round, validated: np.ndarray) -> float:
    """What the answers of a model are multiplied by to be means, from its standardised answers for the validation rows."""
    log = one.target.log
    return 1.0 if log is None else log.factor(one.validation.truth, validated)


def standardised(target: Target, truth: np.ndarray) -> np.ndarray:
    """Targets as the models are trained on them: numbers of mean 0 and variance 1."""
    if target.log is not None:
        return target.log.apply(truth)
    return (truth - target.mean) / np.sqrt(target.variance) if target.kind == NUMBER else truth


def in_units(target: Target, outputs: np.ndarray, factor: float = 1.0) -> np.ndarray:
    """Standardised answers in the table's units."""
    if target.log is not None:
        return np.asarray(target.log.undo(outputs, factor), "float64")
    return outputs * np.sqrt(target.variance) + target.mean if target.kind == NUMBER else outputs


def _activated(target: Target, logits: np.ndarray) -> np.ndarray:
    if target.kind == NUMBER:
        return logits
    if target.kind == TWO_CLASSES:
        return 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def padded(features: np.ndarray, width: int) -> np.ndarray:
    """Categories that a round does not know are columns of 0, so that one network serves all rounds."""
    lacking = width - features.shape[1]
    return np.pad(features, [(0, 0), (0, lacking)]) if lacking else features
