"""Numbers: what is predicted beside what is true, and what is left."""

import numpy as np

from lamina._markup._axes import Axes, range_of
from lamina._markup._html import Markup, element, joined, number, paragraph

from ._findings import Findings

_MOST_DOTS = 700
_BARS = 24


def residuals_section(findings: Findings) -> Markup:
    """Predictions, residuals, and how far half and nine tenths of the rows are off."""
    truth, given = findings.truth[:, 0].astype("float64"), findings.outputs[:, 0]
    off = np.abs(truth - given)
    half, most = np.quantile(off, [0.5, 0.9])
    said = f"Half of the rows are off by at most {number(half)}, nine of ten by at most {number(most)}."
    plots = element("div", _beside(truth, given, findings.target.name), _histogram(truth - given), class_="plots")
    return joined([element("h2", "Errors"), paragraph(said), plots])


def _beside(truth: np.ndarray, given: np.ndarray, name: str) -> Markup:
    both = range_of(truth, given)
    axes = Axes(both, both, f"predicted {name}", f"true {name}", "Predicted and true values")
    axes.line(both, both, "dash")
    chosen = np.random.default_rng(0).permutation(len(truth))[:_MOST_DOTS]
    axes.dots(given[chosen], truth[chosen], "s0 dot")
    drawn = f"{_MOST_DOTS} of {len(truth)} rows, drawn at random." if len(truth) > _MOST_DOTS else f"{len(truth)} rows."
    said = paragraph(f"{drawn} On the dashed line nothing is missed.", kind="soft")
    return element("div", element("h3", "Predicted and true"), axes.render(), said)


def _histogram(left: np.ndarray) -> Markup:
    low, high = np.quantile(left, [0.005, 0.995])
    if not high > low:
        low, high = low - 0.5, high + 0.5
    counts, edges = np.histogram(np.clip(left, low, high), bins=_BARS, range=(low, high))
    axes = Axes((low, high), (0.0, float(counts.max()) * 1.05), "true less predicted", "rows", "Residuals")
    axes.bars(edges[:-1], edges[1:], counts, "bar")
    axes.line([0, 0], [0, counts.max() * 1.05], "dash")
    said = "The outermost bars hold all that is farther away."
    return element("div", element("h3", "Residuals"), axes.render(), paragraph(said, kind="soft"))
