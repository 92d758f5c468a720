"""Rows with known targets beside a model that never saw them: what importance, curves and errors are told by."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from ._choice import Result
from ._columns import LEFT_OUT, Column, model_inputs
from ._rounds import answers_of, losses_of
from ._table import Table
from ._target import NUMBER, Target

Inputs = dict[str, np.ndarray]


@dataclass
class Trial:
    """One model and rows that it is judged by.

    Attributes:
        table: the rows.
        truth, outputs: their encoded targets and what the model gives, `(rows, units)`.
        inputs: their raw columns, each `(rows, 1)`.
        answers: what the model gives for raw columns.
        decided: the target, with the threshold or the weights by which rows are taken for classes.
    """

    table: Table
    truth: np.ndarray
    outputs: np.ndarray
    inputs: Inputs
    answers: Callable[[Inputs], np.ndarray]
    decided: Target | None = None


def trials_of(result: Result) -> list[Trial]:
    """The rounds of a fit: the tested rows of each, and the models of that round that the others choose."""
    trials, start = [], 0
    for one, names, decided in zip(result.rounds, result.by_fold, result.decided, strict=True):
        table = one.test.table
        outputs = result.outputs[start : start + len(table)]
        start += len(table)
        inputs, answers = model_inputs(one.columns, table), partial(answers_of, one, names)
        trials.append(Trial(table, one.test.truth, outputs, inputs, answers, decided))
    return trials


def used_columns(columns: list[Column]) -> list[str]:
    """Names of the columns that the model looks at."""
    return [c.name for c in columns if c.kind != LEFT_OUT]


def sampled(trials: list[Trial], rows: int, rng: np.random.Generator) -> list[Trial]:
    """The trials with at most so many rows together, drawn from each in proportion."""
    share = rows / sum(len(t.table) for t in trials)
    if share >= 1:
        return trials
    kept = []
    for trial in trials:
        size = len(trial.table)
        chosen = np.sort(rng.choice(size, max(1, int(size * share)), replace=False))
        inputs = {name: values[chosen] for name, values in trial.inputs.items()}
        kept.append(Trial(trial.table.take(chosen), trial.truth[chosen], trial.outputs[chosen], inputs, trial.answers))
    return kept


def repeated(inputs: Inputs, times: int) -> Inputs:
    """The rows several times over, one copy after the other."""
    return {name: np.tile(values, (times, 1)) for name, values in inputs.items()}


def score_of(target: Target, truth: np.ndarray, outputs: np.ndarray) -> float:
    """Root mean squared error of numbers in their units, cross-entropy of classes."""
    mean = float(losses_of(target, outputs, truth).mean())
    return float(np.sqrt(mean * target.variance)) if target.kind == NUMBER else mean
