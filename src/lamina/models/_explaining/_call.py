"""`Passed`: one call of a layer for one input, and what is written of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from lamina.viewing._explanation import Section


@dataclass(frozen=True)
class Passed:
    """A call of a layer.

    Attributes: `layer`; `inputs` and `outputs`, without the batch axis, float64; `gradient` of the loss for the outputs, None
    without a loss.
    """

    layer: Any
    inputs: np.ndarray
    outputs: np.ndarray
    gradient: np.ndarray | None = None


class Arithmetic(Protocol):
    """A layer's computation, done once more in NumPy so that it can be written down."""

    outputs: np.ndarray

    def forward(self, most: int | None) -> list[Section]:
        """How the outputs come about."""

    def backward(self, gradient: np.ndarray, most: int | None) -> list[Section]:
        """How the gradients of weights and inputs follow from the one of the outputs."""


Maker = Callable[[Passed], Arithmetic]
