"""`Bins`: numbers as how far they have come through each of the bins of their column."""

from typing import Any

import numpy as np

from lamina import layers, ops
from lamina.layers.tabular._piecewise_linear_encoding import quantile_edges


class Bins(layers.Layer):
    """A piecewise-linear encoding whose edges are weights, so that one compiled network serves folds with edges of their own.

    Every column has room for as many bins; those that it lacks give 0. Input `(rows, columns)`; output `(rows, columns, bins)`,
    each between 0 (below the bin) and 1 (above it). What is written does the same with `encoded`.

    Reference: Gorishniy, Rubachev, Babenko, On Embeddings for Numerical Features in Tabular Deep Learning, 2022,
    arXiv:2203.05556.
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
    return ops.clip(ops.multiply(ops.subtract(ops.expand_dims(numbers, 2), start), slope), 0.0, 1.0)


def bins_of(numbers: np.ndarray, bins: int) -> list[np.ndarray]:
    """The weights of `Bins`, by quantiles of the training rows `(rows, columns)`."""
    start, slope = np.zeros((2, numbers.shape[1], bins), "float32")
    for place, column in enumerate(numbers.T):
        edges = quantile_edges(column, bins)
        start[place, : len(edges) - 1], slope[place, : len(edges) - 1] = edges[:-1], 1 / np.diff(edges)
    return [start, slope]
