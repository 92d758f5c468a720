"""`Case`: all that the rules look at."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ._head import Head
from ._network import Network


@dataclass(frozen=True)
class Call:
    """One call of a layer in the pass: what came in, and what went out."""

    layer: Any
    path: str
    inputs: np.ndarray
    outputs: np.ndarray


@dataclass(frozen=True)
class Answer:
    """What a model makes of some rows while it is not trained: its outputs, and the calls of its layers."""

    outputs: list[np.ndarray]
    calls: list[Call]


@dataclass(frozen=True)
class Setting:
    """How a model is to be trained.

    Attributes: `batch_size`; `shuffle`; `is_split`, whether validation is the tail of the training data; `steps`, how many are
    planned; `sets_rate`, whether a callback will set the step size, and `rate_by`, the name of one that has; `is_stream`,
    whether only the first batch of the data is at hand; `class_weight`, as given to `fit`. What is not known is None.
    """

    batch_size: int | None = None
    shuffle: bool = True
    is_split: bool = False
    steps: int | None = None
    sets_rate: bool = False
    rate_by: str | None = None
    is_stream: bool = False
    class_weight: Any = None


@dataclass(frozen=True)
class Case:
    """A model with what it is trained on.

    Attributes: `network`; `heads`, its outputs; `optimizer`, None for none; `x`, `y`, `sample_weight`: arrays by name, all that
    are at hand; `validation`, the same of x and y; `given`, calls of the layers that are given the data itself, without what
    they make of it; `calls`, the layers' calls in the pass in order, and `gradients`, triples of layer path, weight and
    gradient, both empty where the pass could not be made; `is_default`, whether the model's own step is the built-in one;
    `setting`, how it is to be trained; `rows`, the places in the data of the rows at hand, None for all; `losses`, of each
    output, weighted, by name, `total_loss`, and `penalty`, what regularizers have added to it, all for the batch; `origin`, where
    the first value of the pass that is not finite came from, None if all are, or if it cannot be told; `batch`, the x of the
    pass in the structure that the model takes, and `answer`, what the model makes of such rows, asked some times, the last time,
    None where it cannot be asked: each time costs a pass forward.
    """

    network: Network
    heads: list[Head]
    optimizer: Any = None
    x: dict[str, np.ndarray] = field(default_factory=dict)
    y: dict[str, np.ndarray] = field(default_factory=dict)
    sample_weight: dict[str, np.ndarray] = field(default_factory=dict)
    validation: dict[str, np.ndarray] = field(default_factory=dict)
    given: list[Call] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    gradients: list[tuple[str, Any, np.ndarray]] = field(default_factory=list)
    is_default: bool = True
    setting: Setting = field(default_factory=Setting)
    rows: np.ndarray | None = None
    losses: dict[str, float] = field(default_factory=dict)
    total_loss: float | None = None
    penalty: float = 0.0
    origin: Any = None
    batch: Any = None
    answer: Callable[..., Answer | None] | None = None

    def loss_range(self) -> tuple[Any, Any]:
        """The names of the outputs with the smallest and the largest loss; None twice if fewer than two have one."""
        sizes = {name: abs(value) for name, value in self.losses.items() if np.isfinite(value) and value}
        if len(sizes) < 2:
            return None, None
        return min(sizes, key=lambda name: sizes[name]), max(sizes, key=lambda name: sizes[name])

    def has_losses_apart(self) -> bool:
        """Whether the losses of two outputs differ by more than 1000."""
        small, large = self.loss_range()
        return large is not None and abs(self.losses[large]) > 1e3 * abs(self.losses[small])
