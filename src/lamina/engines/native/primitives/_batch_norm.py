"""Normalisation over all axes but the last, with its gradient in closed form: two sums over the batch, and one pass.

Differentiated step by step the mean and the variance give a third sum, which is of differences from the mean and so zero but
for rounding, and a second array as large as the batch. The values themselves are ordinary calls; `batch_normalized` stands for
them to autodiff alone. Source: Ioffe and Szegedy, Batch Normalization, 2015, arXiv:1502.03167, section 3.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._cut import WHOLE
from .._graph import Spec
from .._primitive import MOVES, Primitive


def _vjp(
    g: Any, y: Any, value: Any, x: Any, centered: Any, inverse: Any, gamma: Any, beta: Any, needed: Sequence[bool]
) -> list[Any]:
    """Of x, gamma and beta; what else is given was made of them."""
    axes = tuple(range(len(x.shape) - 1))
    count = math.prod(x.shape[:-1])
    total, product = np.sum(g, axis=axes), np.sum(g * centered, axis=axes)
    factor = gamma * inverse
    slope = factor * np.square(inverse) * product / count
    return [None, g * factor - (centered * slope + factor * total / count), None, None, product * inverse, total]


# Inputs: the normalised values, and what they were made of: x, x less its mean, one over the deviation, gamma and beta.
batch_normalized = Primitive(
    "batch_normalized",
    forward=lambda value, *_, out=None: value,
    shape=lambda value, *_: Spec(value.shape, value.dtype),
    vjp=_vjp,
    cut=WHOLE,
    transparent=True,
    cost=MOVES,
    view=lambda value, *_: value,
)


def batch_norm(x: Any, gamma: Any, beta: Any, epsilon: float) -> tuple[Any, Any, Any]:
    """`x` normalised over all axes but the last, its mean and its variance; `gamma` and `beta`: (x.shape[-1],) or None."""
    axes = tuple(range(len(x.shape) - 1))
    mean = np.mean(x, axis=axes, keepdims=True)
    centered = x - mean
    variance = np.mean(np.square(centered), axis=axes)
    inverse = 1 / np.sqrt(variance + epsilon)
    value = centered * (inverse if gamma is None else inverse * gamma)
    value = value if beta is None else value + beta
    width = x.shape[-1:]
    gamma = np.ones(width, x.dtype) if gamma is None else gamma
    beta = np.zeros(width, x.dtype) if beta is None else beta
    return batch_normalized(value, x, centered, inverse, gamma, beta), np.reshape(mean, width), variance
