"""Two columns that determine the target together, though neither does alone."""

from itertools import combinations

import numpy as np

from ._columns import NUMERIC, Column, is_missing
from ._read import as_text
from ._table import Table

_MOST_COLUMNS = 60
_MOST_ROWS = 20_000  # that are looked at, evenly spaced
_LEFT = 0.001  # share of the variance, or of the rows, that may be left unexplained
_LEFT_OF_RARE = 0.02  # of the rows that are not of the most frequent class
_FEWEST = 20  # rows beyond the first of their group, from which agreement is no accident
_JOINT = 4  # most joint levels for each row: of more, hardly two rows share one


def pair_that_determines(table: Table, truth: np.ndarray, is_number: bool, used: list[Column]) -> list[str]:
    """The names of two columns that give the target (nearly) exactly, none if there are no such two.

    Looked for are two columns of a number's weighted sum, product, quotient or difference; two numbers of which the larger
    one says the class; and two columns each of whose joint levels has one class, or one number.

    Args:
        table: the rows.
        truth: the target, numbers or texts, `(rows,)`.
        is_number: whether it is a number.
        used: the columns that the model looks at.
    """
    rows = (
        np.unique(np.linspace(0, len(truth) - 1, _MOST_ROWS).astype("int64"))
        if len(truth) > _MOST_ROWS
        else slice(None)
    )
    truth = truth[rows]
    columns = {c.name: table.columns[c.name][rows] for c in used[:_MOST_COLUMNS]}
    kinds = {c.name: c.kind for c in used}
    numbers = {n: v for n, v in columns.items() if kinds[n] == NUMERIC and not is_missing(v).any()}
    found: tuple[str, ...] = ()
    if is_number:
        positive = {name: np.log(values) for name, values in numbers.items() if (values > 0).all()}
        found = _pair_of_a_sum(numbers, truth)
        if not found and (truth > 0).all():
            found = _pair_of_a_sum(positive, np.log(truth))
    else:
        found = _pair_by_order(numbers, truth)
    return list(found or _pair_of_levels(columns, truth, is_number))


def _pair_of_a_sum(columns: dict[str, np.ndarray], truth: np.ndarray) -> tuple[str, ...]:
    """The two columns of which a weighted sum is nearest to the target, if it is the target; by all correlations at once."""
    names = [name for name, values in columns.items() if values.std() > 0]
    if len(names) < 2 or len(truth) < 10 * 4:
        return ()
    scaled = np.stack([(columns[n] - columns[n].mean()) / columns[n].std() for n in names])
    y = (truth - truth.mean()) / truth.std()
    with_y, between = scaled @ y / len(y), scaled @ scaled.T / len(y)
    rest = np.maximum(1 - between**2, 1e-9)
    explained = (with_y[:, None] ** 2 + with_y[None] ** 2 - 2 * with_y[:, None] * with_y[None] * between) / rest
    explained[np.diag_indices(len(names))] = 0
    first, second = np.unravel_index(int(explained.argmax()), explained.shape)
    design = scaled[[first, second]].T
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    is_exact = float(np.square(left).mean()) <= _LEFT
    return tuple(names[i] for i in sorted((first, second))) if is_exact else ()


def _pair_by_order(numbers: dict[str, np.ndarray], truth: np.ndarray) -> tuple[str, ...]:
    """Two numbers that say the class by which of them is the larger."""
    classes = np.unique(truth, return_inverse=True)[1]
    for first, second in combinations(numbers, 2):
        order = np.sign(numbers[first] - numbers[second]).astype("int64") + 1
        if len(np.unique(order)) > 1 and _is_one_class_each(order, classes):
            return first, second
    return ()


def _pair_of_levels(columns: dict[str, np.ndarray], truth: np.ndarray, is_number: bool) -> tuple[str, ...]:
    codes = {name: np.unique(as_text(values), return_inverse=True)[1] for name, values in columns.items()}
    sizes = {name: int(code.max()) + 1 for name, code in codes.items()}
    values = truth if is_number else np.unique(truth, return_inverse=True)[1]
    judge = _is_one_number_each if is_number else _is_one_class_each
    for first, second in combinations(codes, 2):
        if sizes[first] * sizes[second] <= _JOINT * len(truth) and min(sizes[first], sizes[second]) > 1:
            if judge(codes[first] * sizes[second] + codes[second], values):
                return first, second
    return ()


def _is_one_class_each(groups: np.ndarray, classes: np.ndarray) -> bool:
    """Whether (nearly) all rows that share a group are of its most frequent class, more than by accident."""
    shared = np.bincount(groups)[groups] > 1
    groups, classes = np.unique(groups[shared], return_inverse=True)[1], classes[shared]
    if len(classes) == 0 or len(classes) - (groups.max() + 1) < _FEWEST:
        return False
    size = int(classes.max()) + 1
    counts = np.bincount(groups * size + classes, minlength=(groups.max() + 1) * size).reshape(-1, size)
    wrong = len(classes) - int(counts.max(axis=1).sum())
    by_chance = len(classes) - int(np.bincount(classes).max())
    return by_chance >= _FEWEST and wrong <= min(_LEFT * len(classes), _LEFT_OF_RARE * by_chance)


def _is_one_number_each(groups: np.ndarray, numbers: np.ndarray) -> bool:
    """Whether the rows that share a group have (nearly) the same number."""
    counts = np.bincount(groups)
    shared = counts[groups] > 1
    free = int(shared.sum()) - int((counts > 1).sum())
    if free < _FEWEST:
        return False
    means = np.bincount(groups, numbers) / np.maximum(counts, 1)
    within = float(np.square(numbers - means[groups])[shared].sum()) / free
    return within <= _LEFT * float(numbers.var())
