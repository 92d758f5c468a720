"""Targets with a long tail, fitted on a logarithmic scale."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lamina import ops

_SKEWED = 1.0  # skewness from which a logarithm may help
_SMALL = 0.05  # share of the numbers other than 0 that are on the nearly straight part of the scale
_BEYOND = 0.1  # of the range of the training rows, that answers may lie outside it
_MOST = 2.0  # what answers are multiplied by, at most


@dataclass(frozen=True)
class SignedLog:
    """The scale arcsinh(y / size), standardised: straight near 0, a logarithm (with the sign) far from it.

    Attributes: `size`; `mean` and `variance` of arcsinh(y / size) on the training rows; `low` and `high`, between which
    standardised answers are kept, so that none of them runs away.
    """

    size: float
    mean: float
    variance: float
    low: float
    high: float

    def apply(self, numbers: np.ndarray) -> np.ndarray:
        """Numbers of any shape on the scale, of mean 0 and variance 1."""
        return (np.arcsinh(np.asarray(numbers, "float64") / self.size) - self.mean) / np.sqrt(self.variance)

    def undo(self, scaled: Any, factor: float = 1.0) -> Any:
        """Standardised answers, arrays or symbolic tensors, as numbers; `factor` makes means of medians."""
        kept = ops.clip(scaled, self.low, self.high)
        return ops.sinh(kept * float(np.sqrt(self.variance)) + self.mean) * (self.size * factor)

    def factor(self, truth: np.ndarray, scaled: np.ndarray) -> float:
        """The mean of cosh(residuals on the scale): what stands between the mean of the numbers and the number at the mean.

        Reference: Duan, Smearing Estimate: A Nonparametric Retransformation Method, 1983, doi:10.1080/01621459.1983.10478017.
        """
        rest = (self.apply(truth) - np.clip(scaled, self.low, self.high)) * np.sqrt(self.variance)
        return min(float(np.cosh(rest).mean()), _MOST)


def signed_log_for(numbers: np.ndarray) -> SignedLog | None:
    """The scale for targets `(rows,)` of long tails; None if they have none, or if it would not shorten them."""
    away = np.abs(numbers[numbers != 0])
    if abs(skewness(numbers)) < _SKEWED or not len(away):
        return None
    size = float(np.quantile(away, _SMALL))
    scaled = np.arcsinh(numbers / size)
    if abs(skewness(scaled)) > abs(skewness(numbers)) / 2:
        return None
    mean, variance = float(scaled.mean()), float(scaled.var())
    standard = (scaled - mean) / np.sqrt(variance)
    room = _BEYOND * float(np.ptp(standard))
    least = -mean / np.sqrt(variance) if numbers.min() >= 0 else -np.inf  # where no number is negative, no answer is
    return SignedLog(size, mean, variance, max(float(standard.min()) - room, least), float(standard.max()) + room)


def skewness(numbers: np.ndarray) -> float:
    """The mean cube of the standardised numbers `(rows,)`; 0 for a constant."""
    rest = numbers - numbers.mean()
    return float((rest**3).mean() / max(float((rest**2).mean()) ** 1.5, 1e-300))
