"""How much of the targets a straight line through the inputs explains."""

from typing import Any

import numpy as np

from lamina import tree

_FEWEST_ROWS, _MOST_ROWS, _MOST_COLUMNS = 64, 1024, 64


def linear_share(heads: list[Any], data: Any) -> float | None:
    """The share of the squares of the targets that least squares explain, of rows that they were not fitted to: 1 for all, 0 or
    less for nothing. None where there is not one array of each, the features are many, or the rows few.

    Args:
        heads: the outputs, with the targets: numbers, or labels, of which each class is a column.
        data: (x, y, sample_weight).
    """
    x = data[0] if data is not None else None
    if len(heads) != 1 or tree.is_nested(x) or x is None or x.dtype.kind not in "biuf" or x.ndim != 2:
        return None
    labels, y = heads[0].labels() if heads[0].is_crossentropy else None, heads[0].finite_y()
    if y is None or len(y) != len(x) or len(x) < _FEWEST_ROWS or x.shape[1] > _MOST_COLUMNS:
        return None
    y = (labels[:, None] == np.unique(labels)) if labels is not None else y.reshape(len(y), -1)
    rows = np.random.default_rng(0).permutation(len(x))[:_MOST_ROWS]
    design, y = np.column_stack([x[rows], np.ones(len(rows))]).astype("float64"), y[rows].astype("float64")
    half = len(rows) // 2
    if half < 2 * design.shape[1] or not np.isfinite(design).all():
        return None
    found = np.linalg.lstsq(design[:half], y[:half])[0]
    left = ((y[half:] - design[half:] @ found) ** 2).sum()
    return float(1 - left / max(((y[half:] - y[:half].mean(axis=0)) ** 2).sum(), 1e-12))
