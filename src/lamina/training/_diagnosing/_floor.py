"""The loss of the best constant prediction."""

from collections.abc import Callable
from typing import Any

import numpy as np

_HALVINGS = 60  # of the interval in which the best constant lies


def floor_of(heads: list[Any]) -> float | None:
    """The loss of the best constant, for one output; None for a loss whose best constant is not known."""
    if len(heads) != 1:
        return None
    head = heads[0]
    y = head.finite_y()
    if y is None or head.judge is None or "gamma" in head.options:  # of a focal loss it is not known
        return None
    if head.loss in _OF_COLUMNS:
        found = _OF_COLUMNS[head.loss](y.reshape(len(y), -1), head.options)
        return None if found is None or not np.isfinite(found) else float(found)
    if head.loss == "kl_divergence":
        return _divergence(y) if head.activation == "softmax" and head.has_distributions() else None
    if head.loss == "binary_crossentropy" and head.units == 1 and 0 < y.mean() < 1:
        p = float(y.mean())
        return float(-p * np.log(p) - (1 - p) * np.log(1 - p))
    labels = head.labels() if head.is_crossentropy else None
    if labels is None:
        return None
    shares = np.bincount(labels.astype(int)) / len(labels)
    shares = shares[shares > 0]
    return float(-np.sum(shares * np.log(shares)))


# --- of the columns of the targets, and the arguments of the loss -----------------------------------------------------


def _square(y: np.ndarray, options: dict[str, Any]) -> float:
    return float(y.var(axis=0).mean())


def _absolute(y: np.ndarray, options: dict[str, Any]) -> float:
    return float(np.abs(y - np.median(y, axis=0)).mean())


def _logarithmic(y: np.ndarray, options: dict[str, Any]) -> float | None:
    return _square(np.log1p(y), options) if y.min() >= 0 else None


def _huber(y: np.ndarray, options: dict[str, Any]) -> float:
    delta = float(options.get("delta", 1.0))

    def loss(errors: np.ndarray) -> np.ndarray:
        sizes = np.abs(errors)
        return np.where(sizes <= delta, 0.5 * sizes**2, delta * (sizes - 0.5 * delta))  # type: ignore[no-any-return]

    return _at_best(y, lambda errors: np.clip(errors, -delta, delta), loss)


def _log_cosh(y: np.ndarray, options: dict[str, Any]) -> float:
    return _at_best(y, np.tanh, lambda errors: np.logaddexp(errors, -errors) - np.log(2))


def _poisson(y: np.ndarray, options: dict[str, Any]) -> float | None:
    rates = y.mean(axis=0)
    if y.min() < 0 or rates.min() <= 0:
        return None
    found = float(np.mean(rates - rates * np.log(rates)))
    return found if found > 0 else None  # shares of it tell nothing


def _at_best(y: np.ndarray, slope: Callable[..., np.ndarray], loss: Callable[..., np.ndarray]) -> float:
    """The mean loss of the errors from the constant of each column where their slopes add up to 0, for a convex loss."""
    low, high = y.min(axis=0), y.max(axis=0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_above = slope(y - middle).sum(axis=0) > 0  # the best one is
        low, high = np.where(is_above, middle, low), np.where(is_above, high, middle)
    return float(loss(y - (low + high) / 2).mean())


def _divergence(y: np.ndarray) -> float:
    """Of distributions, from their mean."""
    y = y.reshape(-1, y.shape[-1])
    mean = y.mean(axis=0)
    logarithms = np.log(np.maximum(y, 1e-7)) - np.log(np.maximum(mean, 1e-7))
    return float((y * logarithms).sum(axis=-1).mean())


_OF_COLUMNS: dict[str, Callable[[np.ndarray, dict[str, Any]], float | None]] = {
    "mean_squared_error": _square,
    "mean_absolute_error": _absolute,
    "mean_squared_logarithmic_error": _logarithmic,
    "huber": _huber,
    "log_cosh": _log_cosh,
    "poisson": _poisson,
}
