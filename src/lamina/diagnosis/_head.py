"""`Head`: an output of a model with the loss and the targets that belong to it."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

BINARY, CATEGORICAL, SPARSE = "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"
CROSSENTROPIES = (BINARY, CATEGORICAL, SPARSE)
REGRESSIONS = ("mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "mean_absolute_percentage_error")


@dataclass(frozen=True)
class Head:
    """One output.

    Attributes: `layer`, the path of the layer that gives it, None if unknown; `activation`, the name of the last activation,
    None if unknown; `units`, the size of the last axis; `loss`, the name of the built-in loss, None for none and for one of the
    user's; `options`, the loss's arguments; `y`, all targets at hand, None for none; `predictions`, for the rows of the batch,
    and `truth`, the targets of these; `metrics`, as given to `compile`; `weighted`, whether samples or classes have weights.
    """

    layer: str | None = None
    activation: str | None = None
    units: int | None = None
    loss: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    y: np.ndarray | None = None
    predictions: np.ndarray | None = None
    metrics: tuple[str, ...] = ()
    weighted: bool = False

    @property
    def from_logits(self) -> bool:
        return bool(self.options.get("from_logits"))

    @property
    def is_crossentropy(self) -> bool:
        return self.loss in CROSSENTROPIES

    @property
    def is_regression(self) -> bool:
        return self.loss in REGRESSIONS

    def finite_y(self) -> np.ndarray | None:
        """The targets as float64, if all are numbers and finite."""
        return self._finite_y

    @cached_property
    def _finite_y(self) -> np.ndarray | None:
        if self.y is None or self.y.dtype.kind not in "biuf" or not self.y.size:
            return None
        values = self.y.astype("float64")
        return values if np.isfinite(values).all() else None

    def has_distributions(self) -> bool:
        """Whether every row of the targets sums to 1 over the classes, and has the output's width."""
        y = self.finite_y()
        if y is None or y.ndim < 2 or y.shape[-1] != self.units:
            return False
        return bool(np.all(np.abs(y.sum(axis=-1) - 1) < 1e-3) and y.min() >= 0)


def is_whole(values: np.ndarray) -> bool:
    """Whether all values are whole numbers."""
    return bool(np.all(values == np.round(values)))
