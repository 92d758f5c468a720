"""`Case`: all that the rules look at."""

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
class Case:
    """A model with what it is trained on.

    Attributes: `network`; `heads`, its outputs; `optimizer`, None for none; `x`, `y`, `sample_weight`: arrays by name, all that
    are at hand; `validation`, the same of x and y; `calls`, the layers' calls in the pass in order, and `gradients`, triples
    of layer path, weight and gradient, both empty where the pass could not be made; `is_default`, whether the model's own step
    is the built-in one.
    """

    network: Network
    heads: list[Head]
    optimizer: Any = None
    x: dict[str, np.ndarray] = field(default_factory=dict)
    y: dict[str, np.ndarray] = field(default_factory=dict)
    sample_weight: dict[str, np.ndarray] = field(default_factory=dict)
    validation: dict[str, np.ndarray] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    gradients: list[tuple[str, Any, np.ndarray]] = field(default_factory=list)
    is_default: bool = True
