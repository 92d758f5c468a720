"""`PiecewiseLinearEncoding`."""

from typing import Any, Unpack

import numpy as np

from lamina import ops
from lamina._checks import check_positive_int
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._layer import Layer


@public("layers.PiecewiseLinearEncoding")
class PiecewiseLinearEncoding(Layer):
    """Each number as how far it has come through each of the bins of its column.

    For the bin from `a` to `b` the number `x` gives `(x - a) / (b - a)`, held between 0 and 1: bins below it are 1, bins above
    it 0. The first bin is open below and the last above, where the line goes on. A linear layer on top can thus bend at
    every edge. The edges are given, or learned by `adapt` as quantiles of the data.

    Args:
        boundaries: for each feature its edges, ascending, two or more; or None, for `adapt`.
        bins: the most bins that `adapt` makes for a feature.

    Input `(batch, features)`; output `(batch, bins of all features together)`, the bins of a feature side by side. Raises
    ValueError for edges that do not ascend, for another number of features, and if it is called before `adapt`.
    Example:
        >>> layers.PiecewiseLinearEncoding([[0.0, 1.0, 3.0]])(ops.array([[0.5], [2.0]]))
        Tensor([[0.5, 0. ],
                [1. , 0.5]], dtype=float32)

    Reference: Gorishniy, Rubachev, Babenko, On Embeddings for Numerical Features in Tabular Deep Learning, 2022,
    arXiv:2203.05556.
    """

    def __init__(self, boundaries: Any = None, bins: int = 16, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        check_positive_int(bins, "bins", self._owner)
        self.bins = int(bins)
        self.boundaries: list[list[float]] | None = None
        if boundaries is not None:
            self._take([[float(edge) for edge in edges] for edges in boundaries])

    def _take(self, boundaries: list[list[float]]) -> None:
        for i, edges in enumerate(boundaries):
            if len(edges) < 2 or not (np.diff(np.asarray(edges, "float32")) > 0).all():
                raise ValueError(
                    f"{self._owner}: boundaries of a feature are two or more ascending numbers that single precision "
                    f"tells apart; those of feature {i} are {edges}."
                )
        if not boundaries:
            raise ValueError(f"{self._owner}: boundaries must hold the edges of one feature or more; got none.")
        self.boundaries, self.built = boundaries, True
        counts = [len(edges) - 1 for edges in boundaries]
        self._feature = np.repeat(np.arange(len(counts)), counts).astype("int32")
        self._start = np.concatenate([edges[:-1] for edges in boundaries]).astype("float32")
        self._width = np.concatenate([np.diff(edges) for edges in boundaries]).astype("float32")
        first, last = (
            np.concatenate([np.arange(n) == place(n) for n in counts]) for place in (lambda n: 0, lambda n: n - 1)
        )
        self._least = np.where(first, -np.inf, 0).astype("float32")
        self._most = np.where(last, np.inf, 1).astype("float32")

    def adapt(self, data: TensorLike) -> None:
        """Learns the edges from the columns of `data` `(rows, features)`; missing numbers (NaN) are passed over."""
        columns = np.asarray(data, "float32").T
        if columns.ndim != 2:
            raise ValueError(f"{self._owner}: adapt takes data of shape (rows, features); got {np.shape(data)}.")
        self._take([quantile_edges(column, self.bins) for column in columns])

    def call(self, inputs: TensorLike) -> Any:
        self._check(inputs.shape)
        edges = (self._start, self._width, self._most, self._least)
        start, width, most, least = (ops.cast(edge, inputs.dtype) for edge in edges)
        places = ops.divide(ops.subtract(ops.take(inputs, self._feature, axis=1), start), width)
        return ops.maximum(ops.minimum(places, most), least)

    def compute_output_shape(self, input_shape: Any) -> Any:
        self._check(input_shape)
        return (input_shape[0], len(self._feature))

    def _check(self, shape: Any) -> None:
        if self.boundaries is None:
            raise ValueError(f"{self._owner}: the boundaries are not known yet; give them, or call adapt(data) first.")
        if len(shape) != 2 or shape[1] != len(self.boundaries):
            raise ValueError(f"{self._owner} takes (batch, {len(self.boundaries)} features); got {tuple(shape)}.")

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "boundaries": self.boundaries, "bins": self.bins}


def quantile_edges(values: np.ndarray, bins: int) -> list[float]:
    """Edges of `bins` bins that hold about as many values each; fewer where values repeat."""
    known = np.asarray(values, "float64")
    known = known[np.isfinite(known)]
    if not len(known):
        return [0.0, 1.0]
    distinct = np.unique(known)
    edges = distinct if len(distinct) <= bins else np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)))
    kept = [float(edges[0])]
    least = 1e-5 * max(float(edges[-1] - edges[0]), 1e-30)
    for edge in edges[1:].tolist():
        if edge - kept[-1] > least and np.float32(edge) > np.float32(kept[-1]):
            kept.append(edge)
    return kept if len(kept) > 1 else [kept[0], kept[0] + 1.0]
