"""Permutation importance: how much worse a model gets when a column is shuffled among the rows."""

from dataclasses import dataclass

import numpy as np

from lamina._public import public

from ._evidence import Trial, repeated, sampled, score_of
from ._figures import score_name
from ._target import Target

REPEATS = 5
_MOST = 60_000  # rows that are predicted for it
_FEWEST = 60  # rows that are looked at, however many columns there are
_AT_ONCE = 20_000  # rows that are predicted in one go


@public("tables.Importance")
@dataclass
class Importance:
    """How much worse a model gets when one column at a time is shuffled among the rows; `TableModel.explain` makes it.

    A column of which the others tell the same loses little when it is shuffled: the model still has the others.

    Attributes:
        columns: names, the most important first.
        values: by how much `metric` grows, the mean over the repeats, float64 `(columns,)`.
        spread: its standard deviation over the repeats, float64 `(columns,)`.
        metric: "root mean squared error", in the target's units, or "cross-entropy", in nats.
        base: the metric with nothing shuffled.
        rows, repeats: how many rows were looked at, and how often each column was shuffled.

    Reference: Fisher, Rudin, Dominici, All Models are Wrong, but Many are Useful, 2019, arXiv 1801.01489 (the difference).
    Example:
        >>> rows = {"size": [7 * n % 40 for n in range(40)], "day": [11 * n % 40 for n in range(40)]}
        >>> rows["price"] = [3.0 * n + 1 for n in rows["size"]]
        >>> model = lamina.fit_table(rows, target="price", folds=2, hidden=(), verbose=False)
        >>> model.explain(rows).columns
        ['size', 'day']
    """

    columns: list[str]
    values: np.ndarray
    spread: np.ndarray
    metric: str
    base: float
    rows: int
    repeats: int


def permutation_importance(
    trials: list[Trial], target: Target, columns: list[str], repeats: int = REPEATS, seed: int = 0
) -> Importance:
    """The importance of columns for the models of all trials; a column is shuffled within the rows of each trial.

    Of a large table as many rows are drawn as keep the rows to be predicted below 60,000.
    """
    rng = np.random.default_rng(seed)
    trials = sampled(trials, max(_MOST // (len(columns) * repeats), _FEWEST), rng)
    truth = np.concatenate([t.truth for t in trials])
    base = score_of(target, truth, np.concatenate([t.outputs for t in trials]))
    shuffled = [[_without(trial, columns, rng) for trial in trials] for _ in range(repeats)]
    scores = np.array([
        [score_of(target, truth, np.concatenate([outputs[name] for outputs in once])) for name in columns]
        for once in shuffled
    ])  # fmt: skip
    values, spread = scores.mean(axis=0) - base, scores.std(axis=0)
    order = np.argsort(-values, kind="stable")
    return Importance(
        [columns[i] for i in order], values[order], spread[order], score_name(target), base, len(truth), repeats
    )


def _without(trial: Trial, columns: list[str], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """What the model gives with each column shuffled, all columns in the same order."""
    rows = len(trial.table)
    order = rng.permutation(rows)
    answers: dict[str, np.ndarray] = {}
    at_once = max(_AT_ONCE // rows, 1)
    for start in range(0, len(columns), at_once):
        some = columns[start : start + at_once]
        inputs = repeated(trial.inputs, len(some))
        for i, name in enumerate(some):
            inputs[name][i * rows : (i + 1) * rows] = trial.inputs[name][order]
        answers |= zip(some, np.split(trial.answers(inputs), len(some)), strict=True)
    return answers
