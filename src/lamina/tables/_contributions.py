"""What each column adds to the answer for one row: Shapley values, sampled."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lamina._public import public

from ._evidence import Inputs

_BACKGROUND = 100  # rows that stand for "the column is not known"
_MOST = 60_000  # rows that are predicted
_AT_ONCE = 20_000


@public("tables.Contributions")
@dataclass
class Contributions:
    """What each column adds to the answer for one row; `TableModel.explain(..., row=N)` makes it.

    Shapley values (of the game in which a column that does not take part has its value in a row of the background), sampled: for
    each row of the background the columns take the values of the explained row one by one, in a random order and in the
    reverse of it. So they sum, not only on average, to the answer less the mean answer for the background.

    Attributes:
        columns: names, in the order of the model's columns.
        shown: the values of the row, as text.
        values: float64 `(columns, units)`: the number, in its units, or the probability of each class of `outputs`.
        spread: standard errors of the values, from the rows of the background, `(columns, units)`.
        base, prediction: the mean answer for the background, and the answer for the row, `(units,)`.
        outputs: what the units are: the target, or the classes.
        rows: how many rows the background has.

    References: Strumbelj, Kononenko, Explaining prediction models and individual predictions with feature contributions, 2014,
    doi:10.1007/s10115-013-0679-x; Mitchell et al., Sampling Permutations for Shapley Value Estimation, 2022, arXiv 2104.12199
    (an order and its reverse).
    Example:
        >>> rows = {"size": [7 * n % 40 for n in range(40)], "day": [11 * n % 40 for n in range(40)]}
        >>> rows["price"] = [3.0 * n + 1 for n in rows["size"]]
        >>> model = lamina.fit_table(rows, target="price", folds=2, hidden=(), verbose=False)
        >>> found = model.explain(rows, row=1)
        >>> bool(np.isclose(found.values.sum() + found.base[0], found.prediction[0]))
        True
    """

    columns: list[str]
    shown: list[str]
    values: np.ndarray
    spread: np.ndarray
    base: np.ndarray
    prediction: np.ndarray
    outputs: list[str]
    rows: int


def shapley_values(
    answers: Callable[[Inputs], np.ndarray], row: Inputs, background: Inputs, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """Values and their standard errors `(columns, units)`, mean answer and answer `(units,)`, and the rows compared with.

    Args:
        answers: what the model gives for raw columns, `(rows, units)`.
        row: the columns of the row, each `(1, 1)`.
        background: the columns of other rows, each `(rows, 1)`; at most 100 of them are drawn.
    """
    rng = np.random.default_rng(seed)
    names = list(row)
    steps = len(names) + 1
    size = len(background[names[0]])
    most = max(min(_BACKGROUND, _MOST // (2 * steps)), 1)
    chosen = rng.permutation(size)[:most]
    orders = [rng.permutation(len(names)) for _ in chosen]
    walks = [(place, order) for place, way in zip(chosen, orders) for order in (way, way[::-1])]
    found = np.concatenate([
        answers(_walked(names, row, background, walks[start : start + at_once], steps))
        for at_once in [max(_AT_ONCE // steps, 1)]
        for start in range(0, len(walks), at_once)
    ]).reshape(len(walks), steps, -1)  # fmt: skip
    gains = np.diff(found, axis=1)
    by_walk = np.empty_like(gains)
    for i, (_, order) in enumerate(walks):
        by_walk[i, order] = gains[i]
    pairs = by_walk.reshape(len(chosen), 2, *by_walk.shape[1:]).mean(axis=1)
    spread = pairs.std(axis=0) / np.sqrt(len(chosen))
    return pairs.mean(axis=0), spread, found[:, 0].mean(axis=0), found[0, -1], len(chosen)


def _walked(
    names: list[str], row: Inputs, background: Inputs, walks: list[tuple[int, np.ndarray]], steps: int
) -> Inputs:
    """The rows on the way from a row of the background to the explained one, column after column."""
    places = np.array([place for place, _ in walks])
    turn = np.empty((len(walks), len(names)), dtype=int)  # the step at which a column changes
    for i, (_, order) in enumerate(walks):
        turn[i, order] = np.arange(1, steps)
    at = np.arange(steps)
    return {
        name: np.where(at >= turn[:, j, None], row[name], background[name][places]).reshape(-1, 1)
        for j, name in enumerate(names)
    }
