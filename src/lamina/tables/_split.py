"""Rows for training, validation and test."""

import numpy as np

from lamina.tables._errors import TableError

FEWEST_ROWS = 10


def split_rows(
    rows: int,
    test_size: float,
    val_size: float,
    seed: int,
    classes: np.ndarray | None = None,
    groups: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places of the rows for training, validation and test, each in ascending order.

    Args:
        rows: how many there are.
        test_size: share of the test part.
        val_size: share of the validation part in what remains.
        seed: fixes the draw.
        classes: class of each row, `(rows,)`; each class is shared out by itself, so that every part has about the same mix.
        groups: a number for each row, `(rows,)`; rows of one group stay together.
    Raises TableError if there are too few rows.
    """
    if rows < FEWEST_ROWS:
        raise TableError(
            f"There are only {rows} rows with a target; at least {FEWEST_ROWS} are needed to fit and test."
        )
    if groups is not None:
        return _split_groups(groups, test_size, val_size, seed, classes)
    rng = np.random.default_rng(seed)
    order = rng.permutation(rows)
    if classes is not None:
        order = _interleave(classes[order], order)
    # A stratified order is cut into every k-th row rather than into blocks, so that each part meets every class.
    test = _every(order, test_size)
    rest = order[~np.isin(order, test)]
    validation = _every(rest, val_size)
    training = rest[~np.isin(rest, validation)]
    if classes is not None:
        lost = np.setdiff1d(classes, classes[training])  # classes too rare to be everywhere are at least learned
        move = np.flatnonzero(np.isin(classes, lost))
        training = np.union1d(training, move)
        validation, test = np.setdiff1d(validation, move), np.setdiff1d(test, move)
    for part, name, share in (
        (training, "training", None),
        (validation, "validation", val_size),
        (test, "test", test_size),
    ):
        if not len(part):
            raise TableError(f"{rows} rows leave none for {name}{f' (share {share:g})' if share is not None else ''}.")
    return np.sort(training), np.sort(validation), np.sort(test)


def _split_groups(
    groups: np.ndarray, test_size: float, val_size: float, seed: int, classes: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The first row of each group is shared out; the others go where it goes."""
    _, first, group = np.unique(groups, return_index=True, return_inverse=True)
    if len(first) < FEWEST_ROWS:
        raise TableError(
            f"There are only {len(first)} different rows or groups; at least {FEWEST_ROWS} are needed to fit and test."
        )
    parts = split_rows(len(first), test_size, val_size, seed, None if classes is None else classes[first])
    training, validation, test = (np.flatnonzero(np.isin(group, part)) for part in parts)
    return training, validation, test


def _interleave(classes: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The rows class by class, each class in its drawn order."""
    return order[np.argsort(classes, kind="stable")]


def _every(order: np.ndarray, share: float) -> np.ndarray:
    """`share` of the rows, evenly spaced along the order."""
    count = round(len(order) * share)
    places = np.floor((np.arange(count) + 0.5) * len(order) / max(count, 1)).astype("int64")
    return order[places]
