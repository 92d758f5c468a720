"""What a report is about."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from .._columns import Column
from .._dependence import Dependence
from .._evidence import Trial
from .._figures import Figures, classes_of
from .._importance import Importance
from .._target import NUMBER, Target, shares_of


@dataclass
class Findings:
    """A model, rows that it did not learn from, and what they say of it.

    Attributes:
        title: of the page.
        target, columns, summary: of the model; `summary` is what stands in metrics.json.
        trials: the rows, and the models that are judged by them.
        judged: a sentence on which rows these are.
        figures, spread: the metrics on the rows, and their spread over folds if there are some.
        cautions: sentences.
        importance, dependences: of the model's columns.
        curves: losses by epoch and the best epoch of each training.
    """

    title: str
    target: Target
    columns: list[Column]
    summary: dict[str, Any]
    trials: list[Trial]
    judged: str
    figures: Figures
    spread: Figures
    cautions: list[str]
    importance: Importance
    dependences: list[Dependence]
    curves: list[tuple[dict[str, list[Any]], int]] = field(default_factory=list)

    @property
    def is_number(self) -> bool:
        return self.target.kind == NUMBER

    @cached_property
    def truth(self) -> np.ndarray:
        """Encoded targets of all rows, `(rows, units)`."""
        return np.concatenate([t.truth for t in self.trials])

    @cached_property
    def outputs(self) -> np.ndarray:
        """What the models give for them, `(rows, units)`."""
        return np.concatenate([t.outputs for t in self.trials])

    @cached_property
    def true_classes(self) -> np.ndarray:
        return classes_of(self.target, self.truth)

    @cached_property
    def predicted_classes(self) -> np.ndarray:
        """By the threshold or the weights of each trial."""
        return np.concatenate([classes_of(t.decided or self.target, t.outputs) for t in self.trials])

    @cached_property
    def shares(self) -> np.ndarray:
        """The probability of each class, `(rows, classes)`."""
        return shares_of(self.target, self.outputs)
