"""`Bins`: numbers as how far they have come through each of the bins of their column, and where a column is cut into bins."""

from typing import Any

import numpy as np

from lamina import layers, ops

_CANDIDATES = 128  # places that are looked at for a cut
_LEAST_ROWS = 4  # on each side of a cut
_NEAR = 1e-5  # of the range; numbers no further apart are not told apart


class Bins(layers.Layer):
    """A piecewise-linear encoding whose edges are weights, so that one compiled network serves folds with edges of their own.

    Every column has room for as many bins; those that it lacks give 0. Input `(rows, columns)`; output `(rows, columns, bins)`,
    each between 0 (below the bin) and 1 (above it). What is written does the same with `encoded`.

    Reference: Gorishniy, Rubachev, Babenko, On Embeddings for Numerical Features in Tabular Deep Learning, 2022, arXiv:2203.05556.
    """

    def __init__(self, bins: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.bins = bins

    def build(self, input_shape: Any) -> None:
        shape = (input_shape[1], self.bins)
        self.start: Any = self.add_weight(name="start", shape=shape, initializer="zeros", trainable=False)
        self.slope: Any = self.add_weight(name="slope", shape=shape, initializer="zeros", trainable=False)

    def call(self, inputs: Any) -> Any:
        return encoded(inputs, self.start, self.slope)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape, self.bins)


def encoded(numbers: Any, start: Any, slope: Any) -> Any:
    """Numbers `(rows, columns)` as places in bins with these beginnings and 1 / widths, `(columns, bins)` both."""
    return ops.clip((ops.expand_dims(numbers, 2) - start) * slope, 0.0, 1.0)


def bins_of(numbers: np.ndarray, truth: np.ndarray, bins: int) -> list[np.ndarray]:
    """The weights of `Bins`, from the training rows: numbers `(rows, columns)`, standardised targets `(rows, units)`."""
    start, slope = np.zeros((2, numbers.shape[1], bins), "float32")
    for place, column in enumerate(numbers.T):
        edges = tree_edges(column, truth, bins)
        start[place, : len(edges) - 1], slope[place, : len(edges) - 1] = edges[:-1], 1 / np.diff(edges)
    return [start, slope]


def tree_edges(values: np.ndarray, truth: np.ndarray, bins: int) -> np.ndarray:
    """Edges of at most so many bins of a column: where a regression tree of this column alone parts the rows.

    The part whose best cut takes most of the squared error away is cut next; cuts lie midway between two values. A column that
    is constant has one bin, above its value.

    Args: values `(rows,)`, targets `(rows, units)`.
    """
    order = np.argsort(values, kind="stable")
    x, y = np.asarray(values, "float64")[order], np.asarray(truth, "float64")[order]
    if not x[-1] > x[0]:
        return np.array([x[0], x[0] + 1.0])
    sums = np.vstack([np.zeros(y.shape[1]), np.cumsum(y - y.mean(axis=0), axis=0)])
    places = np.flatnonzero(np.diff(x) > _NEAR * (x[-1] - x[0])) + 1
    if len(places) > _CANDIDATES:
        places = places[np.linspace(0, len(places) - 1, _CANDIDATES).astype("int64")]
    parts = [(*_best_cut(sums, places, 0, len(x)), 0, len(x))]
    cuts: list[int] = []
    while len(cuts) < bins - 1 and (part := max(parts))[0] > 0:
        _, cut, first, last = part
        parts.remove(part)
        parts += [(*_best_cut(sums, places, *ends), *ends) for ends in ((first, cut), (cut, last))]
        cuts.append(cut)
    inner = np.sort(cuts).astype("int64")
    return np.concatenate([x[:1], (x[inner - 1] + x[inner]) / 2, x[-1:]])


def _best_cut(sums: np.ndarray, places: np.ndarray, first: int, last: int) -> tuple[float, int]:
    """By how much the best cut between two places lowers the squared error, and where it is; (0, -1) for none."""
    inside = places[(places >= first + _LEAST_ROWS) & (places <= last - _LEAST_ROWS)]
    if not len(inside):
        return 0.0, -1
    left, right = sums[inside] - sums[first], sums[last] - sums[inside]
    gain = np.square(left).sum(axis=1) / (inside - first) + np.square(right).sum(axis=1) / (last - inside)
    best = int(gain.argmax())
    return float(gain[best] - np.square(sums[last] - sums[first]).sum() / (last - first)), int(inside[best])
