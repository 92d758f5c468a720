"""What was taken for what: confusion, precision and recall of each class."""

import numpy as np

from lamina._markup._axes import cut
from lamina._markup._html import Markup, element, joined, paragraph, rows_table, share

from .._figures import counted
from ._findings import Findings

_MOST = 12  # classes in the table of confusions
_MOST_ROWS = 100  # classes in the table of precision and recall
_NAME, _HEAD = 28, 16  # letters of a class, and at the head of a column


def classes_section(findings: Findings) -> Markup:
    """Confusions and the figures of each class."""
    counts = counted(findings.true_classes, findings.predicted_classes, len(findings.target.classes))
    return joined([element("h2", "Classes"), _confusion(findings, counts), _by_class(findings, counts)])


def _confusion(findings: Findings, counts: np.ndarray) -> Markup:
    names = findings.target.classes
    if len(names) > _MOST:
        wrong = counts - np.diag(np.diag(counts))
        order = np.argsort(-wrong, axis=None, kind="stable")[:_MOST]
        pairs = [(i, j) for i, j in zip(*np.unravel_index(order, wrong.shape)) if wrong[i, j]]
        rows = [(names[i], names[j], wrong[i, j]) for i, j in pairs]
        return rows_table(("true", "taken for", "rows"), rows, left=2, caption="The most frequent mistakes")
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    rows = [
        (cut(name, _NAME), *(_heat(n, part, i == j) for j, (n, part) in enumerate(zip(counts[i], shares[i]))))
        for i, name in enumerate(names)
    ]
    heads = ("true \\ predicted", *(cut(name, _HEAD) for name in names))
    return rows_table(heads, rows, caption="Rows of each class (line) taken for each class (column)")


def _heat(count: int, part: float, right: bool) -> Markup:
    style = f"--h:var(--{'s2' if right else 's1'});--p:{60 * part:.0f}"
    return element("td", str(count), class_="heat", style=style)


def _by_class(findings: Findings, counts: np.ndarray) -> Markup:
    names = findings.target.classes
    right, taken, there = np.diag(counts), counts.sum(axis=0), counts.sum(axis=1)
    rows = []
    for i in np.argsort(-there, kind="stable")[:_MOST_ROWS]:
        precision = right[i] / taken[i] if taken[i] else float("nan")
        recall = right[i] / there[i] if there[i] else float("nan")
        f1 = 2 * right[i] / (taken[i] + there[i]) if taken[i] + there[i] else float("nan")
        rows.append((cut(names[i], _NAME), there[i], share(precision), share(recall), share(f1)))
    said = (
        "Precision: of the rows taken for the class, the share that is right. Recall: of the rows of the class, the "
        "share that is found. F1: their harmonic mean."
    )
    table = rows_table(("class", "rows", "precision", "recall", "F1"), rows)
    return joined([element("h3", "Precision and recall"), paragraph(said, kind="soft"), table])
