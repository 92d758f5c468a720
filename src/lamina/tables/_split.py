"""Rows for training, validation and test."""

import numpy as np

from ._errors import TableError

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
    _check_enough(rows, False)
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
        if not len(part) and share != 0:
            raise TableError(f"{rows} rows leave none for {name}{f' (share {share:g})' if share is not None else ''}.")
    return np.sort(training), np.sort(validation), np.sort(test)


def split_folds(
    rows: int, folds: int, val_size: float, seed: int, classes: np.ndarray | None = None,
    groups: np.ndarray | None = None,
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:  # fmt: skip
    """Places of the rows for training, validation and test of each fold: every row is in the test part of one.

    Args:
        folds: how many; fewer if there are fewer groups.
        rows, val_size, seed, classes, groups: as in `split_rows`.
    Raises TableError if there are too few rows or groups.
    """
    first, group = np.arange(rows), np.arange(rows)
    if groups is not None:
        _, first, group = np.unique(groups, return_index=True, return_inverse=True)
    units = len(first)
    _check_enough(units, groups is not None)
    folds = min(folds, units // 2)
    order = np.random.default_rng(seed).permutation(units)
    if classes is not None:
        order = _interleave(classes[first][order], order)
    parts = []
    for fold in range(folds):
        test, rest = order[fold::folds], np.delete(order, np.s_[fold::folds])
        validation = _every(rest, max(val_size, 1 / len(rest)))
        training = np.setdiff1d(rest, validation)
        if classes is not None:
            known = classes[first]
            lost = validation[~np.isin(known[validation], known[training])]  # what is rare is at least learned
            if len(lost) < len(validation):
                training, validation = np.union1d(training, lost), np.setdiff1d(validation, lost)
        parts.append(tuple(np.flatnonzero(np.isin(group, part)) for part in (training, validation, test)))
    return parts


def split_time(moments: np.ndarray, test_size: float, val_size: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places of the rows for training, validation and test: the latest are tested, those before them validate.

    Rows of one moment stay together. Args: `moments`, a number for each row, `(rows,)`. Raises TableError if there are too
    few rows or moments.
    """
    _check_enough(len(moments), False)
    test = moments > _cut(moments, test_size)
    validation = ~test & (moments > _cut(moments[~test], val_size))
    parts = tuple(np.flatnonzero(part) for part in (~test & ~validation, validation, test))
    if not all(map(len, parts)):
        raise TableError(
            f"--time: {len(np.unique(moments))} different moments in {len(moments)} rows cannot be parted into training, "
            "validation and test."
        )
    return parts


def _cut(moments: np.ndarray, share: float) -> float:
    """The last moment before the share that comes last."""
    return float(np.sort(moments)[max(len(moments) - max(round(share * len(moments)), 1) - 1, 0)])


def _check_enough(units: int, grouped: bool) -> None:
    if units < FEWEST_ROWS:
        what = "different rows or groups" if grouped else "rows with a target"
        raise TableError(f"There are only {units} {what}; at least {FEWEST_ROWS} are needed to fit and test.")


def _split_groups(
    groups: np.ndarray, test_size: float, val_size: float, seed: int, classes: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The first row of each group is shared out; the others go where it goes."""
    _, first, group = np.unique(groups, return_index=True, return_inverse=True)
    _check_enough(len(first), True)
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
