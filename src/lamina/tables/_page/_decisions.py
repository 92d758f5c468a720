"""Two classes: the ROC curve, and what another threshold than one half would do."""

import numpy as np

from lamina._markup._axes import Axes, cut
from lamina._markup._html import Markup, element, joined, number, paragraph, rows_table, share

from .._thresholds import Thresholds
from ._findings import Findings

_MOST_POINTS = 200


def threshold_plots(findings: Findings) -> tuple[list[Markup], Markup | None]:
    """The ROC curve; precision, recall and F1 by threshold; and a table of some thresholds."""
    own = Thresholds(findings.true_classes == 1, findings.shares[:, 1])
    if not own.positives or not own.negatives:
        return [], None
    name = cut(findings.target.classes[1], 20)
    return [_roc(findings, own, name), _by_threshold(own, name)], _some(own, findings.target.threshold)


def _roc(findings: Findings, own: Thresholds, name: str) -> Markup:
    axes = Axes((0.0, 1.0), (0.0, 1.0), "share of the others taken for it", f"share of {name} found", "ROC curve")
    keep = _thinned(len(own.at))
    axes.line([0, 1], [0, 1], "dash")
    axes.line(own.false_share[keep], own.recall[keep], "s0")
    half = _place(own, findings.target.threshold)
    axes.dots([own.false_share[half]], [own.recall[half]], "s1 big")
    area = findings.figures.get("area under the ROC curve")
    said = f"The area under the curve is {number(area)}. The dot is the threshold {findings.target.threshold:.3g}."
    return element("div", element("h3", "ROC curve"), axes.render(), paragraph(said, kind="soft"))


def _by_threshold(own: Thresholds, name: str) -> Markup:
    axes = Axes((0.0, 1.0), (0.0, 1.0), f"threshold for {name}", "share", "Precision, recall and F1 by threshold")
    keep = _thinned(len(own.at))
    legend = [("s0", "precision"), ("s1", "recall"), ("s2", "F1")]
    for values, (kind, _) in zip((own.precision, own.recall, own.f1), legend):
        axes.line(own.at[keep], values[keep], kind)
    return element("div", element("h3", "Threshold"), axes.render(legend))


def _some(own: Thresholds, used: float) -> Markup:
    youden, f1 = int((own.recall - own.false_share).argmax()), int(own.f1.argmax())
    picked = [("used", _place(own, used)), ("largest F1", f1), ("best recall less false share", youden)]
    rows = [
        (why, *map(share, (used if why == "used" else own.at[i], own.precision[i], own.recall[i], own.f1[i])))
        for why, i in picked
    ]  # fmt: skip
    said = "Thresholds that are picked on the same rows look a little better here than they will on others."
    table = rows_table(("threshold", "", "precision", "recall", "F1"), rows)
    return joined([element("h3", "Thresholds"), table, paragraph(said, kind="soft")])


def _place(own: Thresholds, threshold: float) -> int:
    """The place that a threshold has among those that differ."""
    return int(np.flatnonzero(own.at >= threshold)[-1]) if threshold > 0 else len(own.at) - 1


def _thinned(size: int) -> np.ndarray:
    return np.unique(np.linspace(0, size - 1, min(size, _MOST_POINTS)).astype(int))
