"""`Head`: an output of a model with the loss and the targets that belong to it."""

from collections.abc import Callable
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
    and `truth`, the targets of these; `metrics`, the names of those given to `compile`, and `measures`, as they were given;
    `weighted`, whether samples or classes have weights; `shape`, of the output; `has_loss`, whether `compile` was given a loss
    for it; `judge`, that loss of targets and outputs as a number, None where it is not known, and its `weight`.
    """

    layer: str | None = None
    activation: str | None = None
    units: int | None = None
    loss: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    y: np.ndarray | None = None
    predictions: np.ndarray | None = None
    truth: np.ndarray | None = None
    metrics: tuple[str, ...] = ()
    weighted: bool = False
    shape: tuple[int | None, ...] = ()
    has_loss: bool = True
    judge: Callable[[np.ndarray, np.ndarray], float] | None = None
    weight: float = 1.0
    measures: tuple[Any, ...] = ()

    @property
    def from_logits(self) -> bool:
        return bool(self.options.get("from_logits"))

    @property
    def is_crossentropy(self) -> bool:
        return self.loss in CROSSENTROPIES

    @property
    def is_regression(self) -> bool:
        return self.loss in REGRESSIONS

    @property
    def fitting(self) -> str:
        """The activation that gives the probabilities which the crossentropy takes."""
        return "sigmoid" if self.loss == BINARY else "softmax"

    def shown(self, rows: int = 1, axes: int = 1) -> np.ndarray | None:
        """The outputs of the batch, if they are floats of that many samples and axes or more; None for others."""
        outputs = self.predictions
        if (
            outputs is None
            or outputs.dtype.kind != "f"
            or outputs.ndim < axes
            or len(outputs) < rows
            or not outputs.size
        ):
            return None
        return outputs

    def finite_y(self) -> np.ndarray | None:
        """The targets as float64, if all are numbers and finite."""
        return self._finite_y

    @cached_property
    def _finite_y(self) -> np.ndarray | None:
        if self.y is None or self.y.dtype.kind not in "biuf" or not self.y.size:
            return None
        values = self.y.astype("float64")
        return values if np.isfinite(values).all() else None

    def labels(self) -> np.ndarray | None:
        """The class of each sample, float64 `(samples,)`; None where the targets are no classes."""
        y = self.finite_y()
        if y is None:
            return None
        found = y.argmax(axis=-1).astype("float64") if self.has_distributions() else y
        found = found[..., 0] if found.ndim > 1 and found.shape[-1] == 1 else found
        return found if found.ndim == 1 and is_whole(found) else None

    def are_class_numbers(self) -> bool:
        """Whether the targets are numbers of the classes that the units stand for."""
        y = self.labels() if not self.has_distributions() else None
        return y is not None and y.min() >= 0 and y.max() < (self.units or 0)

    def has_distributions(self) -> bool:
        """Whether every row of the targets sums to 1 over the classes, and has the output's width."""
        y = self.finite_y()
        axis = self.options.get("axis", -1)
        if y is None or y.ndim < 2 or not -y.ndim <= axis < y.ndim:
            return False
        if axis % y.ndim == y.ndim - 1 and y.shape[-1] != self.units:
            return False
        return bool(np.all(np.abs(y.sum(axis=axis) - 1) < 1e-3) and y.min() >= 0)


def last_layer(case: Any, head: Head, units: int, activation: str = "") -> str:
    """How the layer that gives an output is written with another number of units."""
    found = next((type(x).__name__ for x in case.network.layers if getattr(x, "path", None) == head.layer), "Dense")
    name, size = (found, ", 1") if found.startswith("Conv") else ("Dense", "")
    return f'{name}({units}{size}, activation="{activation}")' if activation else f"{name}({units}{size})"


def are_pictures(y: np.ndarray) -> bool:
    """Whether targets have the values of pictures, 0 to 255."""
    return y[0].size >= 64 and y.min() >= 0 and 50 < y.max() <= 255


def is_whole(values: np.ndarray) -> bool:
    """Whether all values are whole numbers."""
    return bool(np.all(values == np.round(values)))


def distinct(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The values that occur, in order, and how often. (NumPy's `unique` loads the masked arrays first, which takes long.)"""
    ordered = np.sort(values, axis=None)
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return ordered[starts], np.diff(starts, append=len(ordered))


def takes_many(column: np.ndarray) -> bool:
    """Whether a column takes so many values that it is measured, or counts."""
    return len(distinct(column)[0]) > len(column) // 4
