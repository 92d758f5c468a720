"""Calibration: of the rows that are given a probability, does that share hold?"""

import numpy as np

from lamina._markup._axes import Axes, cut
from lamina._markup._html import Markup, element, paragraph

from .._target import TWO_CLASSES
from ._findings import Findings

_BINS = 10
_FEWEST = 15  # rows in a bin
_WIDE = 1.96  # standard deviations within which 95 % lie


def calibration_plot(findings: Findings) -> Markup:
    """The observed share beside the mean probability, in bins of equally many rows."""
    if findings.target.kind == TWO_CLASSES:
        name = cut(findings.target.classes[1], 16)
        given, held = findings.shares[:, 1], findings.true_classes == 1
        labels = f"probability of {name}", f"share of {name}"
    else:
        given, held = findings.shares.max(axis=1), findings.true_classes == findings.predicted_classes
        labels = "probability of the likeliest class", "share that is right"
    means, shares, rows = bins_of(given, held)
    low, high = wilson(shares, rows)
    axes = Axes((0.0, 1.0), (0.0, 1.0), *labels, "Calibration")
    axes.line([0, 1], [0, 1], "dash")
    axes.whiskers(means, low, high, "s0")
    axes.line(means, shares, "s0 thin")
    axes.dots(means, shares, "s0 big")
    error = float((np.abs(means - shares) * rows).sum() / rows.sum())
    said = f"On the dashed line the probabilities can be taken at their word. Bars: 95 % intervals. Mean distance: {error:.3f}."
    return element(
        "div", element("h3", "Calibration"), axes.render(), paragraph(said, kind="soft")
    )  # fmt: skip


def bins_of(given: np.ndarray, held: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean probability, share that holds, and rows, of bins of about equally many rows."""
    bins = int(np.clip(len(given) // _FEWEST, 1, _BINS))
    parts = np.array_split(np.argsort(given, kind="stable"), bins)
    return (
        np.array([given[p].mean() for p in parts]), np.array([held[p].mean() for p in parts]),
        np.array([len(p) for p in parts]),
    )  # fmt: skip


def wilson(shares: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of shares of so many rows.

    Reference: Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927.
    """
    square = _WIDE**2
    center = (shares + square / (2 * rows)) / (1 + square / rows)
    half = _WIDE / (1 + square / rows) * np.sqrt(shares * (1 - shares) / rows + square / (4 * rows**2))
    return np.clip(center - half, 0, 1), np.clip(center + half, 0, 1)
